import type { Node, NodeType } from '@tiptap/pm/model'

/**
 * Where a block can stand that is inserted at a position: instead of nothing (before an empty paragraph), else after the block that the
 * position is in. Undefined: nowhere near.
 */
export function blockPlace(doc: Node, position: number, type: NodeType): number | undefined {
  const $position = doc.resolve(Math.min(Math.max(0, position), doc.content.size))
  for (let depth = $position.depth; depth >= 0; depth--) {
    const node = $position.node(depth)
    if (node.isTextblock) continue
    const inner = depth < $position.depth ? $position.node(depth + 1) : undefined
    const isEmptyText = inner?.isTextblock === true && inner.content.size === 0
    const index = inner === undefined || isEmptyText ? $position.index(depth) : $position.indexAfter(depth)
    if (node.canReplaceWith(index, index, type)) return $position.posAtIndex(index, depth)
  }
  return undefined
}
