import type { Node } from '@tiptap/pm/model'
import { isUnsupported } from './unsupported-content.ts'

/** Up to so many pairs are compared with each other; larger ones are matched in order. */
const COMPARED_PAIRS = 400
const SAME = 11

interface Hints {
  /** What a child was before, where it is not the same object. */
  readonly known?: ReadonlyMap<Node, Node> | undefined
  /** Children that were taken out and put in again: where as many others can stay, those stay. */
  readonly cut?: ReadonlySet<Node>
}

/**
 * For each child after, the index of the child before that it was (or -1), in increasing order. First by identity (or by
 * what `known` says it was), then, between those, by likeness; never across types.
 */
export function matchChildren(before: readonly Node[], after: readonly Node[], hints: Hints = {}): number[] {
  const anchors = anchored(before, after, hints)
  const matches: number[] = []
  for (let index = 0, old = 0; index <= after.length; index += 1) {
    const anchor = index === after.length ? before.length : anchors[index]!
    if (anchor === -1) continue
    const gap = after.slice(matches.length, index)
    const found = gap.length === 0 ? [] : alike(before.slice(old, anchor), gap)
    for (const match of found) matches.push(match === -1 ? -1 : match + old)
    if (index < after.length) matches.push(anchor)
    old = anchor + 1
  }
  return matches
}

/** The longest increasing choice among the identical ones: moving one block must not tear out all the others. */
function anchored(before: readonly Node[], after: readonly Node[], { known, cut }: Hints): number[] {
  const places = new Map<Node, number[]>()
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const node = before[index]!
    const list = places.get(node)
    if (list === undefined) places.set(node, [index])
    else list.push(index)
  }
  const candidates = after.map((node) => {
    const was = known?.get(node)
    return (places.get(node) ?? (was && places.get(was)))?.pop() ?? -1
  })
  const chosen = new Set(staying(candidates, (index) => cut?.has(after[index]!) === true))
  return candidates.map((candidate, index) => (chosen.has(index) ? candidate : -1))
}

/** The indexes of as many as can stay; without those that are cut, where that makes no fewer. */
function staying(candidates: readonly number[], isCut: (index: number) => boolean): number[] {
  const most = longestIncreasing(candidates)
  if (!most.some(isCut)) return most
  const uncut = longestIncreasing(candidates.map((candidate, index) => (isCut(index) ? -1 : candidate)))
  return uncut.length < most.length ? most : uncut
}

/** The indexes of a longest increasing subsequence, leaving -1 out. */
function longestIncreasing(values: readonly number[]): number[] {
  const ends: number[] = []
  const previous: number[] = []
  values.forEach((value, index) => {
    if (value === -1) return
    let [low, high] = [0, ends.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (values[ends[middle]!]! < value) low = middle + 1
      else high = middle
    }
    previous[index] = low === 0 ? -1 : ends[low - 1]!
    ends[low] = index
  })
  const chosen: number[] = []
  for (let index = ends.at(-1) ?? -1; index !== -1; index = previous[index]!) chosen.push(index)
  return chosen
}

function alike(before: readonly Node[], after: readonly Node[]): number[] {
  if (before.length === 0) return after.map(() => -1)
  if (before.length === 1 && after.length === 1) return [canBecome(before[0]!, after[0]!) ? 0 : -1]
  return before.length * after.length > COMPARED_PAIRS ? inOrder(before, after) : mostAlike(before, after)
}

/** From both ends, as long as the types agree. */
function inOrder(before: readonly Node[], after: readonly Node[]): number[] {
  const matches = after.map(() => -1)
  const shorter = Math.min(before.length, after.length)
  let head = 0
  for (; head < shorter && canBecome(before[head]!, after[head]!); head += 1) matches[head] = head
  for (let tail = 1; tail <= shorter - head && canBecome(before.at(-tail)!, after.at(-tail)!); tail += 1)
    matches[after.length - tail] = before.length - tail
  return matches
}

/** The pairs, in order, whose likeness is the most in sum. */
function mostAlike(before: readonly Node[], after: readonly Node[]): number[] {
  const width = after.length + 1
  const best = new Float64Array((before.length + 1) * width)
  const scores = before.map((old) => after.map((now) => likeness(old, now)))
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const score = scores[i]![j]!
      const paired = score === 0 ? 0 : score + best[(i + 1) * width + j + 1]!
      best[i * width + j] = Math.max(paired, best[(i + 1) * width + j]!, best[i * width + j + 1]!)
    }
  const matches = after.map(() => -1)
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    const score = scores[i]![j]!
    const here = best[i * width + j]!
    if (score > 0 && here === score + best[(i + 1) * width + j + 1]!) matches[j++] = i++
    else if (here === best[(i + 1) * width + j]!) i += 1
    else j += 1
  }
  return matches
}

/** What the editor cannot read is itself, or something else: there is nothing in it that could be changed. */
function canBecome(before: Node, after: Node): boolean {
  return before.type === after.type && (!isUnsupported(before) || before.attrs['id'] === after.attrs['id'])
}

/** 0: not the same type. Else from 1 to 11, by how much of their content begins and ends the same. */
function likeness(before: Node, after: Node): number {
  if (!canBecome(before, after)) return 0
  const start = before.content.findDiffStart(after.content)
  if (start === null) return before.sameMarkup(after) ? SAME : SAME - 1
  const end = before.content.findDiffEnd(after.content)
  const [shorter, longer] = [before.content.size, after.content.size].sort((one, other) => one - other) as [
    number,
    number,
  ]
  const common = Math.min(shorter, start + before.content.size - (end?.a ?? before.content.size))
  return 1 + (9 * common) / Math.max(1, longer)
}
