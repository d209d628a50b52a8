import { evenOut, MOST_COLUMNS } from '@tandem/schema'
import { Fragment, type Node } from '@tiptap/pm/model'
import type { EditorState, Transaction } from '@tiptap/pm/state'
import { BlockSelection } from './block-selection.ts'
import { emptiedWith, isAll, outer, type BlockRange } from './block-range.ts'

/** Beside which block of the document, or which column of its columns. */
export interface BesidePlace {
  /** Just before the block. */
  readonly at: number
  /** Of columns: beside which of them. */
  readonly column: number | undefined
  readonly side: 'left' | 'right'
}

interface Left {
  readonly start: number
  readonly end: number
  /** Which of the columns around it goes with the last of its blocks. */
  readonly column?: number
  /** What held the blocks stays, and needs one. */
  readonly isHostKept?: boolean
}

/**
 * The blocks beside another: columns of the two, or one more column where there are columns already. A column that they leave empty
 * goes with them. Undefined where they cannot stand: beside themselves, columns within columns, more columns than may be.
 */
export function putBeside(state: EditorState, range: BlockRange, place: BesidePlace): Transaction | undefined {
  const { doc, tr } = state
  const { column: columnType } = state.schema.nodes
  const blocks = bareBlocks(doc, range)
  const left = leftBy(doc, range)
  const isWithin = place.at >= left.start && place.at < left.end
  if (isWithin || columnType === undefined || !columnType.validContent(blocks)) return undefined
  const own = left.column === undefined ? undefined : doc.resolve(left.start).before(1)
  const index = place.column === undefined ? 0 : place.column + (place.side === 'right' ? 1 : 0)
  const target = doc.nodeAt(place.at)
  if (target?.type.name === 'columns') {
    const isOwn = own === place.at
    if (isOwn && (left.column === index || left.column === index - 1)) return undefined
    if (target.childCount - (isOwn ? 1 : 0) >= MOST_COLUMNS) return undefined
  }
  const between = place.at + 1 + offsetOf(target, index)

  if (left.isHostKept) tr.replaceWith(left.start, left.end, state.schema.node('paragraph'))
  else tr.delete(left.start, left.end)
  if (own !== undefined) evenOut(tr, tr.mapping.map(own))
  const at = tr.mapping.map(place.at)
  const start =
    target?.type.name === 'columns'
      ? insertColumn(tr, { at, between: tr.mapping.map(between), blocks })
      : makeColumns(tr, { at, side: place.side, blocks })
  if (start === undefined) return undefined
  return tr.setSelection(BlockSelection.of(tr.doc, { start, end: start + blocks.size })).scrollIntoView()
}

/** Beside the block of the document that is above them; undefined where there is none, or it cannot be. */
export function putBesideAbove(state: EditorState, range: BlockRange): Transaction | undefined {
  let whole = range
  while (whole.depth > 0 && isAll(whole)) whole = outer(state.doc, whole)
  const above = whole.depth === 0 ? whole.host.maybeChild(whole.startIndex - 1) : undefined
  if (!above) return undefined
  const column = above.type.name === 'columns' ? above.childCount - 1 : undefined
  return putBeside(state, whole, { at: whole.start - above.nodeSize, column, side: 'right' })
}

/** Items within a list of their own; other blocks alone. */
function bareBlocks(doc: Node, { start, end }: BlockRange): Fragment {
  const { content, openStart } = BlockSelection.of(doc, { start, end }).content()
  return openStart > 0 ? Fragment.from(content.firstChild) : content
}

/** What goes from where the blocks are, with what would be empty without them. */
function leftBy(doc: Node, range: BlockRange): Left {
  const wider = emptiedWith(doc, range)
  const { host, start, end } = wider
  if (!isAll(wider)) return { start, end }
  if (host.type.name !== 'column') return { start, end, isHostKept: true }
  const $start = doc.resolve(start)
  // Two people took a column away at once, and one is left: all of it goes.
  if ($start.node(1).childCount === 1) return { start: start - 2, end: end + 2 }
  return { start: start - 1, end: end + 1, column: $start.index(1) }
}

function offsetOf(columns: Node | null, index: number): number {
  return columns?.children.slice(0, index).reduce((size, { nodeSize }) => size + nodeSize, 0) ?? 0
}

/** Where the blocks begin in a new column. */
function insertColumn(
  tr: Transaction,
  { at, between, blocks }: { at: number; between: number; blocks: Fragment },
): number {
  tr.insert(between, tr.doc.type.schema.node('column', null, blocks))
  evenOut(tr, at)
  return between + 1
}

/** Where the blocks begin in new columns of them and of the block that is there. */
function makeColumns(
  tr: Transaction,
  { at, side, blocks }: { at: number; side: 'left' | 'right'; blocks: Fragment },
): number | undefined {
  const { schema } = tr.doc.type
  const beside = tr.doc.nodeAt(at)
  if (!beside || !schema.nodes['column']?.validContent(Fragment.from(beside))) return undefined
  const columns = (side === 'left' ? [blocks, beside] : [beside, blocks]).map((content) =>
    schema.node('column', null, content),
  )
  tr.replaceWith(at, at + beside.nodeSize, schema.node('columns', null, columns))
  return at + 2 + (side === 'left' ? 0 : (columns[0]?.nodeSize ?? 0))
}
