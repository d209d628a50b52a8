import type { ChainedCommands, Editor } from '@tiptap/core'
import { MOST_COLUMNS } from '@tandem/schema'
import { Columns3, Combine, Rows3, UnfoldHorizontal, type LucideIcon } from 'lucide-react'

export interface ColumnsAction {
  readonly id: 'add' | 'remove' | 'even' | 'apart'
  readonly label: string
  readonly icon: LucideIcon
  readonly run: (chain: ChainedCommands) => ChainedCommands
}

/** What can be done with the columns that the caret is in. None of it takes text away. */
export const COLUMNS_ACTIONS: readonly ColumnsAction[] = [
  { id: 'add', label: 'Add column', icon: Columns3, run: (chain) => chain.addColumn() },
  { id: 'remove', label: 'Join with the column beside', icon: Combine, run: (chain) => chain.removeColumn() },
  { id: 'even', label: 'Even widths', icon: UnfoldHorizontal, run: (chain) => chain.evenColumns() },
  { id: 'apart', label: 'Below each other', icon: Rows3, run: (chain) => chain.unsetColumns() },
]

/** A flat record, for `useEditorState`. */
export function columnsState(editor: Editor) {
  const { $from } = editor.state.selection
  const columns = $from.depth > 0 ? $from.node(1) : undefined
  const inColumns = editor.isEditable && columns?.type.name === 'columns'
  return {
    inColumns,
    at: inColumns ? $from.before(1) : undefined,
    /** A table has a bar of its own. */
    inTable: inColumns && editor.isActive('table'),
    isFull: inColumns && columns.childCount >= MOST_COLUMNS,
  }
}

export function isColumnsActionPossible({ id }: ColumnsAction, { isFull }: { isFull: boolean }): boolean {
  return id !== 'add' || !isFull
}
