import { Extension, isMacOS, type Editor } from '@tiptap/core'
import { Plugin, PluginKey, Selection, TextSelection } from '@tiptap/pm/state'

/** From here on drawing only what is near the screen is worth its price (see `.prose-long`). */
const LONG_BLOCKS = 300

/** Marks a long document, for the style sheet, and has keys go to its ends. */
export const LongDocument = Extension.create({
  name: 'longDocument',

  // The browser's own would stop before the letters of a last block that it has not drawn.
  addKeyboardShortcuts() {
    const [end, start] = isMacOS() ? ['Meta-ArrowDown', 'Meta-ArrowUp'] : ['Ctrl-End', 'Ctrl-Home']
    return {
      [end]: ({ editor }) => goTo(editor, Selection.atEnd),
      [start]: ({ editor }) => goTo(editor, Selection.atStart),
      [`Shift-${end}`]: ({ editor }) => goTo(editor, Selection.atEnd, { isExtending: true }),
      [`Shift-${start}`]: ({ editor }) => goTo(editor, Selection.atStart, { isExtending: true }),
    }
  },

  addProseMirrorPlugins() {
    return [
      new Plugin({
        key: new PluginKey('longDocument'),
        props: {
          attributes: ({ doc }): Record<string, string> =>
            doc.childCount >= LONG_BLOCKS ? { class: 'prose-long' } : {},
        },
      }),
    ]
  },
})

function goTo({ state, view }: Editor, find: typeof Selection.atEnd, { isExtending = false } = {}): boolean {
  const { doc, selection, tr } = state
  if (doc.childCount < LONG_BLOCKS) return false
  const found = find(doc)
  const next = isExtending ? TextSelection.between(selection.$anchor, found.$head) : found
  view.dispatch(tr.setSelection(next).scrollIntoView())
  return true
}
