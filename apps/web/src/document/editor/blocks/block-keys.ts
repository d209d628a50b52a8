import { Extension } from '@tiptap/core'
import { isInTable } from '@tiptap/pm/tables'
import { asOwnUndoStep } from '../own-undo-step.ts'
import { COLUMN_KEYS } from '../shortcut.ts'
import { MOVED, duplicateBlocks, moveBlocks, selectedBlocks, type Move } from './block-edits.ts'

/** Moves and copies the blocks of the selection; in a table, its rows and columns. */
export const BlockKeys = Extension.create({
  name: 'blockKeys',
  priority: 1_050, // Tiptap's lists have keys of their own

  addKeyboardShortcuts() {
    const { editor } = this
    const moveTable = (direction: Move['direction']) => () => {
      if (!isInTable(editor.state)) return false
      // Pressed before they are here: a moment late.
      void import('../table-moves.ts').then(({ moveByKey }) => moveByKey(editor, direction), nothing)
      return true
    }
    const move = (direction: 'up' | 'down') => () => {
      if (moveTable(direction)()) return true
      const { state, view, isEditable } = editor
      const move: Move = { direction }
      if (isEditable)
        asOwnUndoStep(editor, () => view.dispatch(moveBlocks(state, direction) ?? state.tr.setMeta(MOVED, move)))
      return true // at the edge the caret should not jump a paragraph either
    }
    const columnKeys = COLUMN_KEYS.replaceAll('+', '-')
    return {
      'Alt-Shift-ArrowUp': move('up'),
      'Alt-Shift-ArrowDown': move('down'),
      [`${columnKeys}-ArrowLeft`]: moveTable('left'),
      [`${columnKeys}-ArrowRight`]: moveTable('right'),
      'Mod-d': () => {
        const { state, view, isEditable } = editor
        if (!isEditable) return true
        asOwnUndoStep(editor, () => view.dispatch(duplicateBlocks(state, selectedBlocks(state))))
        return true
      },
    }
  },
})

/** The chunk cannot be loaded now: the next key tries again. */
const nothing = (): void => undefined
