import { LIMITS, SyncError } from '@tandem/sync'
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { contentOf, docOf, normalised, schema } from '../test/documents.ts'
import { sampleMarkdown } from '../test/sample-markdown.ts'
import { MARK_SIGNS } from './markdown-line.ts'
import { readMarkdown } from './markdown-reader.ts'
import { BLOCK_WRITERS, INNER_NODES, writeMarkdown } from './markdown-writer.ts'
import { documentToMarkdown, importMarkdown, markdownToUpdates } from './markdown.ts'
import type { JsonMark, JsonNode } from './markdown-json.ts'
import { FRAGMENT } from './schema-version.ts'

// Large documents on a busy machine; nothing here is about time.
vi.setConfig({ testTimeout: 60_000 })

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** A document's blocks as a short notation: what matters about each, in brackets what is in it. */
function outline(markdown: string): string {
  const one = ({ type, attrs = {}, text, marks = [], content = [] }: JsonNode): string => {
    if (text !== undefined) return [JSON.stringify(text), ...marks.map(nameOfMark)].join(':')
    const values = Object.entries(attrs).filter(([, value]) => value !== null)
    const label = [type, ...values.map(([name, value]) => `${name}=${String(value)}`)].join(' ')
    const marked = [label, ...marks.map(nameOfMark)].join(':')
    return content.length === 0 ? marked : `${marked}(${content.map(one).join(', ')})`
  }
  const document = readMarkdown(markdown)
  normalised(document)
  return (document.content ?? []).map(one).join('\n')
}

function nameOfMark({ type, attrs }: JsonMark): string {
  return typeof attrs?.['href'] === 'string' ? `${type}=${attrs['href']}` : type
}

