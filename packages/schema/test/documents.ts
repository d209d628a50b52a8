import { getSchema } from '@tiptap/core'
import { Node } from '@tiptap/pm/model'
import * as Y from 'yjs'
import { documentExtensions } from '../src/document-extensions.ts'
import { jsonOf, readTree } from '../src/document-tree.ts'
import type { JsonNode } from '../src/markdown-json.ts'
import { FRAGMENT } from '../src/schema-version.ts'

export const schema = getSchema(documentExtensions())

/** The same document with every default attribute and in ProseMirror's order of marks; throws when it is not of our schema. */
export function normalised(json: JsonNode): unknown {
  const node = Node.fromJSON(schema, json)
  node.check()
  return node.toJSON()
}

export function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc
}

/** What a document holds, as ProseMirror's JSON. */
export function contentOf(doc: Y.Doc): unknown {
  return normalised({ type: 'doc', content: jsonOf(readTree(doc.getXmlFragment(FRAGMENT))) })
}
