import { FRAGMENT, documentExtensions } from '@tandem/schema'
import { getSchema } from '@tiptap/core'
import type { Schema } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { saidBy } from '../../document/said-by.ts'
import type { PicturePlace } from './picture-places.ts'

let schema: Schema | undefined

/**
 * Puts the picture where its words stand, in one transaction. False: there are no such words any more, or no picture may
 * stand there; nothing was changed then.
 */
export function fillPlace(doc: Y.Doc, { words, attributes }: PicturePlace, src: string): boolean {
  const found = findWords(doc.getXmlFragment(FRAGMENT), words)
  if (found === undefined) return false
  const { around, paragraph, text } = found
  const lines = paragraph.toArray()
  const at = lines.indexOf(text)
  const [before, after] = [withoutBreakAtEnd(lines.slice(0, at)), withoutBreakAtStart(lines.slice(at + 1))]
  const tail = after.length > 0 ? [paragraph.nodeName] : []
  const index = around.toArray().indexOf(paragraph)
  // The paragraph stays when it says more than this, or when nothing else may be the first there (in a list's item).
  const stays = [before.length > 0, true].find((isKept) =>
    fits(around, index, [...(isKept ? [paragraph.nodeName] : []), 'image', ...tail]),
  )
  if (stays === undefined) return false
  doc.transact(() => {
    const rest = tail.length === 0 ? [] : [paragraphLike(paragraph, after)]
    around.insert(index + 1, [imageOf(src, attributes), ...rest])
    if (stays) paragraph.delete(before.length, lines.length - before.length)
    else around.delete(index, 1)
  })
  return true
}

type Child = Y.XmlElement | Y.XmlText | Y.XmlHook

interface FoundWords {
  readonly around: Y.XmlFragment
  readonly paragraph: Y.XmlElement
  readonly text: Y.XmlText
}

function findWords(around: Y.XmlFragment, words: string): FoundWords | undefined {
  for (const paragraph of around.toArray()) {
    if (!(paragraph instanceof Y.XmlElement)) continue
    for (const text of paragraph.toArray()) {
      const mayBe = text instanceof Y.XmlText && text.length === words.length
      if (mayBe && saidBy(text) === words) return { around, paragraph, text }
    }
    const within = findWords(paragraph, words)
    if (within !== undefined) return within
  }
  return undefined
}

/** In a table's cell the file's blocks are lines of one paragraph. */
function withoutBreakAtEnd(lines: readonly Child[]): readonly Child[] {
  return isBreak(lines.at(-1)) ? lines.slice(0, -1) : lines
}

function withoutBreakAtStart(lines: readonly Child[]): readonly Child[] {
  return isBreak(lines[0]) ? lines.slice(1) : lines
}

function isBreak(child: Child | undefined): boolean {
  return child instanceof Y.XmlElement && child.nodeName === 'hardBreak'
}

/** Whether the schema allows these blocks instead of the one at the index. */
function fits(around: Y.XmlFragment, index: number, names: readonly string[]): boolean {
  schema ??= getSchema(documentExtensions())
  const { nodes, topNodeType } = schema
  const type = around instanceof Y.XmlElement ? nodes[around.nodeName] : topNodeType
  const blocks = around.toArray().map((child) => (child instanceof Y.XmlElement ? child.nodeName : ''))
  let match = type?.contentMatch ?? null
  for (const name of blocks.toSpliced(index, 1, ...names)) {
    const next = nodes[name]
    match = next === undefined ? null : (match?.matchType(next) ?? null)
  }
  return match?.validEnd === true
}

function paragraphLike(paragraph: Y.XmlElement, lines: readonly Child[]): Y.XmlElement {
  const like = elementOf(paragraph.nodeName, { ...paragraph.getAttributes(), blockId: undefined })
  like.insert(
    0,
    lines.flatMap((line) => (line instanceof Y.XmlElement || line instanceof Y.XmlText ? [line.clone()] : [])),
  )
  return like
}

function imageOf(src: string, attributes: PicturePlace['attributes']): Y.XmlElement {
  return elementOf('image', { ...attributes, src })
}

function elementOf(name: string, attributes: Readonly<Record<string, unknown>>): Y.XmlElement {
  const element = new Y.XmlElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    // Typed as strings; the binding stores numbers as they are, and what is not set not at all.
    if (value !== null && value !== undefined) element.setAttribute(key, value as string)
  }
  return element
}