test.each<[string, string, string]>([
  ['headings, deeper ones as the deepest we have', '# A\n\n##### B', 'heading level=1("A")\nheading level=3("B")'],
  [
    'marks',
    '**a** *b* ~~c~~ <u>d</u> `e`',
    'paragraph("a":bold, " ", "b":italic, " ", "c":strike, " ", "d":underline, " ", "e":code)',
  ],
  ['bold code in a link', '[**`a`**](/b)', 'paragraph("a":link=/b:bold:code)'],
  [
    'HTML that is a mark',
    '<b>a</b> <del>b</del> H<i>2</i>O',
    'paragraph("a":bold, " ", "b":strike, " H", "2":italic, "O")',
  ],
  ['HTML that is not', 'a <kbd>b</kbd> <u>c </b>', 'paragraph("a <kbd>b</kbd> <u>c </b>")'],
  ['a block of HTML', '<div>\n*a*\n</div>\n\nb', 'codeBlock language=html("<div>\\n*a*\\n</div>")\nparagraph("b")'],
  ['line breaks', 'a  \nb\\\nc<br>d\ne', 'paragraph("a", hardBreak, "b", hardBreak, "c", hardBreak, "d e")'],
  ['CRLF', '# a\r\n\r\nb\r\nc\r\n\r\n```\r\nd\r\n```\r\n', 'heading level=1("a")\nparagraph("b c")\ncodeBlock("d")'],
  [
    'nested lists',
    '- a\n  1. b\n  2. c\n\n     d\n- e',
    'bulletList(listItem(paragraph("a"), orderedList start=1(listItem(paragraph("b")), listItem(paragraph("c"), paragraph("d")))), listItem(paragraph("e")))',
  ],
  [
    'a list from another number',
    '7) a\n8) b',
    'orderedList start=7(listItem(paragraph("a")), listItem(paragraph("b")))',
  ],
  [
    'nested tasks',
    '- [ ] a\n  - [x] b\n- [X] c',
    'taskList(taskItem checked=false(paragraph("a"), taskList(taskItem checked=true(paragraph("b")))), taskItem checked=true(paragraph("c")))',
  ],
  [
    'tasks among items',
    '- a\n- [ ] b\n- [c](/d) e',
    'bulletList(listItem(paragraph("a")))\ntaskList(taskItem checked=false(paragraph("b")))\nbulletList(listItem(paragraph("c":link=/d, " e")))',
  ],
  [
    'an item without text',
    '- \n- ```\n  a\n  ```',
    'bulletList(listItem(paragraph), listItem(paragraph, codeBlock("a")))',
  ],
  ['quotes', '> a\n>> b\n\n> c', 'blockquote(paragraph("a"), blockquote(paragraph("b")))\nblockquote(paragraph("c"))'],
  [
    'code with a language and more',
    '```js title="x"\na\n\n  b\n```\n\n    c',
    'codeBlock language=js title="x"("a\\n\\n  b")\ncodeBlock("c")',
  ],
  ['code that is never closed', '```\na', 'codeBlock("a")'],
  [
    'a table',
    '| a | b |\n|:-:|--:|\n| `x \\| y` | **z** |\n| |',
    'table(tableRow(tableHeader align=center(paragraph("a")), tableHeader align=right(paragraph("b"))), tableRow(tableCell align=center(paragraph("x | y":code)), tableCell align=right(paragraph("z":bold))), tableRow(tableCell align=center(paragraph), tableCell align=right(paragraph)))',
  ],
  [
    'cells beyond the header',
    '> | a |\n> |---|\n> | b | c | d |',
    'blockquote(table(tableRow(tableHeader(paragraph("a"))), tableRow(tableCell(paragraph("b"), paragraph("c | d")))))',
  ],
  [
    'links of every kind',
    '[a](/b) <https://c.de> https://f.gh/i. [j][k] mail@x.y www.z.a\n\n[k]: mailto:l@m.n',
    'paragraph("a":link=/b, " ", "https://c.de":link=https://c.de, " ", "https://f.gh/i":link=https://f.gh/i, ". ", "j":link=mailto:l@m.n, " mail@x.y www.z.a")',
  ],
  [
    'links that are not safe',
    '[a](javascript:alert) [b](data:text/html,x) [c](vbscript:x) <javascript:d>',
    'paragraph("[a](javascript:alert) [b](data:text/html,x) [c](vbscript:x) <javascript:d>")',
  ],
  ['an image', '![a *b*](/c.png "d")', 'image src=/c.png alt=a b title=d'],
  [
    'images in text and in headings',
    '# a ![](b.png)\n\nc ![d](e.png) f',
    'heading level=1("a")\nimage src=b.png\nparagraph("c")\nimage src=e.png alt=d\nparagraph("f")',
  ],
  ['an image that is a link', '[![a](b.svg)](/c) d', 'image src=b.svg alt=a\nparagraph("a":link=/c, " d")'],
  [
    'an image within the file',
    '![a][b] c\n\n[b]: <data:image/png;base64,AAAA>',
    'paragraph("![a](image/png of 1 KB within the file, not imported) c")',
  ],
  ['highlights', '==a== = b == c =d=', 'paragraph("a":highlight, " = b == c =d=")'],
  [
    'colours of ours only',
    '<mark data-color="green">a</mark> <span data-color="red">b</span> <span style="color:red">c</span> <mark data-color="url">d</mark>',
    'paragraph("a":highlight, " ", "b":textStyle, " <span style=\\"color:red\\">c</span> <mark data-color=\\"url\\">d</mark>")',
  ],
  [
    'formulas, and prices',
    'It is $x^2$, for 5$ or 6$, $ 7 $ and \\$8.\n\n$$\na\n\nb\n$$\n\n$$c$$\n\n```math\nd\n```',
    'paragraph("It is ", inlineMath latex=x^2, ", for 5$ or 6$, $ 7 $ and $8.")\nblockMath latex=a\n\nb\nblockMath latex=c\nblockMath latex=d',
  ],
  ['a formula that never ends', '$$\na\n\nb', 'paragraph("$$ a")\nparagraph("b")'],
  [
    'alerts',
    '> [!TIP]\n> a\n>\n> b\n\nc\n\n> [!caution]\n\nd\n\n> \\[!NOTE]\n> e\n\nf\n\n> [!NOTE] g',
    'callout kind=tip(paragraph("a"), paragraph("b"))\nparagraph("c")\ncallout kind=danger(paragraph)\nparagraph("d")\nblockquote(paragraph("[!NOTE] e"))\nparagraph("f")\nblockquote(paragraph("[!NOTE] g"))',
  ],
  [
    'a toggle',
    '<details>\n<summary>a <em>b</em></summary>\n\n- c\n\n</details>\n\n<details>\n<summary>d</summary>\n\ne',
    'details(detailsSummary("a ", "b":italic), detailsContent(bulletList(listItem(paragraph("c")))))\ncodeBlock language=html("<details>\\n<summary>d</summary>")\nparagraph("e")',
  ],
  [
    'columns, with their widths',
    '<div class="columns">\n\n<div class="column" data-width="30">\n\na\n\n</div>\n\n<div class="column">\n\n- b\n\n</div>\n\n</div>\n\nc',
    'columns(column width=30(paragraph("a")), column(bulletList(listItem(paragraph("b")))))\nparagraph("c")',
  ],
  [
    'columns within something, and one that is alone, as what they hold',
    '> <div class="columns">\n>\n> <div class="column">\n>\n> a\n>\n> </div>\n>\n> <div class="column">\n>\n> b\n>\n> </div>\n>\n> </div>\n\n<div class="column">\n\nc\n\n</div>',
    'blockquote(paragraph("a"), paragraph("b"))\nparagraph("c")',
  ],
  [
    'columns as Pandoc has them, in which others are not',
    ':::: {.columns}\n::: {.column width="40%"}\na\n:::\n::: {.column width="60%"}\n::::: columns\n::: column\nb\n:::\n::: column\nc\n:::\n:::::\n:::\n::::',
    'columns(column width=40(paragraph("a")), column width=60(paragraph("b"), paragraph("c")))',
  ],
  [
    'containers as callouts and toggles',
    ':::note\na\n:::\n\n::: danger Look *out*\n- b\n\n:::tip\nc\n:::\n:::\n\n:::details[More]\nd\n:::',
    'callout kind=note(paragraph("a"))\ncallout kind=danger(paragraph("Look ":bold, "out":bold:italic), bulletList(listItem(paragraph("b"))), callout kind=tip(paragraph("c")))\ndetails(detailsSummary("More"), detailsContent(paragraph("d")))',
  ],
  [
    'containers that we do not know, or that never end, as text',
    ':::chart\na\n:::\n\n:::note\nb\n\n```\n:::\n```',
    'paragraph(":::chart a :::")\nparagraph(":::note b")\ncodeBlock(":::")',
  ],
  [
    'marks on dates, formulas and mentions',
    '**$x$** *<time datetime="2026-02-28">2026-02-28</time>* <mark>[@Ana](mention:person/p-1)</mark>',
    'paragraph(inlineMath latex=x:bold, " ", date date=2026-02-28:italic, " ", mention kind=person id=p-1 label=Ana:highlight)',
  ],
  [
    'alignment',
    '<div align="center">\n\n# a\n\n- b\n\n</div>\n\n<div align="justify">\n\nc\n\n</div>',
    'heading level=1 textAlign=center("a")\nbulletList(listItem(paragraph("b")))\ncodeBlock language=html("<div align=\\"justify\\">")\nparagraph("c")\ncodeBlock language=html("</div>")',
  ],
  [
    'dates and mentions',
    '<time datetime="2026-02-28">2026-02-28</time> <time datetime="2026-02-30">2026-02-30</time> [@Ana](mention:person/p-1) [a](mention:x/1)',
    'paragraph(date date=2026-02-28, " 2026-02-30 ", mention kind=person id=p-1 label=Ana, " [a](mention:x/1)")',
  ],
  ['lines', 'a\n\n---\n\n***', 'paragraph("a")\nhorizontalRule\nhorizontalRule'],
  ['escapes and entities', '\\*a\\* &amp; &nbsp; &copy; 1\\. \\[ ]', 'paragraph("*a* & \u00A0 © 1. [ ]")'],
  [
    'front matter',
    '---\ntitle: a\ntags: [b]\n---\n# c',
    'codeBlock language=yaml("title: a\\ntags: [b]")\nheading level=1("c")',
  ],
  [
    'a line of dashes that is no front matter',
    '---\n\na: b\n\n---',
    'horizontalRule\nparagraph("a: b")\nhorizontalRule',
  ],
  ['nothing', '', 'paragraph'],
])('reads %s', (_name, markdown, expected) => {
  expect(outline(markdown)).toBe(expected)
})

