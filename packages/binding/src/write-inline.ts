import type { Fragment, Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { type TypeBuilder, deltaOf, setAttribute, textOf } from './type-builder.ts'
import { elementAttribute, formatChange } from './formats.ts'
import type { InlineChange } from './inline-diff.ts'
import type { PlacedPart } from './shown-nodes.ts'
import { type YParent, isElement } from './y-tree.ts'

type YChild = Y.XmlElement | Y.XmlText

/**
 * Changes of one block's inline content, to be run from the last to the first: each leaves alone what stands left of it. The types that
 * they insert are built at once, before anything is written. May throw NotCopied.
 */
export function planInline(
  parent: YParent,
  placed: readonly PlacedPart[],
  changes: readonly InlineChange[],
  builder: TypeBuilder,
): (() => void)[] {
  return changes.toReversed().map((change) => {
    if (change.kind === 'format') {
      const formats = formatChange(change.before, change.after) ?? {}
      return () => eachText(placed, change.from, change.to, (text, from, length) => text.format(from, length, formats))
    }
    if (change.kind === 'node') return () => changeNode(placed, change)
    const groups = grouped(change.content, builder)
    return () => {
      remove(parent, placed, change.from, change.to)
      if (groups.length > 0) insert(parent, placed, change.from, groups)
    }
  })
}

/** Text nodes that stand together, or one type. */
type Group = readonly Node[] | YChild

function grouped(content: Fragment, builder: TypeBuilder): Group[] {
  const groups: Group[] = []
  content.forEach((node) => {
    const last = groups.at(-1)
    if (!node.isText) groups.push(...builder.build([node]))
    else if (Array.isArray(last)) groups[groups.length - 1] = [...(last as Node[]), node]
    else groups.push([node])
  })
  return groups
}

function eachText(
  placed: readonly PlacedPart[],
  from: number,
  to: number,
  run: (text: Y.XmlText, from: number, length: number) => void,
): void {
  for (const { part, from: start } of placed) {
    if (part.kind !== 'texts') continue
    let offset = start
    for (const text of part.texts) {
      const [first, last] = [Math.max(from, offset), Math.min(to, offset + text.length)]
      offset += text.length
      if (first < last) run(text, first - (offset - text.length), last - first)
    }
  }
}

function changeNode(placed: readonly PlacedPart[], { from, before, after }: InlineChange & { kind: 'node' }): void {
  const element = placed.find((one) => one.from === from && one.to > from)?.part.key
  if (!isElement(element) || element.nodeName !== after.type.name) return
  writeAttributes(element, before, after)
}

/** Those that changed, and no others: what the editor does not know stays. */
export function writeAttributes(element: Y.XmlElement, before: Node, after: Node): void {
  for (const name of Object.keys(after.attrs)) {
    const value = after.attrs[name] as unknown
    if (JSON.stringify(before.attrs[name]) === JSON.stringify(value)) continue
    if (value == null) element.removeAttribute(name)
    else setAttribute(element, name, value)
  }
  for (const [key, value] of Object.entries(formatChange(before.marks, after.marks) ?? {})) {
    if (value == null) element.removeAttribute(elementAttribute(key))
    else setAttribute(element, elementAttribute(key), value)
  }
}

function remove(parent: YParent, placed: readonly PlacedPart[], from: number, to: number): void {
  for (const { part, from: start, to: end } of placed.toReversed()) {
    if (end <= from || start >= to) continue
    if (part.kind !== 'texts') {
      parent.delete(part.index, part.length)
      continue
    }
    let offset = end
    for (const text of part.texts.toReversed()) {
      const length = text.length
      offset -= length
      const [first, last] = [Math.max(from, offset), Math.min(to, offset + length)]
      if (first < last) text.delete(first - offset, last - first) // a text that is emptied stays: somebody may write in it now
    }
  }
}

/** Called after the removal at the same place, so a text that was cut there ends at `at` now. */
function insert(parent: YParent, placed: readonly PlacedPart[], at: number, groups: readonly Group[]): void {
  const place = textAt(placed, at)
  const [first, ...rest] = groups
  if (place === undefined) {
    parent.insert(indexAt(placed, at), groups.map(asType))
    return
  }
  const { text, offset, index } = place
  let written = offset
  if (Array.isArray(first)) {
    for (const { insert: letters, attributes } of deltaOf(first as Node[])) {
      text.insert(written, letters, attributes)
      written += letters.length
    }
    if (rest.length === 0) return
  }
  const types = Array.isArray(first) ? rest : groups
  if (written === 0) {
    parent.insert(index, types.map(asType))
    return
  }
  // Something that is no text comes into the middle: what follows moves behind it, with all its formats.
  const tail = tailOf(text, written)
  if (tail.length > 0) text.delete(written, text.length - written)
  const last = types.at(-1)
  const isJoined = Array.isArray(last)
  const behind = new Y.XmlText()
  behind.applyDelta([...(isJoined ? deltaOf(last as Node[]) : []), ...tail])
  const between = (isJoined ? types.slice(0, -1) : types).map(asType)
  parent.insert(index + 1, tail.length > 0 || isJoined ? [...between, behind] : between)
}

function asType(group: Group): YChild {
  return Array.isArray(group) ? textOf(group as Node[]) : (group as YChild)
}

function tailOf(text: Y.XmlText, from: number): { insert: string }[] {
  let offset = 0
  return (text.toDelta() as { insert: string }[]).flatMap((run) => {
    const start = offset
    offset += run.insert.length
    return offset <= from ? [] : [{ ...run, insert: run.insert.slice(Math.max(0, from - start)) }]
  })
}

/** The text that has this place in it or at its edge, the one that ends there before the one that begins there; `index` counts in the parent. */
function textAt(
  placed: readonly PlacedPart[],
  at: number,
): { text: Y.XmlText; offset: number; index: number } | undefined {
  for (const { part, from, to } of placed) {
    if (part.kind !== 'texts' || at < from || at > to) continue
    let offset = from
    for (const [nth, text] of part.texts.entries()) {
      // The removal shortened the texts, never what stands left of the place.
      if (at <= offset + text.length || nth === part.texts.length - 1)
        return { text, offset: Math.min(text.length, Math.max(0, at - offset)), index: part.index + nth }
      offset += text.length
    }
  }
  return undefined
}

function indexAt(placed: readonly PlacedPart[], at: number): number {
  const left = placed.findLast(({ from, to }) => to <= at && from < at)
  return left === undefined ? 0 : left.part.index + left.part.length
}
