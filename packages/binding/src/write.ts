import type { Node } from '@tiptap/pm/model'
import type * as Y from 'yjs'
import type { KeptContent } from './kept-content.ts'
import { TypeBuilder } from './type-builder.ts'
import { inlineChanges } from './inline-diff.ts'
import { matchChildren } from './match-children.ts'
import { type PlacedPart, type ShownNodes, placedParts } from './shown-nodes.ts'
import { isUnsupported } from './unsupported-content.ts'
import { planInline, writeAttributes } from './write-inline.ts'
import { type Part, type YParent, isElement } from './y-tree.ts'

export interface WriteOptions {
  readonly doc: Y.Doc
  readonly shown: ShownNodes
  /** Where the edit began, in positions of the document before: of several equal ways to see a change, the one there. */
  readonly near: number | undefined
  /** What the edit took out whole: of several ways to see a move, what it did not take out is what stays. */
  readonly cut: ReadonlySet<Node>
  /** Whose content is not written now (see HeldParagraph). */
  readonly held: YParent | undefined
  /** Takes what the editor cannot read and is deleted. */
  readonly kept: KeptContent
}

/** What to run in one Yjs transaction, and what to run last in it; nothing has been written yet. */
export interface WritePlan {
  readonly writes: readonly (() => void)[]
  readonly whenWritten: readonly (() => void)[]
  /** Whether something that is shown has nothing to be written; the view is to be drawn anew after. */
  readonly isPartial: boolean
}

/**
 * What has to be written so that the Y.Doc says what `after` shows, given that it says what `before` shows. Walks only into what is
 * not identical. Attributes, marks and parts that the editor does not know are not touched. Throws NotCopied.
 */
export function planWrite(root: YParent, before: Node, after: Node, options: WriteOptions): WritePlan {
  const plan = new Plan(options)
  plan.add(root, before, after, 0)
  return plan
}

/** Where children went and came, right of what stays. */
interface Gap {
  readonly left: Part | undefined
  readonly gone: readonly Part[]
  readonly nodes: readonly Node[]
}

class Plan implements WritePlan {
  readonly writes: (() => void)[] = []
  readonly whenWritten: (() => void)[] = []
  readonly #options: WriteOptions
  readonly #builder: TypeBuilder

  constructor(options: WriteOptions) {
    this.#options = options
    this.#builder = new TypeBuilder(options.doc, options, this.whenWritten)
  }

  get isPartial(): boolean {
    return this.#builder.hasLeftOut
  }

  /** `start`: where the content of `before` begins. */
  add(parent: YParent, before: Node, after: Node, start: number): void {
    const { shown, held } = this.#options
    if (before === after) return
    this.whenWritten.push(() => shown.set(parent, after))
    if (parent === held) return
    if (isElement(parent) && !before.sameMarkup(after)) this.writes.push(() => writeAttributes(parent, before, after))
    if (before.inlineContent) this.#inline(parent, before, after, start)
    else this.#children(parent, before, after, start)
  }

