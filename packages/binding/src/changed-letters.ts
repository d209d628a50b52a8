import type { Fragment, Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { withoutCommon } from './common-letters.ts'
import { type ChangedRange, changedRange } from './inline-diff.ts'
import { type YParent, typeOf } from './y-tree.ts'

/** Whether the nth letter of an item was shown before. */
export type WasShown = (item: Y.Item, nth: number) => boolean

/** As of the beginning of the transaction. To be used before Yjs merges and collects its items. */
export function shownBefore(transaction: Y.Transaction): WasShown {
  return ({ id, deleted }) =>
    id.clock < (transaction.beforeState.get(id.client) ?? 0) && (!deleted || Y.isDeleted(transaction.deleteSet, id))
}

/**
 * The ranges of an inline content that changed, by the letters' identities: of two edits in one paragraph each comes out for itself,
 * and of equal letters the right one. Where the identities do not explain the change (nodes that are not shown, say), by
 * what the letters look like. Ordered, without overlap.
 */
export function changedRanges(
  parent: YParent | undefined,
  before: Node,
  after: Node,
  was: WasShown | undefined,
): ChangedRange[] {
  const exact = parent && was && explained(spansOf(parent, was), before, after)
  if (exact !== undefined) return exact
  const range = changedRange(before.content, after.content)
  return range === undefined ? [] : withoutCommon(range, before.content, after.content)
}

interface Span {
  readonly was: boolean
  readonly is: boolean
  length: number
}

function spansOf(parent: YParent, was: WasShown): Span[] {
  const spans: Span[] = []
  const add = (wasShown: boolean, is: boolean) => {
    const last = spans.at(-1)
    if (!wasShown && !is) return
    if (last?.was === wasShown && last.is === is) last.length += 1
    else spans.push({ was: wasShown, is, length: 1 })
  }
  for (let item = parent._start; item !== null; item = item.right) {
    const type = typeOf(item)
    if (!(type instanceof Y.XmlText)) {
      if (item.countable || item.deleted) add(was(item, 0), !item.deleted)
      continue
    }
    for (let letters = type._start; letters !== null; letters = letters.right) {
      if (!letters.countable && !letters.deleted) continue
      if (letters.content instanceof Y.ContentFormat) continue
      for (let nth = 0; nth < letters.length; nth += 1)
        add(was(letters, nth) && (!item.deleted || was(item, 0)), !letters.deleted && !item.deleted)
    }
  }
  return spans
}

function explained(spans: readonly Span[], before: Node, after: Node): ChangedRange[] | undefined {
  const ranges: ChangedRange[] = []
  let [from, fromAfter] = [0, 0]
  for (const { was, is, length } of spans) {
    const [to, toAfter] = [from + (was ? length : 0), fromAfter + (is ? length : 0)]
    if (to > before.content.size || toAfter > after.content.size) return undefined
    if (was && is) {
      const [old, now] = [before.content.cut(from, to), after.content.cut(fromAfter, toAfter)]
      if (old.size !== now.size) return undefined
      const looks = changedRange(old, now) // the same letters, in other marks
      if (looks !== undefined && textOf(old) !== textOf(now)) return undefined
      if (looks !== undefined)
        push(ranges, {
          from: from + looks.from,
          toBefore: from + looks.toBefore,
          start: fromAfter + looks.start,
          toAfter: fromAfter + looks.toAfter,
        })
    } else push(ranges, { from, toBefore: to, start: fromAfter, toAfter })
    ;[from, fromAfter] = [to, toAfter]
  }
  return from === before.content.size && fromAfter === after.content.size ? ranges : undefined
}

function textOf(content: Fragment): string {
  return content.textBetween(0, content.size, '', ' ')
}

/** Ranges that touch become one. */
function push(ranges: ChangedRange[], range: ChangedRange): void {
  const last = ranges.at(-1)
  if (last?.toBefore === range.from)
    ranges[ranges.length - 1] = { ...last, toBefore: range.toBefore, toAfter: range.toAfter }
  else ranges.push(range)
}
