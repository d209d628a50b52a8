import { Fragment, type Node } from '@tiptap/pm/model'
import { NodeSelection, Selection, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'
import { commonBlocks, deletedBlocks, isAll, outer, type BlockRange } from './block-range.ts'
import { BlockSelection } from './block-selection.ts'
import { swapNeighbours } from './swap-neighbours.ts'

/** The name in a transaction's meta under which it says what it moves, as a `Move`. */
export const MOVED = 'moved'

/** Where what is selected was moved to; if the document stays what it was: could not be, there being nothing to go past. */
export interface Move {
  readonly direction: 'up' | 'down' | 'left' | 'right'
  /** Its rows or columns; else blocks. */
  readonly inTable?: boolean
}

/** Whole blocks around the selection, the innermost that can be moved. A list's items are such, a paragraph in one is not. */
export function selectedBlocks({ selection }: EditorState): BlockRange {
  if (selection instanceof BlockSelection) return selection.range
  return commonBlocks(selection.$from, selection.$to)
}

/** What moves with the selected blocks: of the only item of a list, the only block of a callout, it is what holds it. */
export function blocksToMove(state: EditorState): BlockRange {
  let range = selectedBlocks(state)
  while (range.depth > 0 && isAll(range)) range = outer(state.doc, range)
  return range
}

/** The selected blocks one place up or down among their neighbours, still selected. Undefined at the edge. */
export function moveBlocks(state: EditorState, direction: 'up' | 'down'): Transaction | undefined {
  const { host, startIndex, endIndex, start, end } = blocksToMove(state)
  const neighbour = direction === 'up' ? host.maybeChild(startIndex - 1) : host.maybeChild(endIndex)
  if (!neighbour) return undefined
  const { tr } = state
  const by = direction === 'up' ? -neighbour.nodeSize : neighbour.nodeSize
  if (direction === 'up') swapNeighbours(state, tr, [{ start: start + by, middle: start, end }], 'second')
  else swapNeighbours(state, tr, [{ start, middle: end, end: end + by }], 'first')
  const move: Move = { direction }
  return tr
    .setSelection(shifted(state.selection, tr.doc, by))
    .setMeta(MOVED, move)
    .scrollIntoView()
}

/** A copy of the blocks below them; the selection is in the copy. */
export function duplicateBlocks(state: EditorState, { start, end }: BlockRange): Transaction {
  const { content } = state.doc.slice(start, end)
  const copy = Fragment.from(state.doc.resolve(start).parent.content.cut(offsetIn(state, start), offsetIn(state, end)))
  const tr = state.tr.insert(end, copy.size > 0 ? copy : content)
  const isWithin = state.selection.from >= start && state.selection.to <= end
  const selection = isWithin ? shifted(state.selection, tr.doc, end - start) : Selection.near(tr.doc.resolve(end + 1))
  return tr.setSelection(selection).scrollIntoView()
}

/** Without the blocks, and without what would be left empty around them. A document keeps a paragraph. */
export function deleteBlocks({ tr }: EditorState, range: BlockRange): Transaction {
  return deletedBlocks(tr, range)
}

function offsetIn(state: EditorState, position: number): number {
  return position - state.doc.resolve(position).start()
}

function shifted(selection: Selection, doc: Node, by: number): Selection {
  if (selection instanceof BlockSelection)
    return new BlockSelection(doc.resolve(selection.anchor + by), doc.resolve(selection.head + by))
  if (selection instanceof NodeSelection) return NodeSelection.create(doc, selection.from + by)
  return TextSelection.between(doc.resolve(selection.anchor + by), doc.resolve(selection.head + by))
}
