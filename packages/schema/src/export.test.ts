import { describe, expect, test } from 'vitest'
import * as Y from 'yjs'
import { docOf, schema } from '../test/documents.ts'
import { sampleMarkdown } from '../test/sample-markdown.ts'
import {
  beginsWithTitle,
  contentOfDocument,
  writeHtmlPage,
  writePlainText,
  type HtmlSettings,
  type JsonNode,
} from './export.ts'
import { escapeHtml } from './html-text.ts'
import { MARK_HTML, NODE_HTML, writeHtml } from './html-writer.ts'
import { documentToMarkdown, markdownToUpdates, readMarkdown } from './markdown.ts'
import { NODE_TEXT } from './plain-text-writer.ts'
import { FRAGMENT } from './schema-version.ts'

const settings: HtmlSettings = {
  base: 'https://home.example/d/1',
  formula: (latex) => `<math>${latex.length}</math>`,
  day: (day) => day,
  picture: (src) => (src.startsWith('/') ? 'data:image/png;base64,AAAA' : undefined),
}
const html = (markdown: string) => writeHtml(readMarkdown(markdown), settings)
const inLine = (...content: JsonNode[]): JsonNode => ({ type: 'doc', content: [{ type: 'paragraph', content }] })

describe('a node or mark that is added to the schema needs a decision in each format', () => {
  test.each(Object.keys(schema.nodes))('node %s', (name) => {
    expect(NODE_HTML).toHaveProperty(name)
    expect(NODE_TEXT).toHaveProperty(name)
  })
  test.each(Object.keys(schema.marks))('mark %s', (name) => expect(MARK_HTML).toHaveProperty(name))
})

/** The text of every text node, and of what stands for text. */
function* texts({ text, attrs = {}, content = [] }: JsonNode): Generator<string> {
  for (const said of [text, attrs['alt'], attrs['label'], attrs['latex'], attrs['date']])
    if (typeof said === 'string') yield said
  for (const child of content) yield* texts(child)
}

test('no text of a large document is lost in HTML or as plain text', () => {
  const document = readMarkdown(sampleMarkdown(20_000))
  const page = writeHtmlPage(document, { ...settings, title: 'T', titleIsInText: false, formula: () => undefined })
  const plain = writePlainText(document)
  const said = [...texts(document)].flatMap((text) => text.split(/\s+/))
  for (const word of said) {
    expect(page).toContain(escapeHtml(word))
    expect(plain).toContain(word)
  }
  expect(said.length).toBeGreaterThan(1_000)
})

test('values that no text can be made of keep nobody from writing the rest', () => {
  const unwritable = { toString: 1 } as never
  const doc = docOf(markdownToUpdates('## before\n\n3. item\n\n| a |\n| - |\n| b |'))
  for (const [at, name] of ['level', 'start', 'layout'].entries())
    (doc.getXmlFragment(FRAGMENT).get(at) as Y.XmlElement).setAttribute(name, unwritable)
  const text = new Y.XmlText()
  text.applyDelta([{ insert: 'after', attributes: { link: { href: unwritable }, code: unwritable } }])
  const paragraph = new Y.XmlElement('paragraph')
  paragraph.insert(0, [text])
  doc.getXmlFragment(FRAGMENT).push([paragraph])
  const content = contentOfDocument(doc)
  for (const written of [writeHtml(content, settings), writePlainText(content), documentToMarkdown(doc)])
    for (const word of ['before', 'item', 'after']) expect(written).toContain(word)
})

test('a node of a newer page keeps its text, in a line and as a block', () => {
  const doc = docOf(markdownToUpdates('before'))
  const [glow, hologram] = [new Y.XmlElement('glow'), new Y.XmlElement('hologram')]
  glow.insert(0, [new Y.XmlText('shines')])
  hologram.insert(0, [glow])
  doc.getXmlFragment(FRAGMENT).insert(1, [hologram])
  const content = contentOfDocument(doc)
  expect(writeHtml(content, settings)).toBe('<p>before</p><div><div>shines</div></div>')
  expect(writePlainText(content)).toBe('before\n\nshines\n')
  const inside = inLine({ type: 'glow', content: [{ type: 'text', text: 'a' }] })
  expect(writeHtml(inside, settings)).toBe('<p><span>a</span></p>')
})

describe('the page', () => {
  const page = writeHtmlPage(readMarkdown('a'), {
    ...settings,
    title: '</title><script>x()</script>',
    titleIsInText: false,
  })

  test('has a policy before anything else that it could forbid, and no script', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'))
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/<script/i)
  })
})

