import { Extension } from '@tiptap/core'
import { Plugin, PluginKey } from '@tiptap/pm/state'
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view'
import { endUndoStep } from '../own-undo-step.ts'
import { selectedBlocks } from './block-edits.ts'
import { BlockSelection, caretAfter, textWithin } from './block-selection.ts'

declare module '@tiptap/core' {
  interface Storage {
    blockSelecting: BlockSelectingStorage
  }
}

interface BlockSelectingStorage {
  /** Comes with what is around the text; see block-selection-keys. */
  keys: ((view: EditorView, event: KeyboardEvent) => boolean) | undefined
}

/** Those that mean something else while blocks are selected. */
const KEYS = /^(Arrow.*|Escape|Enter|Backspace|Delete|Tab)$/
/** The chunk cannot be loaded now: the next key tries again. */
const noKeys = (): void => undefined

/** How blocks that are selected as such look, and what happens to them by other means than keys. */
export const BlockSelecting = Extension.create<object, BlockSelectingStorage>({
  name: 'blockSelecting',
  priority: 1_060, // before the keys of lists, and of gaps between blocks

  addStorage() {
    return { keys: undefined }
  },

  addProseMirrorPlugins() {
    const { editor, storage } = this
    return [
      new Plugin({
        key: new PluginKey('blockSelecting'),
        props: {
          handleKeyDown(view, event) {
            if (storage.keys !== undefined) return storage.keys(view, event)
            if (!(view.state.selection instanceof BlockSelection) || !KEYS.test(event.key)) return false
            // Pressed before they are here: a moment late, and not as keys of text.
            void import('./block-selection-keys.ts').then((keys) => {
              if (editor.isDestroyed) return
              keys.installBlockSelectionKeys(editor)
              storage.keys?.(view, event)
            }, noKeys)
            return true
          },
          decorations: ({ doc, selection }) => {
            if (!(selection instanceof BlockSelection)) return null
            let at = selection.from
            const decorations = selection.blocks.map((block) => {
              const from = at
              at += block.nodeSize
              return Decoration.node(from, at, { class: 'selected-block' })
            })
            return DecorationSet.create(doc, decorations)
          },
          // Browsers tell of a selection that is theirs no less when ProseMirror has made it, and would make text of it.
          createSelectionBetween(view, $anchor, $head) {
            const { selection, doc } = view.state
            if (!(selection instanceof BlockSelection)) return null
            const text = textWithin(doc, selection.range)
            const [from, to] = [Math.min($anchor.pos, $head.pos), Math.max($anchor.pos, $head.pos)]
            const isSame = (from === selection.from || from === text.from) && (to === selection.to || to === text.to)
            return isSame && from < to ? selection : null
          },
          // Letters go on in the last of the blocks: what is selected is whole blocks, and a slip of a finger would take them all.
          handleTextInput(view, _from, _to, text) {
            const { selection } = view.state
            if (!(selection instanceof BlockSelection)) return false
            toText(view, selection)
            view.dispatch(view.state.tr.insertText(text).scrollIntoView())
            return true
          },
          handleDOMEvents: {
            cut: ownUndoStep,
            paste: ownUndoStep,
            drop: ownUndoStep,
            compositionstart(view) {
              const { selection } = view.state
              if (selection instanceof BlockSelection) toText(view, selection)
              return false
            },
          },
        },
      }),
    ]
  },
})

/** Esc in the text selects the block that the caret is in; after all that Esc closes. */
export const SelectBlockKey = Extension.create({
  name: 'selectBlockKey',
  priority: 20,

  addKeyboardShortcuts() {
    return {
      Escape: () => {
        const { state, view } = this.editor
        if (state.selection instanceof BlockSelection || view.composing) return false
        view.dispatch(state.tr.setSelection(BlockSelection.of(state.doc, selectedBlocks(state))))
        return true
      },
    }
  },
})

/** What the event does is undone by itself. ProseMirror does it right after this, in the same task. */
function ownUndoStep(view: EditorView): boolean {
  endUndoStep(view.state)
  queueMicrotask(() => endUndoStep(view.state))
  return false
}

/** The caret goes behind the text of the blocks. */
export function toText(view: EditorView, selection: BlockSelection): void {
  view.dispatch(view.state.tr.setSelection(caretAfter(selection, view.state.doc)).scrollIntoView())
}
