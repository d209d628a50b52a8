import type { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { isUnsupported } from './unsupported-content.ts'
import { findType, isElement } from './y-tree.ts'

/** What may be pasted again after it was cut; the oldest goes first. */
const MOST_KEPT = 50
const MOST_LETTERS = 1_000_000
/** As deep as content is copied. */
const DEEPEST = 48

type Raw = RawElement | { readonly delta: readonly unknown[] }

interface RawElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly children: readonly Raw[]
}

/**
 * Content that the editor cannot read and that was taken out here, by the name that its unsupported node carries: the node may
 * be on the clipboard, and comes back with all that it stood for. Of one editor and one Y.Doc.
 */
export class KeptContent {
  readonly #kept = new Map<string, { readonly raw: Raw; readonly letters: number }>()
  #letters = 0

  has(id: string): boolean {
    return this.#kept.has(id)
  }

  /** To be called before it is deleted, with the node that shows what goes. */
  keep(doc: Y.Doc, node: Node): void {
    if (isUnsupported(node)) this.#keep(doc, node.attrs['id'] as string)
    else if (!node.isTextblock || node.content.content.some(isUnsupported))
      node.forEach((child) => this.keep(doc, child))
  }

  /** The content once more, not yet in any document; undefined if it is not kept. */
  restore(id: string): Y.XmlElement | Y.XmlText | undefined {
    const kept = this.#kept.get(id)
    return kept && typeFrom(kept.raw)
  }

  #keep(doc: Y.Doc, id: string): void {
    const type = findType(doc, id)
    const measure = { letters: 0 }
    const raw = isElement(type) || type instanceof Y.XmlText ? rawOf(type, measure, 1) : undefined
    if (raw === undefined) return
    this.#forget(id)
    this.#kept.set(id, { raw, letters: measure.letters })
    this.#letters += measure.letters
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT && this.#letters <= MOST_LETTERS) break
      this.#forget(oldest)
    }
  }

  #forget(id: string): void {
    this.#letters -= this.#kept.get(id)?.letters ?? 0
    this.#kept.delete(id)
  }
}

/** Undefined for what cannot be copied: types as attributes or within text, and what is too deep. */
function rawOf(type: unknown, measure: { letters: number }, level: number): Raw | undefined {
  if (type instanceof Y.XmlText) {
    const delta = type.toDelta() as { insert: unknown }[]
    measure.letters += type.length
    return delta.some(({ insert }) => typeof insert !== 'string') ? undefined : { delta }
  }
  if (!isElement(type) || level > DEEPEST) return undefined
  const attributes = type.getAttributes() as Record<string, unknown>
  if (Object.values(attributes).some((value) => value instanceof Y.AbstractType || value instanceof Y.Doc))
    return undefined
  measure.letters += JSON.stringify(attributes).length
  const children = type.toArray().map((child) => rawOf(child, measure, level + 1))
  return children.every((child) => child !== undefined) ? { name: type.nodeName, attributes, children } : undefined
}

function typeFrom(raw: Raw): Y.XmlElement | Y.XmlText {
  if ('delta' in raw) {
    const text = new Y.XmlText()
    text.applyDelta([...raw.delta])
    return text
  }
  const element = new Y.XmlElement(raw.name)
  for (const [name, value] of Object.entries(raw.attributes)) element.setAttribute(name, value as string)
  element.insert(0, raw.children.map(typeFrom))
  return element
}
