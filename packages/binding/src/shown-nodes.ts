import type { Node } from '@tiptap/pm/model'
import { type Part, type PartKey, type YParent, itemOf, partsOf } from './y-tree.ts'

const SWEEP_AT_LEAST = 1_000

/**
 * Which node shows which part of the Y.Doc, both ways. A node is known by its identity: ProseMirror keeps the objects of all
 * that an edit did not touch. Texts are not in it: they are found by counting letters.
 */
export class ShownNodes {
  // Weak maps would do without `sweep`, and double what opening and large pastes cost: the collector visits each entry often.
  readonly #nodes = new Map<PartKey, Node>()
  /** Null for a node that shows several parts at once: ProseMirror may put one object into the document twice. */
  readonly #keys = new Map<Node, PartKey | null>()
  #untilSweep = SWEEP_AT_LEAST

  get(key: PartKey): Node | undefined {
    return this.#nodes.get(key)
  }

  set(key: PartKey, node: Node): void {
    const before = this.#nodes.get(key)
    if (before !== undefined && before !== node && this.#keys.get(before) === key) this.#keys.delete(before)
    const other = this.#keys.get(node)
    const isTwin = other === null || (other !== undefined && other !== key && this.#nodes.get(other) === node)
    this.#keys.set(node, isTwin ? null : key)
    this.#nodes.set(key, node)
    this.#untilSweep -= 1
    if (this.#untilSweep <= 0) this.#sweep()
  }

  delete(key: PartKey): void {
    const node = this.#nodes.get(key)
    if (node !== undefined && this.#keys.get(node) === key) this.#keys.delete(node)
    this.#nodes.delete(key)
  }

  /** Forgets what was deleted. As often as there are entries, so that it costs next to nothing for each. */
  #sweep(): void {
    for (const key of this.#nodes.keys()) if (itemOf(key)?.deleted === true) this.delete(key)
    const shown = new Set(this.#nodes.values())
    for (const [node, key] of this.#keys) if (key === null && !shown.has(node)) this.#keys.delete(node)
    this.#untilSweep = Math.max(SWEEP_AT_LEAST, this.#nodes.size)
  }

  /** The part that the node shows. None for text, for what only the schema demands, and for a node that shows several. */
  keyOf(node: Node): PartKey | undefined {
    const key = this.#keys.get(node) ?? undefined
    return key !== undefined && this.#nodes.get(key) === node ? key : undefined
  }

  /** The part that is shown by this child of the parent's node. */
  childOf(parent: YParent, node: Node, index: number): PartKey | undefined {
    const child = node.child(index)
    if (this.#keys.get(child) === null)
      return placedParts(parent, node, this).find((placed) => placed.child === index)?.part.key
    const key = this.keyOf(child)
    return key !== undefined && itemOf(key)?.parent === parent && itemOf(key)?.deleted === false ? key : undefined
  }

  /** Which child of the parent's node shows this part; -1 if none does. */
  indexOf(parent: YParent, node: Node, key: PartKey): number {
    const child = this.get(key)
    if (child === undefined) return -1
    if (this.keyOf(child) === key) return node.content.content.indexOf(child)
    return placedParts(parent, node, this).find(({ part }) => part.key === key)?.child ?? -1
  }

  clear(): void {
    this.#nodes.clear()
    this.#keys.clear()
  }
}

/** A part and where it is shown: its range in the content of the parent's node, empty if it is not shown; `child` counts nodes. */
export interface PlacedPart {
  readonly part: Part
  readonly from: number
  readonly to: number
  /** Of a block parent: the child's index; -1 for what is not shown. */
  readonly child: number
}

/** The parts of a parent beside the content of the node that shows it. They must belong together (no change in between). */
export function placedParts(parent: YParent, node: Node, shown: ShownNodes): PlacedPart[] {
  const parts = partsOf(parent, { inline: node.inlineContent })
  return node.inlineContent ? placedInline(parts, shown) : placedBlocks(parts, node, shown)
}

function placedInline(parts: readonly Part[], shown: ShownNodes): PlacedPart[] {
  let from = 0
  return parts.map((part) => {
    const size = part.kind === 'texts' ? lengthOf(part.texts) : (shown.get(part.key)?.nodeSize ?? 0)
    const placed = { part, from, to: from + size, child: -1 }
    from += size
    return placed
  })
}

function placedBlocks(parts: readonly Part[], node: Node, shown: ShownNodes): PlacedPart[] {
  const { content: children } = node.content
  let [child, from] = [0, 0]
  return parts.map((part) => {
    const own = shown.get(part.key)
    let at = child
    // What is passed over here is not in the Y.Doc: the schema demands it.
    if (own !== undefined && children[at] !== own) at = children.indexOf(own, child)
    if (own === undefined || at === -1) return { part, from, to: from, child: -1 }
    for (; child < at; child += 1) from += children[child]!.nodeSize
    const placed = { part, from, to: from + own.nodeSize, child }
    child += 1
    from = placed.to
    return placed
  })
}

export function lengthOf(texts: readonly { readonly length: number }[]): number {
  let length = 0
  for (const text of texts) length += text.length
  return length
}
