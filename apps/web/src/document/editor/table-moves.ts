import type { Editor } from '@tiptap/core'
import type { Node } from '@tiptap/pm/model'
import { TextSelection, NodeSelection, type EditorState, type Selection, type Transaction } from '@tiptap/pm/state'
import {
  CellSelection,
  columnIsHeader,
  isInTable,
  rowIsHeader,
  selectedRect,
  type TableMap,
  type TableRect,
} from '@tiptap/pm/tables'
import { say } from '../../ui/toast-store.ts'
import { asOwnUndoStep } from './own-undo-step.ts'
import { MOVED, type Move } from './blocks/block-edits.ts'
import { afterSwap, swapNeighbours, type Neighbours } from './blocks/swap-neighbours.ts'

export type TableDirection = Move['direction']

/** Rows or columns from one to another, the last not included. */
interface Span {
  readonly from: number
  readonly to: number
}

/** The rows or columns that change places, those further up or left first. */
interface Exchange {
  readonly first: Span
  readonly second: Span
}

/**
 * The rows or columns of the selection one place further; the caret stays in its cell. Rows that a merged cell holds together move, and are
 * passed, as one. Undefined where `whyNotMoved` says why. The selection must be in a table.
 */
export function moveInTable(state: EditorState, direction: TableDirection): Transaction | undefined {
  const rect = selectedRect(state)
  const exchange = exchangeIn(rect, direction)
  if (typeof exchange === 'string') return undefined
  const { tr, selection } = state
  const swaps = isOfRows(direction) ? [swapOfRows(rect, exchange)] : swapsOfColumns(rect, exchange)
  swapNeighbours(state, tr, swaps, isBackward(direction) ? 'second' : 'first')
  const moved = (place: number) => swaps.reduce(afterSwap, place)
  const move: Move = { direction, inTable: true }
  return tr
    .setSelection(movedSelection(selection, tr.doc, moved))
    .setMeta(MOVED, move)
    .scrollIntoView()
}

/** Why the rows or columns of the selection, which is in a table, cannot be moved there; undefined if they can. */
export function whyNotMoved(state: EditorState, direction: TableDirection): string | undefined {
  const exchange = exchangeIn(selectedRect(state), direction)
  return typeof exchange === 'string' ? exchange : undefined
}

/** Moves the rows or columns of the selection, or says why not. */
export function moveByKey(editor: Editor, direction: TableDirection): void {
  const { state, view } = editor
  if (editor.isDestroyed || !editor.isEditable || !isInTable(state)) return
  const transaction = moveInTable(state, direction)
  if (transaction) asOwnUndoStep(editor, () => view.dispatch(transaction))
  else say(`${whyNotMoved(state, direction)}.`)
}

const isOfRows = (direction: TableDirection) => direction === 'up' || direction === 'down'
const isBackward = (direction: TableDirection) => direction === 'up' || direction === 'left'

/** What changes places with what, or why nothing does. */
function exchangeIn(rect: TableRect, direction: TableDirection): Exchange | string {
  const { map, table, top, bottom, left, right } = rect
  const ofRows = isOfRows(direction)
  const [count, one] = ofRows ? [map.height, 'row'] : [map.width, 'column']
  const whole = (span: Span) => unbridged(span, (line) => isBridged(map, line, ofRows))
  const selected = ofRows ? { from: top, to: bottom } : { from: left, to: right }
  const moved = whole(selected)
  const isLast = ({ from, to }: Span) => (isBackward(direction) ? from === 0 : to === count)
  if (isLast(moved)) {
    const last = `the ${isBackward(direction) ? 'first' : 'last'} ${one}`
    return isLast(selected) ? `This is ${last}` : `A merged cell ties this ${one} to ${last}`
  }
  const [first, second] = isBackward(direction)
    ? [whole({ from: moved.from - 1, to: moved.from }), moved]
    : [moved, whole({ from: moved.to, to: moved.to + 1 })]
  const isHeader = (index: number) => (ofRows ? rowIsHeader : columnIsHeader)(map, table, index)
  if (first.from === 0 && isHeader(0) && !isHeader(second.from)) return `The header ${one} stays first`
  return { first, second }
}

/** With as many more as merged cells reach over. */
function unbridged({ from, to }: Span, isBridgedAt: (line: number) => boolean): Span {
  let [first, end] = [from, to]
  while (isBridgedAt(first)) first -= 1
  while (isBridgedAt(end)) end += 1
  return { from: first, to: end }
}

/** Whether a cell stands on both sides of the line before this row or column. */
function isBridged({ map, width, height }: TableMap, line: number, ofRows: boolean): boolean {
  if (line <= 0 || line >= (ofRows ? height : width)) return false
  for (let along = 0; along < (ofRows ? width : height); along++) {
    const cell = ofRows ? line * width + along : along * width + line
    if (map[cell] === map[cell - (ofRows ? width : 1)]) return true
  }
  return false
}

function swapOfRows({ table, tableStart }: TableRect, { first, second }: Exchange): Neighbours {
  const startOf = (row: number) => table.children.slice(0, row).reduce((at, { nodeSize }) => at + nodeSize, tableStart)
  return { start: startOf(first.from), middle: startOf(second.from), end: startOf(second.to) }
}

/** Of every row that has cells of its own in both; where one of them only has cells that began further up there is nothing to swap. */
function swapsOfColumns({ table, tableStart, map }: TableRect, { first, second }: Exchange): Neighbours[] {
  const swaps: Neighbours[] = []
  let rowStart = tableStart
  for (const [row, { nodeSize }] of table.children.entries()) {
    const rowEnd = rowStart + nodeSize
    const ownCells = ({ from, to }: Span) =>
      map.map
        .slice(row * map.width + from, row * map.width + to)
        .map((cell) => cell + tableStart)
        .filter((cell) => cell > rowStart && cell < rowEnd)
    const [start, middle, last] = [ownCells(first)[0], ownCells(second)[0], ownCells(second).at(-1)]
    if (start !== undefined && middle !== undefined && last !== undefined)
      swaps.push({ start, middle, end: last + (table.nodeAt(last - tableStart)?.nodeSize ?? 0) })
    rowStart = rowEnd
  }
  return swaps
}

function movedSelection(selection: Selection, doc: Node, moved: (place: number) => number): Selection {
  if (selection instanceof CellSelection)
    return CellSelection.create(doc, moved(selection.$anchorCell.pos), moved(selection.$headCell.pos))
  if (selection instanceof NodeSelection) return NodeSelection.create(doc, moved(selection.from))
  return TextSelection.between(doc.resolve(moved(selection.anchor)), doc.resolve(moved(selection.head)))
}
