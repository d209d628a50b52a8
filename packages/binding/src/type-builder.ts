import type { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { elementAttribute, formatsOf } from './formats.ts'
import type { KeptContent } from './kept-content.ts'
import type { ShownNodes } from './shown-nodes.ts'
import { isUnsupported } from './unsupported-content.ts'
import { type YParent, findType, typeOf, isElement } from './y-tree.ts'

type YChild = Y.XmlElement | Y.XmlText

/** A node would deepen a copy: one update may nest 64 levels, and what a copy is put into counts as well. */
const COPIED_LEVELS = 48

/** Content that the editor cannot read could not be copied. Nothing was written. */
export class NotCopied extends Error {
  override readonly name = 'NotCopied'
}

/**
 * Types for nodes that are new in the document. A node that is shown elsewhere already (it was wrapped, lifted, dragged) is
 * copied from the Y.Doc, not from the screen, so that what the editor does not know of it moves along.
 */
export class TypeBuilder {
  /** Whether a node had nothing behind it: then the view shows what is not stored. */
  hasLeftOut = false
  readonly #doc: Y.Doc
  readonly #shown: ShownNodes
  readonly #kept: KeptContent
  /** How much was stored as something else than is shown. Who holds such a thing is drawn anew. */
  #mended = 0
  /** To be called when all is written. */
  readonly #whenWritten: (() => void)[]

  constructor(doc: Y.Doc, { shown, kept }: { shown: ShownNodes; kept: KeptContent }, whenWritten: (() => void)[]) {
    this.#doc = doc
    this.#shown = shown
    this.#kept = kept
    this.#whenWritten = whenWritten
  }

  /**
   * Types for siblings; text that stands together becomes one. What is pasted in place of something unsupported that is
   * nowhere any more, and was not kept, has nothing behind it, and is left out. Throws NotCopied.
   */
  build(nodes: readonly Node[]): YChild[] {
    const types: YChild[] = []
    let run: Node[] = []
    const flush = () => {
      if (run.length > 0) types.push(textOf(run))
      if (!run.every(({ text }) => text!.isWellFormed())) this.#mended += 1
      run = []
    }
    for (const node of nodes) {
      if (node.isText) run.push(node)
      else {
        flush()
        const type = this.#element(node)
        if (type !== undefined) types.push(type)
      }
    }
    flush()
    return types
  }

  #element(node: Node): YChild | undefined {
    const source = this.#sourceOf(node)
    if (source !== undefined) return this.#copy(source, node)
    if (isUnsupported(node)) return this.#restored(node)
    const type = new Y.XmlElement(node.type.name)
    for (const [name, value] of Object.entries(node.attrs)) if (value != null) setAttribute(type, name, value)
    for (const [key, value] of Object.entries(formatsOf(node.marks))) setAttribute(type, elementAttribute(key), value)
    const mended = this.#mended
    if (node.childCount > 0) type.insert(0, this.build(node.content.content))
    if (this.#mended === mended) this.#whenWritten.push(() => this.#shown.set(type, node))
    return type
  }

  /** It has another name now, as a copy has. */
  #restored(node: Node): YChild | undefined {
    const type = this.#kept.restore(node.attrs['id'] as string)
    if (type === undefined) this.hasLeftOut = true
    else this.#willShow(type, node)
    return type
  }

  #sourceOf(node: Node): YChild | undefined {
    const key =
      this.#shown.keyOf(node) ?? (isUnsupported(node) ? findType(this.#doc, node.attrs['id'] as string) : undefined)
    const isCopied = isElement(key) || key instanceof Y.XmlText
    if (key !== undefined && !isCopied && isUnsupported(node)) throw new NotCopied()
    return isCopied && key._item?.deleted === false ? key : undefined
  }

  #copy(source: YChild, node: Node): YChild {
    const copy = this.#shallow(source)
    this.#willShow(copy, node)
    const waiting: { from: YChild; to: YChild; level: number }[] = [{ from: source, to: copy, level: 1 }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { from, to, level } = next
      if (!isElement(from) || !isElement(to)) continue
      if (level > COPIED_LEVELS) throw new NotCopied()
      to.insert(
        0,
        childrenToCopy(from).map((child) => {
          const copied = this.#shallow(child)
          waiting.push({ from: child, to: copied, level: level + 1 })
          const shownBy = this.#shown.get(child)
          if (shownBy !== undefined) this.#willShow(copied, shownBy)
          return copied
        }),
      )
    }
    return copy
  }

  /** What is unsupported names its item, and the copy is another one: it is drawn anew, with all that it stands in. */
  #willShow(type: YChild, node: Node): void {
    if (holdsUnsupported(node)) this.#mended += 1
    else this.#whenWritten.push(() => this.#shown.set(type, node))
  }

  #shallow(source: YChild): YChild {
    if (source instanceof Y.XmlText) {
      const text = new Y.XmlText()
      const delta = source.toDelta() as { insert: unknown }[]
      if (delta.some(({ insert }) => insert instanceof Y.AbstractType)) throw new NotCopied()
      text.applyDelta(delta)
      return text
    }
    const element = new Y.XmlElement(source.nodeName)
    for (const [name, value] of Object.entries(source.getAttributes() as Record<string, unknown>)) {
      if (value instanceof Y.AbstractType || value instanceof Y.Doc) throw new NotCopied()
      setAttribute(element, name, value)
    }
    return element
  }
}

function holdsUnsupported(node: Node): boolean {
  let holds = isUnsupported(node)
  node.descendants((inner) => {
    holds ||= isUnsupported(inner)
    return !holds
  })
  return holds
}

function childrenToCopy(parent: YParent): YChild[] {
  const children: YChild[] = []
  for (let item = parent._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue
    const type = typeOf(item)
    if (!isElement(type) && !(type instanceof Y.XmlText)) throw new NotCopied()
    children.push(type)
  }
  return children
}

/** One text for neighbouring text nodes. */
export function textOf(nodes: readonly Node[]): Y.XmlText {
  const text = new Y.XmlText()
  text.applyDelta(deltaOf(nodes))
  return text
}

/** Half a character cannot be stored: others would get a replacement character, and so does this editor. */
export function deltaOf(nodes: readonly Node[]): { insert: string; attributes: Record<string, unknown> }[] {
  return nodes.map((node) => ({ insert: (node.text ?? '').toWellFormed(), attributes: formatsOf(node.marks) }))
}

/**
 * Yjs declares attributes as strings; the layout has numbers, booleans, lists and objects as they are. Objects are copied, as
 * Yjs refuses those without a prototype, such as ProseMirror's.
 */
export function setAttribute(element: Y.XmlElement, name: string, value: unknown): void {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)
  element.setAttribute(name, (isObject ? { ...value } : value) as string)
}
