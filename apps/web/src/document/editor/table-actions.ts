import type { ChainedCommands, Editor } from '@tiptap/core'
import {
  BetweenHorizontalEnd,
  BetweenHorizontalStart,
  BetweenVerticalEnd,
  BetweenVerticalStart,
  PanelLeft,
  PanelTop,
  TableCellsMerge,
  TableCellsSplit,
  TableColumnsSplit,
  TableRowsSplit,
  Trash2,
  type LucideIcon,
} from 'lucide-react'

export interface TableAction {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly danger?: boolean
  readonly run: (chain: ChainedCommands) => ChainedCommands
}

const action = (id: string, label: string, icon: LucideIcon, run: TableAction['run']): TableAction => ({
  id,
  label,
  icon,
  run,
})

/** What can be done with the table that the caret is in, in groups. */
export const TABLE_ACTIONS: readonly (readonly TableAction[])[] = [
  [
    action('rowAbove', 'Insert row above', BetweenHorizontalEnd, (chain) => chain.addRowBefore()),
    action('rowBelow', 'Insert row below', BetweenHorizontalStart, (chain) => chain.addRowAfter()),
    action('columnLeft', 'Insert column left', BetweenVerticalEnd, (chain) => chain.addColumnBefore()),
    action('columnRight', 'Insert column right', BetweenVerticalStart, (chain) => chain.addColumnAfter()),
  ],
  [
    action('headerRow', 'Header row', PanelTop, (chain) => chain.toggleHeaderRow()),
    action('headerColumn', 'Header column', PanelLeft, (chain) => chain.toggleHeaderColumn()),
    action('merge', 'Merge cells', TableCellsMerge, (chain) => chain.mergeCells()),
    action('split', 'Split cell', TableCellsSplit, (chain) => chain.splitCell()),
  ],
  [
    action('deleteRow', 'Delete row', TableRowsSplit, (chain) => chain.deleteRow()),
    action('deleteColumn', 'Delete column', TableColumnsSplit, (chain) => chain.deleteColumn()),
    { ...action('deleteTable', 'Delete table', Trash2, (chain) => chain.deleteTable()), danger: true },
  ],
]

/** Which of them are possible at the selection, and what the first row and column are; a flat record for `useEditorState`. */
export function tableState(editor: Editor) {
  const inTable = editor.isEditable && editor.isActive('table')
  const can = inTable ? editor.can() : undefined
  const table = inTable ? tableAt(editor) : undefined
  return {
    inTable,
    at: table?.at,
    merge: can?.mergeCells() ?? false,
    split: can?.splitCell() ?? false,
    headerRow: table?.node.firstChild?.children.every(({ type }) => type.name === 'tableHeader') ?? false,
    headerColumn: table?.node.children.every((row) => row.firstChild?.type.name === 'tableHeader') ?? false,
  }
}

/** The table around the selection, and where it stands. */
function tableAt({ state: { selection } }: Editor) {
  const { $from } = selection
  for (let depth = $from.depth; depth > 0; depth--) {
    if ($from.node(depth).type.name === 'table') return { node: $from.node(depth), at: $from.before(depth) }
  }
  return undefined
}

type TableState = ReturnType<typeof tableState>

export function isPossible({ id }: TableAction, state: TableState): boolean {
  return id === 'merge' ? state.merge : id === 'split' ? state.split : true
}

/** Whether an action that turns something on has done so; undefined for the others. */
export function isOn({ id }: TableAction, state: TableState): boolean | undefined {
  return id === 'headerRow' ? state.headerRow : id === 'headerColumn' ? state.headerColumn : undefined
}
