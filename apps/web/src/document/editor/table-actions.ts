import type { ChainedCommands, CommandProps, Editor } from '@tiptap/core'
import { Selection } from '@tiptap/pm/state'
import { CellSelection, isInTable } from '@tiptap/pm/tables'
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
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
import { asOwnUndoStep } from './own-undo-step.ts'
import { COLUMN_KEYS } from './shortcut.ts'
import { moveInTable, whyNotMoved, type TableDirection } from './table-moves.ts'

export interface TableAction {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly danger?: boolean
  readonly keys?: string
  readonly run: (chain: ChainedCommands) => ChainedCommands
}

const action = (id: string, label: string, icon: LucideIcon, run: TableAction['run']): TableAction => ({
  id,
  label,
  icon,
  run,
})

const move = (id: string, label: string, icon: LucideIcon, [direction, keys]: [TableDirection, string]) => ({
  ...action(id, label, icon, (chain) =>
    chain.command(({ state, dispatch }) => {
      if (dispatch) moveInTable(state, direction)
      return true
    }),
  ),
  keys,
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
    move('moveUp', 'Move row up', ArrowUp, ['up', 'Alt+Shift+↑']),
    move('moveDown', 'Move row down', ArrowDown, ['down', 'Alt+Shift+↓']),
    move('moveLeft', 'Move column left', ArrowLeft, ['left', `${COLUMN_KEYS}+←`]),
    move('moveRight', 'Move column right', ArrowRight, ['right', `${COLUMN_KEYS}+→`]),
  ],
  [
    action('headerRow', 'Header row', PanelTop, (chain) => chain.toggleHeaderRow()),
    action('headerColumn', 'Header column', PanelLeft, (chain) => chain.toggleHeaderColumn()),
    action('merge', 'Merge cells', TableCellsMerge, (chain) => chain.mergeCells().command(caretAfterMerge)),
    action('split', 'Split cell', TableCellsSplit, (chain) => chain.splitCell()),
  ],
  [
    action('deleteRow', 'Delete row', TableRowsSplit, (chain) => chain.deleteRow()),
    action('deleteColumn', 'Delete column', TableColumnsSplit, (chain) => chain.deleteColumn()),
    { ...action('deleteTable', 'Delete table', Trash2, (chain) => chain.deleteTable()), danger: true },
  ],
]

/** A merged cell stays selected, and the next letter would replace all that has just come together in it. */
function caretAfterMerge({ tr, dispatch }: CommandProps): boolean {
  const { doc, selection } = tr
  if (dispatch && selection instanceof CellSelection)
    tr.setSelection(
      Selection.near(doc.resolve(selection.$headCell.pos + selection.$headCell.nodeAfter!.nodeSize - 1), -1),
    )
  return true
}

/** Does it to the table that the caret is in, which has the focus then. */
export function runTableAction(editor: Editor, { run }: TableAction): void {
  asOwnUndoStep(editor, () => run(editor.chain().focus()).run())
}

/** Why some of them are not possible at the selection, and what the first row and column are; a flat record for `useEditorState`. */
export function tableState(editor: Editor) {
  const inTable = editor.isEditable && isInTable(editor.state)
  const can = inTable ? editor.can() : undefined
  const table = inTable ? tableAt(editor) : undefined
  return {
    inTable,
    at: table?.at,
    merge: can?.mergeCells() === true ? undefined : 'Select several cells first',
    split: can?.splitCell() === true ? undefined : 'This cell is not merged',
    moveUp: inTable ? whyNotMoved(editor.state, 'up') : undefined,
    moveDown: inTable ? whyNotMoved(editor.state, 'down') : undefined,
    moveLeft: inTable ? whyNotMoved(editor.state, 'left') : undefined,
    moveRight: inTable ? whyNotMoved(editor.state, 'right') : undefined,
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

export type TableState = ReturnType<typeof tableState>

/** Why it cannot be done now; undefined if it can. */
export function whyNot({ id }: TableAction, state: TableState): string | undefined {
  switch (id) {
    case 'merge':
    case 'split':
    case 'moveUp':
    case 'moveDown':
    case 'moveLeft':
    case 'moveRight':
      return state[id]
    default:
      return undefined
  }
}

/** Whether an action that turns something on has done so; undefined for the others. */
export function isOn({ id }: TableAction, state: TableState): boolean | undefined {
  return id === 'headerRow' ? state.headerRow : id === 'headerColumn' ? state.headerColumn : undefined
}
