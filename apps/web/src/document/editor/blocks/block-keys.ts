import { Extension } from '@tiptap/core'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { duplicateBlocks, moveBlocks, selectedBlocks } from './block-edits.ts'

/** Moves and copies the blocks of the selection. */
export const BlockKeys = Extension.create({
  name: 'blockKeys',
  priority: 1_050, // Tiptap's lists have keys of their own

  addKeyboardShortcuts() {
    const move = (direction: 'up' | 'down') => () => {
      const { state, view, isEditable } = this.editor
      const transaction = isEditable ? moveBlocks(state, direction) : undefined
      if (transaction) asOwnUndoStep(this.editor, () => view.dispatch(transaction))
      return true // at the edge the caret should not jump a paragraph either
    }
    return {
      'Alt-Shift-ArrowUp': move('up'),
      'Alt-Shift-ArrowDown': move('down'),
      'Mod-d': () => {
        const { state, view, isEditable } = this.editor
        if (!isEditable) return true
        asOwnUndoStep(this.editor, () => view.dispatch(duplicateBlocks(state, selectedBlocks(state))))
        return true
      },
    }
  },
})
