import type { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { type ShownNodes, placedParts } from './shown-nodes.ts'
import { type PartKey, type YParent, type YType, itemOf, parentOf, isElement } from './y-tree.ts'

/** A place that holds on to the letter left of it (`left`) or right of it. */
const ASSOC = { left: -1, right: 0 } as const

/**
 * The place in the Y.Doc that a position of the document is at; it stays the same place while others write. It holds on to
 * the letter on its left, so that what somebody else writes at a caret comes behind it. Never throws: what only the schema
 * demanded is nowhere in the Y.Doc, and gives a place beside it.
 */
export function absolutePositionToRelativePosition(
  position: number,
  type: YParent,
  mapping: ShownNodes,
): Y.RelativePosition {
  const document = mapping.get(type)
  if (document === undefined) return endOf(type)
  let [parent, node] = [type, document]
  let offset = Math.max(0, Math.min(position, document.content.size))
  for (;;) {
    if (node.inlineContent) return inlinePlace(parent, node, offset, mapping)
    const { index, offset: start } = childAt(node, offset)
    const child = node.maybeChild(index)
    const key = child && mapping.childOf(parent, node, index)
    if (child && isElement(key) && offset > start && !child.isLeaf) {
      offset -= start + 1
      ;[parent, node] = [key, child]
      continue
    }
    return placeBefore(parent, node, index, mapping)
  }
}

function childAt(node: Node, offset: number): { index: number; offset: number } {
  let start = 0
  const children = node.content.content
  for (const [index, child] of children.entries()) {
    if (offset < start + child.nodeSize) return { index, offset: start }
    start += child.nodeSize
  }
  return { index: children.length, offset: start }
}

function placeBefore(parent: YParent, node: Node, index: number, mapping: ShownNodes): Y.RelativePosition {
  for (let at = index; at < node.childCount; at += 1) {
    const key = mapping.childOf(parent, node, at)
    if (key !== undefined) return before(parent, key)
  }
  return endOf(parent)
}

function inlinePlace(parent: YParent, node: Node, offset: number, mapping: ShownNodes): Y.RelativePosition {
  const placed = placedParts(parent, node, mapping)
  for (const { part, from, to } of placed) {
    if (part.kind !== 'texts' || offset < from || offset > to) continue
    let start = from
    for (const [nth, text] of part.texts.entries()) {
      if (offset <= start + text.length || nth === part.texts.length - 1)
        return Y.createRelativePositionFromTypeIndex(text, offset - start, ASSOC.left)
      start += text.length
    }
  }
  const next = placed.find(({ from, to }) => from >= offset && to > from)
  return next === undefined ? endOf(parent) : before(parent, next.part.key)
}

function before(parent: YType, key: PartKey): Y.RelativePosition {
  return new Y.RelativePosition(...nameOf(parent), itemOf(key)?.id ?? null, ASSOC.right)
}

function endOf(parent: YType): Y.RelativePosition {
  return new Y.RelativePosition(...nameOf(parent), null, ASSOC.right)
}

function nameOf(type: YType): [Y.ID | null, string | null] {
  return type._item === null ? [null, Y.findRootTypeKey(type)] : [type._item.id, null]
}

/**
 * Where a place of the Y.Doc is in the document that is shown; null if it is in nothing that is shown. Within something
 * unsupported it is before that. Never throws, whatever a position from the wire says, and makes no type.
 */
export function relativePositionToAbsolutePosition(
  doc: Y.Doc,
  root: YParent,
  position: Y.RelativePosition,
  mapping: ShownNodes,
): number | null {
  const found = lookUp(doc, position)
  if (found === null) return null
  const path: YType[] = []
  for (let type: YType | null = found.type; type !== root; type = parentOf(type)) {
    if (type === null || type._item?.deleted !== false) return null
    path.push(type)
  }
  const document = mapping.get(root)
  if (document === undefined) return null
  let [parent, node, start] = [root as YType, document, 0]
  for (const type of path.toReversed()) {
    if (type instanceof Y.XmlText && parent instanceof Y.XmlFragment)
      return textPosition({ parent, node, start }, type, found.index, mapping)
    const child = mapping.get(type)
    const at = mapping.indexOf(parent as YParent, node, type)
    if (child === undefined || at === -1) return null
    for (let index = 0; index < at; index += 1) start += node.child(index).nodeSize
    if (child.isLeaf) return start
    ;[parent, node, start] = [type, child, start + 1]
  }
  const placed = placedParts(parent as YParent, node, mapping)
  return (
    start + (placed.find(({ part, from, to }) => part.index >= found.index && to > from)?.from ?? node.content.size)
  )
}

/** Yjs throws for a position that names nothing, and makes the root that it names. */
function lookUp(doc: Y.Doc, position: Y.RelativePosition): { type: YType; index: number } | null {
  if (position.item === null && position.tname !== null && !doc.share.has(position.tname)) return null
  try {
    const found = Y.createAbsolutePositionFromRelativePosition(position, doc)
    return found && { type: found.type, index: found.index }
  } catch {
    return null
  }
}

function textPosition(
  { parent, node, start }: { parent: YParent; node: Node; start: number },
  text: Y.XmlText,
  index: number,
  mapping: ShownNodes,
): number | null {
  for (const { part, from } of placedParts(parent, node, mapping)) {
    if (part.key === text && part.kind !== 'texts') return start + from
    if (part.kind !== 'texts' || !part.texts.includes(text)) continue
    let offset = from
    for (const before of part.texts) {
      if (before === text) return start + offset + index
      offset += before.length
    }
  }
  return null
}
