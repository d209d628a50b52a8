/** Markdown in and out of documents. Apart from index.ts, so that the page loads it only when it is needed. */
import { LIMITS, SyncError } from '@tandem/sync'
import { getSchema } from '@tiptap/core'
import { Node, type Schema } from '@tiptap/pm/model'
import type * as Y from 'yjs'
import { documentExtensions } from './document-extensions.ts'
import { jsonOf, readTree, treeOf } from './document-tree.ts'
import { updatesOf, type UpdateOptions } from './document-updates.ts'
import { textOf, type JsonNode } from './markdown-json.ts'
import { readMarkdown, splitFrontMatter } from './markdown-reader.ts'
import { writeMarkdown } from './markdown-writer.ts'
import { FRAGMENT } from './schema-version.ts'

export { readMarkdown } from './markdown-reader.ts'

/** What an imported file becomes. */
export interface ImportedMarkdown {
  /** From the front matter's `title` or the first `# heading`; undefined when it has neither. At most LIMITS.titleLength long. */
  readonly title: string | undefined
  /** A fresh document's updates, to be pushed in order. */
  readonly updates: Uint8Array[]
}

/**
 * A Markdown file as it was uploaded, as a new document. The file is UTF-8, with or without a byte order mark.
 * Throws SyncError 'bad-input' when it is larger than LIMITS.importBytes, is not UTF-8 text, or is nested too deeply.
 */
export function importMarkdown(bytes: Uint8Array, options: UpdateOptions = {}): ImportedMarkdown {
  const markdown = decode(bytes)
  const document = readMarkdown(markdown)
  return { title: titleOf(document, splitFrontMatter(markdown).frontMatter), updates: toUpdates(document, options) }
}

/** Markdown as a fresh document's updates, in order, each well within LIMITS.updateBytes. Throws SyncError 'bad-input' when nested too deeply. */
export function markdownToUpdates(markdown: string, options: UpdateOptions = {}): Uint8Array[] {
  return toUpdates(readMarkdown(markdown), options)
}

/** A document as Markdown, for a copy to download and for scripts. Nodes that this version does not know become their text. Never writes to it. */
export function documentToMarkdown(doc: Y.Doc): string {
  return writeMarkdown({ type: 'doc', content: jsonOf(readTree(doc.getXmlFragment(FRAGMENT))) })
}

let schema: Schema | undefined

function toUpdates(document: JsonNode, options: UpdateOptions): Uint8Array[] {
  schema ??= getSchema(documentExtensions())
  const node = Node.fromJSON(schema, document)
  node.check() // what the reader made must be of our schema: an editor would delete the rest
  return updatesOf(treeOf(node), options)
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > LIMITS.importBytes) {
    throw new SyncError(
      'bad-input',
      `A file of ${bytes.length} bytes; the limit is ${LIMITS.importBytes} (LIMITS.importBytes). Split it and import the parts.`,
    )
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SyncError(
      'bad-input',
      'This file is not UTF-8 text. Save it as UTF-8 Markdown in your editor and import it again.',
      { cause },
    )
  }
  if (text.includes('\0')) {
    throw new SyncError(
      'bad-input',
      'This file contains zero bytes, so it is not a text file. Import Markdown saved as UTF-8.',
    )
  }
  return text
}

function titleOf(document: JsonNode, frontMatter: string | undefined): string | undefined {
  const named = /^title:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|(.*))[ \t]*$/m.exec(frontMatter ?? '')
  const heading = document.content?.find(({ type, attrs }) => type === 'heading' && attrs?.['level'] === 1)
  const candidates = [named?.[1] ?? named?.[2] ?? named?.[3], heading && textOf(heading)]
  return candidates
    .map((text) => (text ?? '').replace(/\s+/g, ' ').trim())
    .find((text) => text !== '')
    ?.slice(0, LIMITS.titleLength)
}