test('a title that the text begins with is not said twice', () => {
  const document = readMarkdown('# Plan\n\na')
  expect(beginsWithTitle(document, 'Plan ')).toBe(true)
  expect(beginsWithTitle(document, 'Other')).toBe(false)
  expect(beginsWithTitle(readMarkdown('## Plan'), 'Plan')).toBe(false)
  expect(writeHtmlPage(document, { ...settings, title: 'Plan', titleIsInText: true })).not.toContain('class="title"')
})

describe('HTML', () => {
  test('addresses without a host are meant from where the document is', () => {
    expect(html('[a](/x) [b](//other.example/y) [c](#z)')).toMatch(
      /href="https:\/\/home\.example\/x".*href="https:\/\/other\.example\/y".*href="https:\/\/home\.example\/d\/1#z"/,
    )
    expect(html('![plan](/api/uploads/1)')).toContain('<img src="data:image/png;base64,AAAA" alt="plan">')
    expect(html('![plan](x.png)')).toContain('<img src="https://home.example/d/x.png" alt="plan">')
  })

  test('marks, lists, tasks, tables and colours', () => {
    expect(html('**a *b***')).toBe('<p><strong>a </strong><strong><em>b</em></strong></p>')
    expect(html('3. a\n4. b')).toBe('<ol start="3"><li><p>a</p></li><li><p>b</p></li></ol>')
    expect(html('- [x] a')).toBe(
      '<ul data-type="taskList"><li data-type="taskItem" data-checked="true"><label><input type="checkbox" disabled checked></label><div><p>a</p></div></li></ul>',
    )
    expect(html('| a | b |\n| - | -: |\n| c | d |')).toContain(
      '<tr><td><p>c</p></td><td style="text-align:right"><p>d</p></td></tr>',
    )
    expect(html('<span data-color="red">a</span>')).toBe('<p><span data-color="red">a</span></p>')
  })

  test('attributes from the wire are written only where they are ours', () => {
    const evil = 'x"><img src=//e.vil onerror=alert(1)>'
    const marks = [
      { type: 'link', attrs: { href: `/${evil}`, title: evil } },
      { type: 'link', attrs: { href: 'java\tscript:alert(1)' } },
      { type: 'highlight', attrs: { color: evil } },
      { type: evil, attrs: { href: evil } },
      { type: '__proto__' },
    ]
    const cell = { type: 'tableCell', attrs: { colspan: evil, rowspan: 1e9, align: evil, colwidth: [evil] } }
    const out = writeHtml(
      {
        type: 'doc',
        content: [
          {
            type: 'paragraph',
            attrs: { textAlign: evil, onclick: evil },
            content: [{ type: 'text', text: evil, marks }],
          },
          { type: 'heading', attrs: { level: evil } },
          { type: 'orderedList', attrs: { start: evil } },
          { type: 'codeBlock', attrs: { language: evil } },
          { type: 'callout', attrs: { kind: evil } },
          { type: 'image', attrs: { src: 'data:text/html,<script>', alt: evil, title: evil } },
          { type: 'image', attrs: { src: 'https://a.b/c', alt: evil, title: evil } },
          { type: 'date', attrs: { date: evil } },
          { type: 'mention', attrs: { kind: 'document', id: '../x', label: evil } },
          { type: 'table', content: [{ type: 'tableRow', content: [cell] }] },
          { type: evil, attrs: { src: evil }, content: [] },
          { type: 'constructor', content: [] },
        ],
      },
      settings,
    )
    expect(out.match(/<img [^>]*>/g)).toHaveLength(1)
    const tags = out.replace(/="[^"]*"/g, '').match(/<[^>]*>/g)
    expect(tags?.join('')).not.toMatch(/=|\son|script/)
    expect(out).not.toMatch(/(?:src|href)="(?!https:)/)
    expect(out).toContain('<td rowspan="100">')
  })
})

describe('plain text', () => {
  test.each([
    ['# A\n\nb **c**', 'A\n\nb c\n'],
    ['- a\n  - b\n- c', '- a\n  - b\n- c\n'],
    ['9. a\n10. b', '9. a\n10. b\n'],
    ['- [x] a\n- [ ] b', '[x] a\n[ ] b\n'],
    ['> a\n>\n> b', '> a\n>\n> b\n'],
    ['| a | b |\n| - | - |\n| c<br>d | e |', 'a | b\nc d | e\n'],
    ['[a](https://b.c) <https://d.e>', 'a <https://b.c> https://d.e\n'],
    ['![plan](https://a.b/c.png)', 'plan <https://a.b/c.png>\n'],
    ['```js\na\n\n  b\n```', 'a\n\n  b\n'],
    ['a\\\nb', 'a\nb\n'],
    ['', ''],
  ])('of %j', (markdown, text) => expect(writePlainText(readMarkdown(markdown))).toBe(text))
})
