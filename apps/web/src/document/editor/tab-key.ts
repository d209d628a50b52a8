import { Extension, type Editor } from '@tiptap/core'
import { Selection, TextSelection } from '@tiptap/pm/state'

/**
 * Tab where nothing else means it: to the next column, else nothing. The browser's would go to some button within the text, and take what is
 * typed next with it. Alt+F10 is the way out of the text, which screen readers are told.
 */
export const TabKey = Extension.create({
  name: 'tabKey',
  priority: 1, // after lists, tables and code

  addKeyboardShortcuts() {
    return { Tab: ({ editor }) => tab(editor, 1), 'Shift-Tab': ({ editor }) => tab(editor, -1) }
  },
})

function tab({ state, view }: Editor, by: 1 | -1): boolean {
  const { selection, doc, tr } = state
  if (!(selection instanceof TextSelection)) return true
  const { $head } = selection
  for (let depth = $head.depth; depth > 0; depth -= 1) {
    if ($head.node(depth).type.name !== 'column') continue
    const row = $head.node(depth - 1)
    const index = $head.index(depth - 1) + by
    if (index < 0 || index >= row.childCount) break
    const start = $head.posAtIndex(index, depth - 1)
    view.dispatch(tr.setSelection(Selection.near(doc.resolve(start + 1))).scrollIntoView())
    break
  }
  return true
}
