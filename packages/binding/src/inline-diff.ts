import type { Fragment, Mark, Node } from '@tiptap/pm/model'

/** A part of an inline content that became another; `start` and `toAfter` are offsets of the content after. */
export interface ChangedRange {
  readonly from: number
  readonly toBefore: number
  readonly start: number
  readonly toAfter: number
}

/**
 * The smallest range that differs. Where several are as small (an `a` among others) the one that begins nearest to `near`. Never cuts a
 * character of two units in half: Yjs would store two broken ones.
 */
export function changedRange(before: Fragment, after: Fragment, near?: number): ChangedRange | undefined {
  const start = before.findDiffStart(after)
  if (start === null) return undefined
  const end = before.findDiffEnd(after) ?? { a: start, b: start }
  const earliest = Math.min(start, end.a, end.b)
  let from = near === undefined ? start : Math.max(earliest, Math.min(near, start))
  from = outside(before, outside(after, from, -1), -1)
  const overlap = Math.max(0, from - Math.min(end.a, end.b))
  let [toBefore, toAfter] = [end.a + overlap, end.b + overlap]
  for (;;) {
    const [a, b] = [outside(before, toBefore, 1), outside(after, toAfter, 1)]
    const shift = Math.max(a - toBefore, b - toAfter)
    if (shift === 0) return { from, toBefore, start: from, toAfter }
    toBefore += shift
    toAfter += shift
  }
}

/** The next offset in that direction that is not within a character or a node. */
function outside(content: Fragment, offset: number, direction: 1 | -1): number {
  let start = 0
  for (const node of content.content) {
    const end = start + node.nodeSize
    if (offset <= start) return offset
    if (offset < end) {
      if (!node.isText) return direction < 0 ? start : end
      const isWithin = /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(node.text!.slice(offset - start - 1, offset - start + 1))
      return isWithin ? offset + direction : offset
    }
    start = end
  }
  return offset
}

/** One letter (a UTF-16 unit) or one inline node of a range. */
interface Unit {
  readonly letter: string | undefined
  readonly node: Node
}

function unitsOf(content: Fragment): Unit[] {
  const units: Unit[] = []
  content.forEach((node) => {
    if (!node.isText) units.push({ letter: undefined, node })
    else for (let index = 0; index < node.text!.length; index += 1) units.push({ letter: node.text![index]!, node })
  })
  return units
}

function isSame(one: Unit, other: Unit): boolean {
  return one.letter === other.letter && (one.letter !== undefined || one.node.type === other.node.type)
}

const sizeOf = ({ letter, node }: Unit): number => (letter === undefined ? node.nodeSize : 1)

/** In offsets of the content before. Those of one change are ordered, and do not overlap. */
export type InlineChange =
  | {
      readonly kind: 'format'
      readonly from: number
      readonly to: number
      readonly before: readonly Mark[]
      readonly after: readonly Mark[]
    }
  | { readonly kind: 'node'; readonly from: number; readonly to: number; readonly before: Node; readonly after: Node }
  | { readonly kind: 'replace'; readonly from: number; readonly to: number; readonly content: Fragment }

/** The changes that make one inline content the other: what only looks different is formatted, never deleted and written again. */
export function inlineChanges(before: Fragment, after: Fragment, near?: number): InlineChange[] {
  const range = changedRange(before, after, near)
  if (range === undefined) return []
  const [old, now] = [unitsOf(before.cut(range.from, range.toBefore)), unitsOf(after.cut(range.from, range.toAfter))]
  let [head, tail] = [0, 0]
  const shorter = Math.min(old.length, now.length)
  while (head < shorter && isSame(old[head]!, now[head]!)) head += 1
  while (tail < shorter - head && isSame(old.at(-1 - tail)!, now.at(-1 - tail)!)) tail += 1
  if (isHalf(old, head) || isHalf(now, head)) head -= 1
  if (isHalf(old, old.length - tail) || isHalf(now, now.length - tail)) tail -= 1

  const changes = kept(range.from, old.slice(0, head), now.slice(0, head))
  const from = range.from + size(old.slice(0, head))
  const to = range.toBefore - size(old.slice(old.length - tail))
  const toAfter = range.toAfter - size(now.slice(now.length - tail))
  if (to > from || toAfter > range.from + size(now.slice(0, head)))
    changes.push({ kind: 'replace', from, to, content: after.cut(range.from + size(now.slice(0, head)), toAfter) })
  return [...changes, ...kept(to, old.slice(old.length - tail), now.slice(now.length - tail))]
}

/** Whether the place between two units is within a character. */
function isHalf(units: readonly Unit[], index: number): boolean {
  const [left, right] = [units[index - 1]?.letter, units[index]?.letter]
  return left !== undefined && right !== undefined && /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(left + right)
}

function size(units: readonly Unit[]): number {
  return units.reduce((sum, unit) => sum + sizeOf(unit), 0)
}

/** The same letters and nodes on both sides; what changed is their marks, and the nodes' attributes. */
function kept(start: number, old: readonly Unit[], now: readonly Unit[]): InlineChange[] {
  const changes: InlineChange[] = []
  let from = start
  for (let index = 0; index < old.length;) {
    const [before, after] = [old[index]!.node, now[index]!.node]
    if (!before.isText) {
      if (before !== after) changes.push({ kind: 'node', from, to: from + before.nodeSize, before, after })
      from += before.nodeSize
      index += 1
      continue
    }
    let next = index
    while (next < old.length && old[next]!.node === before && now[next]!.node === after) next += 1
    const to = from + next - index
    if (before.marks !== after.marks)
      changes.push({ kind: 'format', from, to, before: before.marks, after: after.marks })
    from = to
    index = next
  }
  return changes
}
