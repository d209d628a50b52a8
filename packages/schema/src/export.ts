/** A document as files of other kinds. Apart from index.ts, so that the page loads it only when somebody takes one out. */
import type * as Y from 'yjs'
import { jsonOf, readTree } from './document-tree.ts'
import { textOf, type JsonNode } from './markdown-json.ts'
import { FRAGMENT } from './schema-version.ts'

export { allowedText } from './html-text.ts'
export { writeHtmlPage } from './html-page.ts'
export type { HtmlSettings } from './html-writer.ts'
export { textOf, type JsonMark, type JsonNode } from './markdown-json.ts'
export { writeMarkdown } from './markdown-writer.ts'
export { writePlainText } from './plain-text-writer.ts'

/** What a document holds, as ProseMirror's JSON, unchecked: also nodes and attributes that this version does not know. Never writes to it. */
export function contentOfDocument(doc: Y.Doc): JsonNode {
  return { type: 'doc', content: jsonOf(readTree(doc.getXmlFragment(FRAGMENT))) }
}

/** Whether the text begins with its title as a heading, which then need not be said twice. */
export function beginsWithTitle({ content = [] }: JsonNode, title: string): boolean {
  const [first] = content
  return first?.type === 'heading' && first.attrs?.['level'] === 1 && textOf(first).trim() === title.trim()
}
