import type { Node, ResolvedPos } from '@tiptap/pm/model'
import { Selection, type Transaction } from '@tiptap/pm/state'

/** What holds blocks that can be moved among each other. A table is one block, whatever is in its cells. */
const HOSTS = new Set([
  'doc',
  'column',
  'callout',
  'detailsContent',
  'blockquote',
  'bulletList',
  'orderedList',
  'taskList',
])

/** Blocks next to each other: from `start` to `end`, within the node at `depth` of either. */
export interface BlockRange {
  readonly host: Node
  readonly depth: number
  readonly startIndex: number
  readonly endIndex: number
  readonly start: number
  readonly end: number
}

/** From the block that begins at, or is around, a position to that at another. */
export function blocksBetween(doc: Node, one: number, other: number): BlockRange {
  const [first, last] = [one, other].map((position) => blockAt(doc, position)).sort((a, b) => a.start - b.start) as [
    BlockRange,
    BlockRange,
  ]
  return commonBlocks(doc.resolve(first.start), doc.resolve(last.end > first.end ? last.end : first.end))
}

/** Whole blocks around two places, the innermost that can be moved. */
export function commonBlocks($from: ResolvedPos, $to: ResolvedPos): BlockRange {
  for (let depth = $from.sharedDepth($to.pos); depth > 0; depth--) {
    if (HOSTS.has($from.node(depth).type.name) && !isInTable($from, depth)) return rangeAt($from, $to, depth)
  }
  return rangeAt($from, $to, 0)
}

/** The block at a position: just before it, or anywhere in it. */
export function blockAt(doc: Node, position: number): BlockRange {
  const $position = doc.resolve(position)
  let best = 0
  for (let depth = 0; depth <= $position.depth; depth++) {
    const { name } = $position.node(depth).type
    if (name === 'table') break
    if (HOSTS.has(name) && $position.node(depth).childCount > 0) best = depth
  }
  const { depth } = $position
  // At the very end of its host there is no block behind the position.
  const index = Math.min($position.index(best), $position.node(best).childCount - 1)
  const start = $position.posAtIndex(index, best)
  const block = $position.node(best).child(index)
  if (depth < best) return blockAt(doc, start)
  return {
    host: $position.node(best),
    depth: best,
    startIndex: index,
    endIndex: index + 1,
    start,
    end: start + block.nodeSize,
  }
}

function rangeAt($from: ResolvedPos, $to: ResolvedPos, depth: number): BlockRange {
  const host = $from.node(depth)
  const startIndex = Math.min($from.index(depth), Math.max(0, host.childCount - 1))
  const endIndex = Math.max(startIndex + 1, $to.indexAfter(depth))
  return {
    host,
    depth,
    startIndex,
    endIndex: Math.min(endIndex, host.childCount),
    start: $from.posAtIndex(startIndex, depth),
    end: $from.posAtIndex(Math.min(endIndex, host.childCount), depth),
  }
}

function isInTable($position: ResolvedPos, depth: number): boolean {
  for (let above = depth; above > 0; above--) if ($position.node(above).type.name === 'table') return true
  return false
}

/** Without the blocks, and without what would be left empty around them. A document, a column and a toggle keep a paragraph. */
export function deletedBlocks(tr: Transaction, range: BlockRange): Transaction {
  const wider = emptiedWith(tr.doc, range)
  if (isAll(wider)) tr.replaceWith(wider.start, wider.end, tr.doc.type.schema.node('paragraph'))
  else tr.delete(wider.start, wider.end)
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(wider.start, tr.doc.content.size)))).scrollIntoView()
}

/** The range with what would be left empty around it; all that its host has when that is to keep a block. */
export function emptiedWith(doc: Node, range: BlockRange): BlockRange {
  let wider = range
  while (wider.depth > 0 && isAll(wider) && !KEEPS_A_BLOCK.has(wider.host.type.name)) wider = outer(doc, wider)
  return wider
}

/** Hosts that somebody made for what will be in them, or that hold more than their blocks. */
const KEEPS_A_BLOCK = new Set(['column', 'detailsContent'])

/** Whether these are all blocks that the host has. */
export function isAll({ host, startIndex, endIndex }: BlockRange): boolean {
  return host.childCount === endIndex - startIndex
}

/** What holds the range, as a block of its own host; a host need not be directly in one (a toggle's content is not). */
export function outer(doc: Node, { start, depth }: BlockRange): BlockRange {
  const $start = doc.resolve(start)
  let above = depth - 1
  while (above > 0 && !HOSTS.has($start.node(above).type.name)) above--
  return rangeAt($start, $start, above)
}
