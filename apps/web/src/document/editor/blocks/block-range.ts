import { Fragment, type Node, type ResolvedPos } from '@tiptap/pm/model'
import { NodeSelection, Selection, TextSelection, type EditorState, type Transaction } from '@tiptap/pm/state'

/** What holds blocks that can be moved among each other. A table is one block, whatever is in its cells. */
const HOSTS = new Set(['doc', 'callout', 'detailsContent', 'blockquote', 'bulletList', 'orderedList', 'taskList'])

/** Blocks next to each other: from `start` to `end`, within the node at `depth` of either. */
export interface BlockRange {
  readonly host: Node
  readonly depth: number
  readonly startIndex: number
  readonly endIndex: number
  readonly start: number
  readonly end: number
}

/** Whole blocks around the selection, the innermost that can be moved. A list's items are such, a paragraph in one is not. */
export function selectedBlocks({ selection: { $from, $to } }: EditorState): BlockRange {
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

/** The selected blocks one place up or down among their neighbours, still selected. Undefined at the edge. */
export function moveBlocks(state: EditorState, direction: 'up' | 'down'): Transaction | undefined {
  let range = selectedBlocks(state)
  // The only item of a list, the only block of a callout: what holds it moves.
  while (range.depth > 0 && range.host.childCount === range.endIndex - range.startIndex) range = outer(state, range)
  const { host, startIndex, endIndex, start, end } = range
  const neighbour = direction === 'up' ? host.maybeChild(startIndex - 1) : host.maybeChild(endIndex)
  if (!neighbour) return undefined
  const blocks = host.content.cut(start - contentStart(state, range), end - contentStart(state, range))
  const target = direction === 'up' ? start - neighbour.nodeSize : start + neighbour.nodeSize
  const tr = state.tr.delete(start, end).insert(target, blocks)
  return tr.setSelection(shifted(state.selection, tr.doc, target - start)).scrollIntoView()
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
export function deleteBlocks(state: EditorState, range: BlockRange): Transaction {
  let wider = range
  while (wider.depth > 0 && wider.host.childCount === wider.endIndex - wider.startIndex) wider = outer(state, wider)
  const { tr } = state
  const isAll = wider.depth === 0 && wider.host.childCount === wider.endIndex - wider.startIndex
  if (isAll) tr.replaceWith(wider.start, wider.end, state.schema.node('paragraph'))
  else tr.delete(wider.start, wider.end)
  return tr.setSelection(Selection.near(tr.doc.resolve(Math.min(wider.start, tr.doc.content.size)))).scrollIntoView()
}

/** What holds the range, as a block of its own host; a host need not be directly in one (a toggle's content is not). */
function outer(state: EditorState, { start, depth }: BlockRange): BlockRange {
  const $start = state.doc.resolve(start)
  let above = depth - 1
  while (above > 0 && !HOSTS.has($start.node(above).type.name)) above--
  return rangeAt($start, $start, above)
}

function contentStart(state: EditorState, { start, depth }: BlockRange): number {
  return state.doc.resolve(start).start(depth)
}

function offsetIn(state: EditorState, position: number): number {
  return position - state.doc.resolve(position).start()
}

function shifted(selection: Selection, doc: Node, by: number): Selection {
  if (selection instanceof NodeSelection) return NodeSelection.create(doc, selection.from + by)
  return TextSelection.between(doc.resolve(selection.anchor + by), doc.resolve(selection.head + by))
}
