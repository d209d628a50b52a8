import { type Attrs, Fragment, type Mark, type Node, type NodeType, type Schema } from '@tiptap/pm/model'
import * as Y from 'yjs'
import type { Touched } from './touched.ts'
import { checkAttributes, elementFormats, marksOf } from './formats.ts'
import type { ShownNodes } from './shown-nodes.ts'
import { UNSUPPORTED_BLOCK, UNSUPPORTED_INLINE, isUnsupported, isUnsupportedType } from './unsupported-content.ts'
import {
  type Part,
  type PartKey,
  type YParent,
  idOf,
  partsOf,
  previewOf,
  unformattedLetters,
  isElement,
} from './y-tree.ts'

/** What nests deeper is shown as one unsupported block: ProseMirror and browsers call themselves per level. */
export const DEEPEST_LEVEL = 64
const NAME_LENGTH = 64

export interface RenderOptions {
  readonly touched?: Touched
  readonly held?: YParent | undefined
  readonly newBlocks?: number
}

interface Child {
  readonly node: Node
  /** Undefined for text. */
  readonly part: Part | undefined
}

/**
 * From the Y.Doc to nodes. Never writes, never throws for what an update may bring, and calls itself for at most 64 levels.
 * What did not change since it was shown keeps its node; what comes out equal does, too.
 */
export class Renderer {
  readonly #schema: Schema
  readonly #shown: ShownNodes
  readonly #touched: Touched | undefined
  readonly #held: YParent | undefined
  /** Whether blocks were left out for now. */
  isPartial = false
  #newBlocksLeft: number
  /** For the nodes that are new: which one the same part was shown by before. */
  readonly renewed = new Map<Node, Node>()

  /**
   * Without `touched`, everything that is in `shown` counts as unchanged; `held` does in any case. Of blocks that were not shown
   * before, the document gets `newBlocks` at most.
   */
  constructor(schema: Schema, shown: ShownNodes, { touched, held, newBlocks = Infinity }: RenderOptions = {}) {
    this.#schema = schema
    this.#shown = shown
    this.#touched = touched
    this.#held = held
    // Without the unsupported nodes what is left out is left out for good, and would be counted again and again.
    this.#newBlocksLeft = UNSUPPORTED_BLOCK in schema.nodes ? newBlocks : Infinity
  }