test('a rich file reads, as written by us, as the same document', () => {
  const document = readMarkdown(sampleMarkdown(20_000))
  expect(normalised(readMarkdown(writeMarkdown(document)))).toEqual(normalised(document))
})

test('every node and mark of the schema has a writer, and every writer a node or mark', () => {
  expect([...Object.keys(BLOCK_WRITERS), ...INNER_NODES].sort()).toEqual(Object.keys(schema.nodes).sort())
  expect(Object.keys(MARK_SIGNS).sort()).toEqual(Object.keys(schema.marks).sort())
})

test('every node and mark of the schema can come out of Markdown', () => {
  const types = new Set<string>()
  const collect = (node: JsonNode): void => {
    for (const { type } of [node, ...(node.marks ?? [])]) types.add(type)
    for (const child of node.content ?? []) collect(child)
  }
  collect(readMarkdown(sampleMarkdown(1)))
  collect(readMarkdown(sampleMarkdown(5_000)))
  expect([...types].sort()).toEqual([...Object.keys(schema.nodes), ...Object.keys(schema.marks)].sort())
})

test('what a newer page wrote becomes its text, not nothing', () => {
  const newer: JsonNode = {
    type: 'doc',
    content: [
      {
        type: 'hologram',
        content: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: 'a', marks: [{ type: 'glow' }] },
              { type: 'badge', content: [{ type: 'text', text: '@b' }] },
            ],
          },
        ],
      },
    ],
  }
  expect(writeMarkdown(newer)).toBe('a@b\n')
})

