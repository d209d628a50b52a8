import { Fragment, type Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import type { TypeBuilder } from './type-builder.ts'
import type { WasShown } from './changed-letters.ts'
import { type InlineChange, inlineChanges } from './inline-diff.ts'
import { type ShownNodes, placedParts } from './shown-nodes.ts'
import { planInline } from './write-inline.ts'
import { type YParent, itemOf } from './y-tree.ts'

/** Where a letter of the paragraph as it was is now: its offset, or, once deleted, the one at which it stood. */
interface Place {
  readonly offset: number
  readonly isThere: boolean
}

/**
 * A paragraph in which an input method composes while somebody else changes it. To draw that change would end the
 * composition, so until then the paragraph is neither drawn nor written; its letters are remembered by their ids, and at the end
 * what was composed is written among what came meanwhile.
 */
export class HeldParagraph {
  readonly type: YParent
  /** What the Y.Doc said when the paragraph was last written or drawn. */
  readonly #before: Node
  readonly #letters: readonly string[]

  /** To be made before the change arrives. */
  constructor(type: YParent, node: Node, shown: ShownNodes) {
    this.type = type
    this.#before = node
    this.#letters = placedParts(type, node, shown).flatMap(({ part, from, to }) => {
      if (part.kind === 'texts') return part.texts.flatMap(letterIds)
      const item = itemOf(part.key)
      return item === null || to === from ? [] : Array.from({ length: to - from }, () => idAt(item, 0))
    })
  }

  get isDeleted(): boolean {
    return this.type._item?.deleted === true
  }

  /** What was composed, as writes into the paragraph as it is in the Y.Doc now; to be run one after the other. Throws NotCopied. */
  plan(after: Node, shown: ShownNodes, builder: TypeBuilder): (() => void)[] {
    const places = this.#placesNow(shown)
    // Each looks at the paragraph anew: the one before has moved what the next is about.
    return inlineChanges(this.#before.content, after.content)
      .toReversed()
      .flatMap((change) => this.#moved(change, places))
      .map((change) => () => {
        for (const write of planInline(this.type, placedParts(this.type, after, shown), [change], builder)) write()
      })
  }

  /** Of the letters that are there now, which ones the screen shows; `written` is the transaction of what was composed. */
  wasShown(written: Y.Transaction | undefined): WasShown {
    const letters = new Set(this.#letters)
    return (item, nth) => {
      const { client, clock } = item.id
      if (written === undefined) return letters.has(idAt(item, nth))
      if (client === written.doc.clientID && clock + nth >= (written.beforeState.get(client) ?? 0)) return true
      return letters.has(idAt(item, nth)) && !Y.isDeleted(written.deleteSet, Y.createID(client, clock + nth))
    }
  }

  /** The change where it belongs now: what others put in between is left out of a deletion, and out of a new format. */
  #moved(change: InlineChange, places: readonly (Place | undefined)[]): InlineChange[] {
    const ranges: { from: number; to: number }[] = []
    for (let offset = change.from; offset < change.to; offset += 1) {
      const place = places[offset]
      const last = ranges.at(-1)
      if (place?.isThere !== true) continue
      if (last?.to === place.offset) last.to += 1
      else ranges.push({ from: place.offset, to: place.offset + 1 })
    }
    ranges.reverse()
    if (change.kind === 'node') return ranges.slice(0, 1).map((range) => ({ ...change, ...range }))
    if (change.kind === 'format') return ranges.map((range) => ({ ...change, ...range }))
    const at = this.#insertion(change, places)
    const removals = ranges.map((range): InlineChange => ({ kind: 'replace', ...range, content: Fragment.empty }))
    const insertion: InlineChange = { kind: 'replace', from: at, to: at, content: change.content }
    return change.content.size === 0 ? removals : [...removals, insertion]
  }

  /** Where the letters stood that it replaces, or behind the one left of it. What is removed stands right of that, and does not move it. */
  #insertion({ from, to }: InlineChange, places: readonly (Place | undefined)[]): number {
    const replaced = from < to ? places[from] : undefined
    if (replaced !== undefined) return replaced.offset
    const left = from === 0 ? undefined : places[from - 1]
    return left === undefined ? 0 : left.offset + (left.isThere ? 1 : 0)
  }

  #placesNow(shown: ShownNodes): (Place | undefined)[] {
    const now = new Map<string, Place>()
    let offset = 0
    const note = (item: Y.Item, isThere: boolean, size: number) => {
      for (let nth = 0; nth < item.length; nth += 1)
        now.set(idAt(item, nth), { offset: isThere ? offset + nth : offset, isThere })
      if (isThere) offset += size
    }
    for (let item = this.type._start; item !== null; item = item.right) {
      const type = item.content instanceof Y.ContentType ? (item.content.type as unknown) : undefined
      if (!(type instanceof Y.XmlText)) {
        if (item.countable || item.deleted)
          note(item, !item.deleted && shown.get(type as Y.XmlElement) !== undefined, 1)
        continue
      }
      for (let letter = type._start; letter !== null; letter = letter.right)
        if (letter.countable || letter.deleted) note(letter, !letter.deleted && !item.deleted, letter.length)
    }
    return this.#letters.map((id) => now.get(id))
  }
}

function letterIds(text: Y.XmlText): string[] {
  const ids: string[] = []
  for (let item = text._start; item !== null; item = item.right)
    if (!item.deleted && item.countable) for (let nth = 0; nth < item.length; nth += 1) ids.push(idAt(item, nth))
  return ids
}

function idAt({ id }: Y.Item, nth: number): string {
  return `${id.client}:${id.clock + nth}`
}