  #inline(parent: YParent, before: Node, after: Node, start: number): void {
    const { shown, near, doc, kept } = this.#options
    for (const node of before.content.content)
      if (isUnsupported(node) && !after.content.content.includes(node)) kept.keep(doc, node)
    const changes = inlineChanges(before.content, after.content, near === undefined ? undefined : near - start)
    this.writes.push(...planInline(parent, placedParts(parent, before, shown), changes, this.#builder))
    this.whenWritten.push(() => registerAtoms(parent, after, shown))
  }

  #children(parent: YParent, before: Node, after: Node, start: number): void {
    const { shown, cut } = this.#options
    const [old, now] = [before.content.content, after.content.content]
    let head = 0
    const shorter = Math.min(old.length, now.length)
    while (head < shorter && old[head] === now[head]) head += 1
    let tail = 0
    while (tail < shorter - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1
    const middle = matchChildren(old.slice(head, old.length - tail), now.slice(head, now.length - tail), { cut })
    const oldOf = (index: number): number => {
      if (index < head) return index
      if (index >= now.length - tail) return index - now.length + old.length
      const match = middle[index - head]!
      return match === -1 ? -1 : match + head
    }
    const positionOf = runningPosition(old, start)
    let matched = 0
    for (let index = head; index < now.length - tail; index += 1) {
      const match = oldOf(index)
      if (match === -1) continue
      matched += 1
      if (old[match] === now[index]) continue
      const key = shown.childOf(parent, before, match)
      if (isElement(key)) this.#pair(key, old[match]!, now[index]!, positionOf(match))
      else matched -= 1 // only the schema demanded it, so far
    }
    if (matched < middle.length || matched < old.length - head - tail) this.#structure(parent, before, after, oldOf)
  }

  #pair(element: Y.XmlElement, before: Node, after: Node, position: number): void {
    if (isUnsupported(before)) return // nothing in the editor is about its inside
    this.add(element, before, after, position + 1)
  }

  /** Children came or went. What only the schema demanded becomes real with that, or it would go again. */
  #structure(parent: YParent, before: Node, after: Node, oldOf: (index: number) => number): void {
    const placed = placedParts(parent, before, this.#options.shown)
    const parts: (Part | undefined)[] = Array.from({ length: before.childCount })
    for (const { part, child } of placed) if (child !== -1) parts[child] = part
    const gaps: (() => void)[] = []
    for (let index = 0, old = 0, pending: Node[] = []; index <= after.childCount; index += 1) {
      const match = index === after.childCount ? before.childCount : oldOf(index)
      const isReal = index === after.childCount || (match !== -1 && parts[match] !== undefined)
      if (!isReal) {
        pending.push(after.child(index))
        continue
      }
      const gone = parts.slice(old, match).filter((part) => part !== undefined)
      if (gone.length > 0 || pending.length > 0)
        gaps.push(
          this.#gap(parent, { left: parts.slice(0, old).findLast((part) => part !== undefined), gone, nodes: pending }),
        )
      pending = []
      old = match + 1
    }
    this.writes.push(...gaps.toReversed())
  }

  #gap(parent: YParent, { left, gone, nodes }: Gap): () => void {
    const at = gone[0]?.index ?? (left === undefined ? 0 : left.index + left.length)
    const { shown, doc, kept } = this.#options
    for (const { key } of gone) {
      const node = shown.get(key)
      if (node !== undefined) kept.keep(doc, node)
    }
    const types = this.#builder.build(nodes)
    return () => {
      for (const { index, length } of neighbours(gone).toReversed()) parent.delete(index, length)
      if (types.length > 0) parent.insert(at, types)
    }
  }
}

/** Where each child begins; to be asked in increasing order. */
function runningPosition(children: readonly Node[], start: number): (index: number) => number {
  let [position, at] = [start, 0]
  return (index) => {
    for (; at < index; at += 1) position += children[at]!.nodeSize
    return position
  }
}

/** Parts that stand next to each other are deleted at once. */
function neighbours(parts: readonly Part[]): { index: number; length: number }[] {
  const ranges: { index: number; length: number }[] = []
  for (const { index, length } of parts) {
    const last = ranges.at(-1)
    if (last !== undefined && last.index + last.length === index) last.length += length
    else ranges.push({ index, length })
  }
  return ranges
}

/** Inline nodes stand in the order of their parts. */
function registerAtoms(parent: YParent, node: Node, shown: ShownNodes): void {
  const atoms = node.content.content.filter((child) => !child.isText)
  const parts = placedParts(parent, node, shown).filter(isShownAtom)
  if (parts.length === atoms.length) parts.forEach(({ part }, index) => shown.set(part.key, atoms[index]!))
}

function isShownAtom({ part, from, to }: PlacedPart): boolean {
  return part.kind !== 'texts' && to > from
}
