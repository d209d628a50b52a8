import { appendText, textOf, type JsonNode } from './markdown-json.ts'
import { isWritableAtom, writableMarks, writeLine } from './markdown-line.ts'
import { readMarkdown } from './markdown-reader.ts'

/** Where a line of inline content is to stand, which decides how it is read. */
export interface LinePlace {
  readonly breaks: 'lines' | 'tags'
  /** The line as it will stand, enough of a document to be read. */
  embed(line: string): string
  /** What the reader made of the line, when the document is otherwise as embedded. */
  find(blocks: readonly JsonNode[]): readonly JsonNode[] | undefined
}

/** Inline content as Markdown that reads as exactly this content in this place: pretty if that is so, else literal. */
export function writeCertainLine(content: readonly JsonNode[], place: LinePlace): string {
  const pretty = writeLine(content, 'pretty', place.breaks)
  if (isPlain(content)) return pretty
  const read = place.find(readMarkdown(place.embed(pretty)).content ?? [])
  return read !== undefined && canonical(read) === canonical(content)
    ? pretty
    : writeLine(content, 'literal', place.breaks)
}

/** A block's inline content as it can be written: nodes of a newer page as their text, neighbours of equal marks joined. */
export function inlineOf(node: JsonNode): JsonNode[] {
  const inline: JsonNode[] = []
  for (const child of node.content ?? []) {
    if (child.type === 'hardBreak') inline.push({ type: 'hardBreak' })
    else if (isWritableAtom(child)) inline.push(atomOf(child))
    else appendText(inline, textOf(child), writableMarks(child.marks ?? []))
  }
  return inline
}

/** A mention is written as a link, and links do not stand in links: what it mentions counts. */
function atomOf({ type, attrs, marks = [] }: JsonNode): JsonNode {
  const writable = writableMarks(marks).filter((mark) => type !== 'mention' || mark.type !== 'link')
  return { type, ...(attrs && { attrs }), ...(writable.length > 0 && { marks: writable }) }
}

/** Words and harmless signs only, as most of most documents: no need to read it back. */
function isPlain(content: readonly JsonNode[]): boolean {
  const [only] = content
  if (only === undefined) return true
  const text = content.length === 1 && only.marks === undefined ? (only.text ?? '') : ''
  return /^\p{L}[\p{L}\p{N} ,.;()'"’“”–—?%/-]*[\p{L}\p{N},.;)?]$/u.test(text)
}

/** Equal strings for equal inline content, in whatever order its marks stand. */
function canonical(content: readonly JsonNode[]): string {
  const mark = ({ type, attrs = {} }: { type: string; attrs?: JsonNode['attrs'] }) =>
    JSON.stringify([type, attrs['href'], attrs['title'] ?? null, attrs['color'] ?? null])
  const ofAtom = ({ latex, date, kind, id, label }: Readonly<Record<string, unknown>>) => [latex, date, kind, id, label]
  return JSON.stringify(
    content.map(({ type, text, marks = [], attrs = {} }) => [type, text, marks.map(mark).sort(), ...ofAtom(attrs)]),
  )
}
