// @vitest-environment jsdom
import { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { NodeSelection, TextSelection } from '@tiptap/pm/state'
import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { contentOf, docOf } from '../test/documents.ts'
import { sampleMarkdown } from '../test/sample-markdown.ts'
import { documentExtensions } from './document-extensions.ts'
import { markdownToUpdates } from './markdown.ts'
import { FRAGMENT } from './schema-version.ts'

// Large documents on a busy machine; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

/** An editor on the document as the page makes it, and the updates it writes from before it is mounted. */
function open(doc: Y.Doc, options: { editable?: boolean } = {}): { editor: Editor; written: Uint8Array[] } {
  const written: Uint8Array[] = []
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'remote') written.push(update)
  })
  const fragment = doc.getXmlFragment(FRAGMENT)
  const element = document.createElement('div')
  document.body.append(element)
  const editor = new Editor({
    element,
    extensions: [...documentExtensions(), Collaboration.configure({ fragment })],
    ...options,
  })
  editors.push(editor)
  return { editor, written }
}

function receive(doc: Y.Doc, from: Y.Doc): void {
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(from, Y.encodeStateVector(doc)), 'remote')
}

test('opening a document shows it and writes nothing, nor does looking around in it', () => {
  const doc = docOf(markdownToUpdates(sampleMarkdown(20_000)))
  const { editor, written } = open(doc)
  expect(editor.getJSON()).toEqual(contentOf(doc))
  editor.commands.focus('end')
  editor.state.doc.descendants((node, position) => {
    const selection = node.isTextblock
      ? TextSelection.create(editor.state.doc, position + 1)
      : NodeSelection.create(editor.state.doc, position)
    if (node.isTextblock || NodeSelection.isSelectable(node))
      editor.view.dispatch(editor.state.tr.setSelection(selection))
  })
  editor.commands.selectAll()
  editor.setEditable(false)
  expect(written).toEqual([])
})

test('opening an empty document writes nothing', () => {
  const { editor, written } = open(new Y.Doc())
  editor.commands.focus()
  expect(editor.getJSON().content).toEqual([{ type: 'paragraph', attrs: { textAlign: null, blockId: null } }])
  expect(written).toEqual([])
})

test('typing one letter into a large document is one small update', () => {
  const doc = docOf(markdownToUpdates(sampleMarkdown(20_000)))
  const { editor, written } = open(doc)
  editor.commands.insertContentAt(Math.floor(editor.state.doc.content.size / 2), 'x')
  expect(written).toHaveLength(1)
  expect(written[0]!.length).toBeLessThan(100)
  expect(editor.getJSON()).toEqual(contentOf(doc))
})

test('what others do is never repaired, linked or completed by those who watch', () => {
  const writing = docOf(markdownToUpdates('a\n\n| b | c |\n|---|---|\n| d | e |'))
  const watching = docOf([Y.encodeStateAsUpdate(writing)])
  const { editor, written } = open(watching)
  writing.transact(() => {
    const body = writing.getXmlFragment(FRAGMENT)
    const [paragraph, table] = body.toArray() as Y.XmlElement[]
    ;(paragraph!.get(0) as Y.XmlText).insert(1, ' https://example.com') // the last word of the first block is what autolink looks at
    ;(table!.get(1) as Y.XmlElement).delete(0, 1) // a row too short, as two concurrent edits may leave it; and the document ends in a table
  })
  receive(watching, writing)
  editor.commands.setTextSelection(2)
  expect(editor.getText()).toContain('https://example.com')
  expect(written).toEqual([])
  expect(editor.getJSON()).toEqual(contentOf(writing))
})

test('who edits gets a place to type after a table at the end', () => {
  const doc = docOf(markdownToUpdates('a\n\n| b |\n|---|'))
  const { editor, written } = open(doc)
  editor.commands.insertContentAt(1, 'x')
  expect(editor.state.doc.lastChild?.type.name).toBe('paragraph')
  expect(written).toHaveLength(1)
  editor.commands.undo()
  expect(editor.state.doc.lastChild?.type.name).toBe('table')
})

test.each([
  'javascript:alert(1)',
  'java\nscript:alert(1)',
  ' JavaScript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'blob:https://a.b/c',
  'file:///etc/passwd',
])('a link or image to %j is not rendered, though an update brought it', (url) => {
  const doc = new Y.Doc()
  const paragraph = new Y.XmlElement('paragraph')
  const text = new Y.XmlText()
  text.applyDelta([{ insert: 'click', attributes: { link: { href: url, class: 'trap', target: '_top' } } }])
  paragraph.insert(0, [text])
  const image = new Y.XmlElement('image')
  image.setAttribute('src', url)
  doc.getXmlFragment(FRAGMENT).push([paragraph, image])
  const { editor } = open(doc)
  for (const html of [editor.view.dom.innerHTML, editor.getHTML()]) {
    expect(html).toContain('click')
    expect(html).not.toMatch(/href|src=|trap|_top/)
  }
  expect(editor.commands.setLink({ href: url })).toBe(false)
})

test('a link to a safe place opens elsewhere and tells nobody where it was', () => {
  const { editor } = open(docOf(markdownToUpdates('[a](mailto:b@c.d "e") [f](tel:1) [g](/h)')))
  const links = [...editor.view.dom.querySelectorAll('a')]
  expect(links.map((link) => [link.getAttribute('href'), link.title])).toEqual([
    ['mailto:b@c.d', 'e'],
    ['tel:1', ''],
    ['/h', ''],
  ])
  for (const link of links) expect(link).toMatchObject({ target: '_blank', rel: 'noopener noreferrer nofollow' })
})

/** What a pasted page is in the document, and the deepest that it nests. */
function pasted(html: string): { editor: Editor; text: string; depth: number } {
  const { editor } = open(new Y.Doc())
  editor.view.pasteHTML(html, new Event('paste') as ClipboardEvent) // jsdom has no ClipboardEvent
  let depth = 0
  editor.state.doc.descendants((_, position) => {
    depth = Math.max(depth, editor.state.doc.resolve(position).depth)
  })
  return { editor, text: editor.getText(), depth }
}

test('what a node would refuse is left out of what is pasted, and its text stays', () => {
  const long = 'x'.repeat(9_000)
  const { editor, text } = pasted(
    `<p><a href="https://a.b" title="${long}">far</a> <a href="https://a.b/${long}">off</a></p><img src="https://a.b" title="${long}"><p>end</p>`,
  )
  expect(text).toContain('far off')
  expect(text).toContain('end')
  expect(JSON.stringify(editor.getJSON()).length).toBeLessThan(2_000)
  expect(pasted('<p><a href="https://a.b/c" title="short">near</a></p>').editor.getHTML()).toContain('title="short"')
})

test('quotes nested without end are pasted as paragraphs', () => {
  const { text, depth } = pasted(`${'<blockquote>'.repeat(100)}<p>deep</p>${'</blockquote>'.repeat(100)}`)
  expect(text).toContain('deep')
  expect(depth).toBeLessThan(5)
  expect(pasted(`${'<blockquote>'.repeat(10)}<p>quoted</p>${'</blockquote>'.repeat(10)}`).depth).toBeGreaterThan(9)
})