test('marks that an editor put on dates, formulas and mentions are written, and stored as it would', () => {
  const doc = new Y.Doc()
  const paragraph = new Y.XmlElement('paragraph')
  const date = new Y.XmlElement('date')
  date.setAttribute('date', '2026-02-28')
  date.setAttribute('_mark_bold', {} as never)
  paragraph.insert(0, [date])
  doc.getXmlFragment(FRAGMENT).insert(0, [paragraph])
  const markdown = documentToMarkdown(doc)
  expect(markdown).toBe('**<time datetime="2026-02-28">2026-02-28</time>**\n')
  const [imported] = docOf(markdownToUpdates(markdown)).getXmlFragment(FRAGMENT).toArray() as Y.XmlElement[]
  expect((imported!.get(0) as Y.XmlElement).getAttributes()).toEqual({ date: '2026-02-28', _mark_bold: {} })
})

test('text that looks like a container stays text, beside what would end it', () => {
  const text = (text: string): JsonNode => ({ type: 'paragraph', content: [{ type: 'text', text }] })
  const written = writeMarkdown({ type: 'doc', content: [text(':::note'), text('a'), text(':::')] })
  expect(outline(written)).toBe('paragraph(":::note")\nparagraph("a")\nparagraph(":::")')
})

test('cells that span, and blocks in cells, are flattened', () => {
  const text = (text: string): JsonNode => ({ type: 'paragraph', content: [{ type: 'text', text }] })
  const cell = (attrs: object, ...content: JsonNode[]): JsonNode => ({
    type: 'tableCell',
    attrs: { ...attrs },
    content,
  })
  const list: JsonNode = {
    type: 'bulletList',
    content: [
      { type: 'listItem', content: [text('d')] },
      { type: 'listItem', content: [text('e')] },
    ],
  }
  const rows = [
    [cell({ colspan: 2 }, text('a')), cell({}, text('b'))],
    [cell({ rowspan: 2 }, text('c'), list), cell({}, text('f')), cell({}, text('g'))],
    [cell({}, text('h')), cell({}, text('i'))],
  ]
  const table: JsonNode = { type: 'table', content: rows.map((content) => ({ type: 'tableRow', content })) }
  expect(writeMarkdown({ type: 'doc', content: [table] })).toBe(
    ['| a |  | b |', '| --- | --- | --- |', '| c<br>d<br>e | f | g |', '|  | h | i |', ''].join('\n'),
  )
})

test.each<[string, string, string | undefined]>([
  ['the first heading of level 1', '## x\n\n# *The* `title`\n\n# other', 'The title'],
  ['front matter', '---\ntags: [a]\ntitle: "From: front matter"\n---\n# Heading', 'From: front matter'],
  ['neither', 'just text', undefined],
  ['an empty heading', '#\n\ntext', undefined],
  ['a heading that is too long', `# ${'x'.repeat(400)}`, 'x'.repeat(LIMITS.titleLength)],
])('an imported file is named by %s', (_name, markdown, title) => {
  expect(importMarkdown(bytesOf(markdown)).title).toBe(title)
})

test('a byte order mark is not content', () => {
  const { title, updates } = importMarkdown(bytesOf('\uFEFF# a'))
  expect([title, documentToMarkdown(docOf(updates))]).toEqual(['a', '# a\n'])
})

test.each<[string, Uint8Array, RegExp]>([
  ['is not UTF-8', Uint8Array.of(0x23, 0x20, 0xe4, 0x0a), /UTF-8/],
  ['is UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), /UTF-8/],
  ['is not text', bytesOf('a\0b'), /zero bytes/],
  ['is too large', new Uint8Array(LIMITS.importBytes + 1).fill(0x61), /LIMITS\.importBytes/],
  ['is nested without end', bytesOf('>'.repeat(5_000)), /nested/],
])('a file that %s is refused with what to do', (_name, bytes, message) => {
  expect(() => importMarkdown(bytes)).toThrow(message)
  expect(() => importMarkdown(bytes)).toThrow(SyncError)
  expect(() => importMarkdown(bytes)).toThrow(expect.objectContaining({ code: 'bad-input' }))
})

test('a document of 100 KB survives the way through Yjs', () => {
  const markdown = sampleMarkdown(100_000)
  const doc = docOf(markdownToUpdates(markdown))
  expect(bytesOf(markdown).length).toBeGreaterThanOrEqual(100_000)
  expect(contentOf(doc)).toEqual(normalised(readMarkdown(markdown)))
  expect(normalised(readMarkdown(documentToMarkdown(doc)))).toEqual(contentOf(doc))
})
