import { Fragment, Mark, type Node, Slice } from '@tiptap/pm/model'
import type { EditorState, Transaction } from '@tiptap/pm/state'
import { ReplaceStep } from '@tiptap/pm/transform'
import type { ChangedRange } from './inline-diff.ts'
import { matchChildren } from './match-children.ts'

/** In positions of the document before; edits of one list are ordered and do not overlap. */
export type Edit =
  | { readonly from: number; readonly to: number; readonly content: Fragment }
  | { readonly at: number; readonly attribute: string; readonly value: unknown }

/** From here on one step from the first to the last change costs less than many exact ones. */
const MOST_STEPS = 500

/** What is known of how one document became the other. */
export interface Knowledge {
  /** Of new nodes, which old ones they were; what is neither identical nor renewed is matched by likeness. Undefined: nothing is known. */
  readonly renewed: ReadonlyMap<Node, Node> | undefined
  /** The ranges that differ between the inline contents of two nodes that are one. */
  ranges(before: Node, after: Node): readonly ChangedRange[]
}

/** The smallest edits that make one document the other. */
export function editsBetween(before: Node, after: Node, knowledge: Knowledge): Edit[] {
  const edits: Edit[] = []
  contentEdits(before, after, 0, { edits, knowledge })
  return edits
}

interface Collecting {
  readonly edits: Edit[]
  readonly knowledge: Knowledge
}

/** `start`: where the content begins. */
function contentEdits(before: Node, after: Node, start: number, collecting: Collecting): void {
  if (before.inlineContent) {
    for (const { from, toBefore, start: fromAfter, toAfter } of collecting.knowledge.ranges(before, after))
      collecting.edits.push({
        from: start + from,
        to: start + toBefore,
        content: after.content.cut(fromAfter, toAfter),
      })
    return
  }
  const [old, now] = [before.content.content, after.content.content]
  // Of two empty paragraphs one is not the other, unless nothing is known of either.
  const isSame = (one: Node, other: Node) =>
    one === other || (collecting.knowledge.renewed === undefined && one.eq(other))
  let head = 0
  const shorter = Math.min(old.length, now.length)
  for (; head < shorter && isSame(old[head]!, now[head]!); head += 1) start += old[head]!.nodeSize
  let tail = 0
  while (tail < shorter - head && isSame(old[old.length - 1 - tail]!, now[now.length - 1 - tail]!)) tail += 1
  childEdits(old.slice(head, old.length - tail), now.slice(head, now.length - tail), start, collecting)
}

function childEdits(old: readonly Node[], now: readonly Node[], start: number, collecting: Collecting): void {
  const matches = matchChildren(old, now, { known: collecting.knowledge.renewed })
  let [at, position] = [0, start]
  for (let index = 0, pending = 0; index <= now.length; index += 1) {
    const match = index === now.length ? old.length : matches[index]!
    if (match === -1) continue
    const from = position
    for (; at < match; at += 1) position += old[at]!.nodeSize
    if (position > from || index > pending)
      collecting.edits.push({ from, to: position, content: Fragment.fromArray(now.slice(pending, index)) })
    if (index === now.length) return
    nodeEdits(old[match]!, now[index]!, position, collecting)
    position += old[match]!.nodeSize
    at = match + 1
    pending = index + 1
  }
}

function nodeEdits(before: Node, after: Node, position: number, collecting: Collecting): void {
  if (before === after) return
  if (before.isLeaf || !Mark.sameSet(before.marks, after.marks)) {
    if (!before.eq(after))
      collecting.edits.push({ from: position, to: position + before.nodeSize, content: Fragment.from(after) })
    return
  }
  if (!before.sameMarkup(after))
    for (const attribute of Object.keys(after.attrs))
      if (before.attrs[attribute] !== after.attrs[attribute])
        collecting.edits.push({ at: position, attribute, value: after.attrs[attribute] })
  contentEdits(before, after, position + 1, collecting)
}

/** The edits as a transaction; where they do not make the document, one step that does. */
export function edited(state: EditorState, edits: readonly Edit[], target: Node): Transaction {
  const exact = state.tr
  if (applyEdits(exact, edits, target)) return exact
  const whole = state.tr
  replaceAll(whole, target)
  return whole
}

/**
 * Applies edits to the transaction, the last first. Returns whether that made the document; if not (the schema refuses what
 * stands between two of them, or they are too many), the transaction is to be thrown away for `replaceAll`.
 */
function applyEdits(transaction: Transaction, edits: readonly Edit[], target: Node): boolean {
  if (edits.length > MOST_STEPS) return false
  try {
    for (const edit of edits.toReversed()) {
      if ('at' in edit) transaction.setNodeAttribute(edit.at, edit.attribute, edit.value)
      else transaction.step(new ReplaceStep(edit.from, edit.to, new Slice(edit.content, 0, 0)))
    }
  } catch {
    return false
  }
  return transaction.doc.eq(target)
}

/** The one step that is always possible: all blocks from the first to the last that differs. */
function replaceAll(transaction: Transaction, target: Node): void {
  const [old, now] = [transaction.doc.content.content, target.content.content]
  let [from, head, tail, to] = [0, 0, 0, transaction.doc.content.size]
  const shorter = Math.min(old.length, now.length)
  for (; head < shorter && old[head]!.eq(now[head]!); head += 1) from += old[head]!.nodeSize
  for (; tail < shorter - head && old.at(-1 - tail)!.eq(now.at(-1 - tail)!); tail += 1)
    to -= old.at(-1 - tail)!.nodeSize
  const content = Fragment.fromArray(now.slice(head, now.length - tail))
  transaction.step(new ReplaceStep(from, to, new Slice(content, 0, 0)))
}
