import type { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import type { JsonNode } from './markdown-json.ts'

/** The binding keeps an inline node's marks among its attributes, as elements of Yjs have no formats. */
const MARK_ATTRIBUTE = '_mark_'

/** What a Y.XmlFragment holds, as plain values: read from any document, whether or not our schema knows its nodes. */
export type Tree = ElementTree | TextTree

export interface ElementTree {
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly children: readonly Tree[]
}

export interface TextTree {
  readonly runs: readonly TextRun[]
}

export interface TextRun {
  readonly text: string
  /** Attributes of each mark, by the mark's name. */
  readonly marks: Readonly<Record<string, unknown>>
}

/** Everything in a fragment. */
export function readTree(parent: Y.XmlFragment): Tree[] {
  return treesOf(parent.toArray())
}

/** Of some of what is in a fragment. Only elements and text are in it, as only those are ever written. */
export function treesOf(children: ReturnType<Y.XmlFragment['toArray']>): Tree[] {
  return children.flatMap((child): Tree[] => {
    if (child instanceof Y.XmlElement)
      return [{ name: child.nodeName, attributes: child.getAttributes(), children: readTree(child) }]
    if (child instanceof Y.XmlText) return [{ runs: (child.toDelta() as YDelta).flatMap(runOf) }]
    return []
  })
}

type YDelta = readonly { insert: unknown; attributes?: Record<string, unknown> }[]

function runOf({ insert, attributes }: YDelta[number]): TextRun[] {
  return typeof insert === 'string' ? [{ text: insert, marks: attributes ?? {} }] : []
}

/** A ProseMirror document as the binding lays it out: no null attributes, neighbouring texts as one. */
export function treeOf(node: Node): Tree[] {
  const trees: Tree[] = []
  let runs: TextRun[] | undefined
  node.forEach((child) => {
    if (!child.isText) {
      runs = undefined
      const attributes = { ...withoutNull(child.attrs), ...markAttributes(child) }
      trees.push({ name: child.type.name, attributes, children: treeOf(child) })
      return
    }
    if (runs === undefined) trees.push({ runs: (runs = []) })
    runs.push({
      text: child.text ?? '',
      marks: Object.fromEntries(child.marks.map((mark) => [mark.type.name, mark.attrs])),
    })
  })
  return trees
}

function markAttributes({ marks }: Node): Record<string, unknown> {
  return Object.fromEntries(marks.map((mark) => [MARK_ATTRIBUTE + mark.type.name, { ...mark.attrs }]))
}

function withoutNull(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null))
}

/** As ProseMirror's JSON, unchecked; every value can be made a text. */
export function jsonOf(trees: readonly Tree[]): JsonNode[] {
  return trees.flatMap((tree): JsonNode[] => {
    if ('name' in tree) return [elementJson(tree)]
    return tree.runs.map(({ text, marks }) => ({ type: 'text', text, marks: Object.entries(marks).map(markOf) }))
  })
}

function elementJson({ name, attributes, children }: ElementTree): JsonNode {
  const entries = Object.entries(attributes)
  const marks = entries
    .filter(([key]) => key.startsWith(MARK_ATTRIBUTE))
    .map(([key, value]) => markOf([key.slice(MARK_ATTRIBUTE.length), value]))
  const attrs = writable(entries.filter(([key]) => !key.startsWith(MARK_ATTRIBUTE)))
  return { type: name, attrs, content: jsonOf(children), ...(marks.length > 0 && { marks }) }
}

function markOf([type, attrs]: [string, unknown]): { type: string; attrs: Record<string, unknown> } {
  return { type, attrs: typeof attrs === 'object' && attrs !== null ? writable(Object.entries(attrs)) : {} }
}

/** Without what no text can be made of (`{ toString: 1 }`), at which whoever writes it would fail. */
function writable(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => isWritable(value)))
}

function isWritable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isWritable)
  return typeof (value as { toString?: unknown }).toString === 'function'
}