  /** The document. What cannot even be shown as unsupported (a schema without those nodes) is left out. */
  document(root: YParent): Node {
    const before = this.#shown.get(root)
    if (before !== undefined && this.#touched?.has(root) !== true) return before
    const type = this.#schema.topNodeType
    const node =
      (before && this.#withTouchedChildren(root, before, 0)) ??
      type.create(before?.attrs ?? null, this.#content(root, type, 0) ?? type.createAndFill()?.content)
    return this.#keep(root, before, node)
  }

  /** Renders one block of the document ahead; `document` will have it by then. */
  ahead(part: Part): void {
    this.#nodeOf(part, this.#schema.topNodeType, 0)
  }

  #element(type: Y.XmlElement, parent: NodeType, level: number): Node | undefined {
    const before = this.#shown.get(type)
    if (before !== undefined && type === this.#held) return before
    // What had no place among its neighbours may have one now, so what is unsupported is always tried anew.
    if (before !== undefined && !isUnsupported(before) && this.#touched?.has(type) !== true) return before
    const nodeType = this.#knownType(type.nodeName)
    if (nodeType === undefined || level > DEEPEST_LEVEL) return undefined
    const known = before?.type === nodeType ? before : undefined
    const narrow = known && this.#withTouchedChildren(type, known, level)
    if (narrow !== undefined) return this.#keep(type, known, narrow)
    const content = this.#content(type, nodeType, level)
    const node = content && createNode(nodeType, type, content, parent)
    return node && this.#keep(type, known, node)
  }

  #knownType(name: string): NodeType | undefined {
    const type = this.#schema.nodes[name]
    if (type === undefined || type.isText || type === this.#schema.topNodeType) return undefined
    return isUnsupportedType(type) ? undefined : type
  }

  #keep(key: PartKey, before: Node | undefined, node: Node): Node {
    if (before !== undefined && isSame(before, node)) return before
    this.#shown.set(key, node)
    if (before !== undefined) this.renewed.set(node, before)
    return node
  }

  /** Only inside of some children something changed: the others need no look. Undefined where that is not enough. */
  #withTouchedChildren(parent: YParent, before: Node, level: number): Node | undefined {
    const touched = this.#touched?.childrenOf(parent)
    if (touched === undefined || before.inlineContent) return undefined
    const children = before.content.content.slice()
    for (const type of touched) {
      const old = this.#shown.get(type)
      // A node that shows two parts is not found by looking for it.
      const index = old === undefined || this.#shown.keyOf(old) !== type ? -1 : children.indexOf(old)
      const node = index === -1 || !isElement(type) ? undefined : this.#element(type, before.type, level + 1)
      if (node === undefined || node.type !== old?.type || !before.type.allowsMarks(node.marks)) return undefined
      children[index] = node
    }
    return before.copy(Fragment.fromArray(children))
  }

  #content(parent: YParent, type: NodeType, level: number): Fragment | undefined {
    const inline = type.inlineContent
    const children: Child[] = []
    for (const part of partsOf(parent, { inline })) {
      if (part.kind === 'texts') {
        for (const node of this.#texts(part.texts, type)) children.push({ node, part: undefined })
        continue
      }
      if (part.key instanceof Y.XmlText && part.key.length === 0) continue
      if (level === 0 && this.#isForLater(part)) continue
      const node = this.#nodeOf(part, type, level) ?? this.#unsupported(part, { inline })
      if (node === undefined) this.#shown.delete(part.key)
      else children.push({ node, part })
    }
    const fitting = this.#fitted(type, children)
    return fitting && Fragment.fromArray(fitting)
  }

  #isForLater({ key }: Part): boolean {
    if (this.#shown.get(key) !== undefined) return false
    this.#newBlocksLeft -= 1
    if (this.#newBlocksLeft >= 0) return false
    this.isPartial = true
    return true
  }

  #nodeOf(part: Part, parent: NodeType, level: number): Node | undefined {
    return part.kind === 'element' ? this.#element(part.key, parent, level + 1) : undefined
  }

  #texts(texts: readonly Y.XmlText[], parent: NodeType): Node[] {
    return texts.flatMap((text) => {
      const letters = unformattedLetters(text)
      if (letters !== undefined) return letters === '' ? [] : [this.#schema.text(letters)]
      const delta = text.toDelta() as { insert: string; attributes?: Record<string, unknown> }[]
      return delta.map(({ insert, attributes }) => this.#schema.text(insert, marksOf(attributes, parent)))
    })
  }

  #unsupported(part: Part, { inline }: { inline: boolean }): Node | undefined {
    const name = part.kind === 'element' ? part.key.nodeName.slice(0, NAME_LENGTH).toWellFormed() : ''
    const preview = previewOf(part.key, part.length)
    const type = this.#schema.nodes[inline ? UNSUPPORTED_INLINE : UNSUPPORTED_BLOCK]
    const node = type?.create({ id: idOf(part.key), name, preview })
    return node && this.#keep(part.key, this.#shown.get(part.key), node)
  }

  /**
   * The children as the schema wants them: with what it demands and the Y.Doc does not have (the paragraph of a list item that
   * two people emptied), and with an unsupported node for a child that has no place here. Undefined if that is not enough.
   */
  #fitted(type: NodeType, children: readonly Child[]): Node[] | undefined {
    const fitted: Node[] = []
    let match = type.contentMatch
    const add = (node: Node | undefined): boolean => {
      if (node === undefined || !type.allowsMarks(node.marks)) return false
      let next = match.matchType(node.type)
      if (next === null) {
        const filling = match.fillBefore(Fragment.from(node))
        const filled = filling && match.matchFragment(filling)
        next = filled?.matchType(node.type) ?? null
        if (next !== null && filling) fitted.push(...filling.content)
      }
      if (next === null) return false
      match = next
      fitted.push(node)
      return true
    }
    for (const { node, part } of children) {
      if (add(node)) continue
      if (part === undefined) return undefined
      const instead = this.#unsupported(part, { inline: type.inlineContent })
      if (instead === undefined) this.#shown.delete(part.key)
      else if (!add(instead)) return undefined
    }
    const filling = match.fillBefore(Fragment.empty, true)
    return filling === null ? undefined : [...fitted, ...filling.content]
  }
}

/** The same, down to which part each child shows: two that are alike are not the same. */
function isSame(before: Node, node: Node): boolean {
  if (before === node) return true
  if (before.childCount !== node.childCount || !before.sameMarkup(node)) return false
  return before.content.content.every((child, index) => {
    const other = node.child(index)
    return child === other || (child.isText && child.eq(other))
  })
}

function createNode(type: NodeType, element: Y.XmlElement, content: Fragment, parent: NodeType): Node | undefined {
  try {
    const attributes = attributesOf(element, type)
    const node = type.create(attributes, content, marksOnElement(element, parent))
    checkAttributes(type, node.attrs)
    return node
  } catch {
    return undefined // an attribute that is missing, or not of its kind: shown as unsupported
  }
}

function attributesOf(element: Y.XmlElement, type: NodeType): Attrs {
  const attributes: Record<string, unknown> = {}
  if (element._map.size === 0) return attributes
  for (const name of Object.keys(type.spec.attrs ?? {})) {
    const value = element.getAttribute(name) as unknown
    if (value !== undefined && !(value instanceof Y.AbstractType) && !(value instanceof Y.Doc)) attributes[name] = value
  }
  return attributes
}

function marksOnElement(element: Y.XmlElement, parent: NodeType): readonly Mark[] {
  if (element._map.size === 0) return []
  return marksOf(elementFormats(element.getAttributes()), parent)
}
