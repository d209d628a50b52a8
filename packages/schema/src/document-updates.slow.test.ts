import { LIMITS } from '@tandem/sync'
import { Node } from '@tiptap/pm/model'
import { expect, test, vi } from 'vitest'
import { prosemirrorToYDoc } from 'y-prosemirror'
import * as Y from 'yjs'
import { contentOf, docOf, normalised, schema } from '../test/documents.ts'
import { sampleMarkdown } from '../test/sample-markdown.ts'
import { copyDocument } from './copy.ts'
import { readTree } from './document-tree.ts'
import { readMarkdown } from './markdown-reader.ts'
import { markdownToUpdates } from './markdown.ts'
import { FRAGMENT } from './schema-version.ts'

// Large documents on a busy machine; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const HALF_MEBIBYTE = 512 * 1024

test.each<[string, string]>([
  ['many blocks', sampleMarkdown(120_000)],
  ['one list', Array.from({ length: 4_500 }, (_, index) => `- item ${index}`).join('\n')],
  ['one table', `| a | b |\n|---|---|\n${'| 1 | **2** |\n'.repeat(1_500)}`],
  ['one line', `x${'🚢'.repeat(100_000)}`],
  ['one line of wide characters', '漢'.repeat(300_000)],
  ['one code block', `\`\`\`\n${'code\n'.repeat(100_000)}\`\`\``],
  ['a deep quote', `${'> '.repeat(55)}${'word '.repeat(50_000)}`],
])('a large document becomes small updates, in order, under one client id: %s', (_name, markdown) => {
  const updates = markdownToUpdates(markdown, { clientId: 7 })
  const doc = new Y.Doc()
  for (const update of updates) {
    const { structs } = Y.decodeUpdate(update)
    expect(update.length).toBeLessThan(HALF_MEBIBYTE)
    expect(structs.length).toBeLessThan(LIMITS.updateStructs)
    Y.applyUpdate(doc, update)
    expect(doc.store.pendingStructs).toBeNull()
  }
  expect(updates.length).toBeGreaterThan(1)
  expect([...doc.store.clients.keys()]).toEqual([7])
  expect(contentOf(doc)).toEqual(normalised(readMarkdown(markdown)))
})

test('what cannot be made small is refused', () => {
  const title = 'x'.repeat(LIMITS.valueBytes)
  expect(() => markdownToUpdates(`[a](https://example.com "${title}")`)).toThrow(
    expect.objectContaining({ code: 'update-too-large' }),
  )
})

test('the layout in Yjs is the one that the binding writes', () => {
  const markdown = sampleMarkdown(10_000)
  const theirs = prosemirrorToYDoc(Node.fromJSON(schema, readMarkdown(markdown)), FRAGMENT)
  const ours = docOf(markdownToUpdates(markdown))
  expect(readTree(ours.getXmlFragment(FRAGMENT))).toEqual(readTree(theirs.getXmlFragment(FRAGMENT)))
})

test('an empty file is a document with a paragraph to type in', () => {
  expect(contentOf(docOf(markdownToUpdates('')))).toEqual({
    type: 'doc',
    content: [{ type: 'paragraph', attrs: { textAlign: null, blockId: null } }],
  })
})

test('a copy has the content, also what this version does not know, and none of the history', () => {
  const doc = docOf(markdownToUpdates(sampleMarkdown(5_000)))
  const body = doc.getXmlFragment(FRAGMENT)
  const unknown = new Y.XmlElement('whiteboard')
  unknown.setAttribute('shapes', [1, { x: 2 }] as unknown as string)
  body.push([unknown])
  body.delete(3, 1)
  const copy = docOf(copyDocument(Y.encodeStateAsUpdate(doc), { clientId: 9 }))
  expect(readTree(copy.getXmlFragment(FRAGMENT))).toEqual(readTree(body))
  expect([...copy.store.clients.keys()]).toEqual([9])
})

test('a copy of nothing is an empty document, not nothing', () => {
  const [update, ...more] = copyDocument(Y.encodeStateAsUpdate(new Y.Doc()))
  expect(more).toEqual([])
  expect(contentOf(docOf([update!]))).toEqual({
    type: 'doc',
    content: [{ type: 'paragraph', attrs: { textAlign: null, blockId: null } }],
  })
})

test.each<[string, Uint8Array]>([
  ['damaged', Uint8Array.of(1, 1, 200, 3)],
  ['incomplete', markdownToUpdates(sampleMarkdown(120_000))[1]!],
])('a copy that is %s is refused', (_name, bytes) => {
  expect(() => copyDocument(bytes)).toThrow(expect.objectContaining({ code: 'malformed-update' }))
})
