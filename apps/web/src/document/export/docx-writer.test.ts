// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { readMarkdown } from '@tandem/schema/markdown'
import { writeMarkdown, type JsonNode } from '@tandem/schema/export'
import { getSchema } from '@tiptap/core'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { docxToHtml } from '../../home/import/docx-to-html.ts'
import { htmlToDocument } from '../../home/import/html-to-document.ts'
import { BLOCK_PARAGRAPHS, INNER_NODES } from './docx-blocks.ts'
import { INLINE_RUNS, MARK_RUNS } from './docx-inline.ts'
import { writeDocx } from './docx-writer.ts'
import type { ExportSettings } from './export-settings.ts'

const schema = getSchema(documentExtensions())
const settings: ExportSettings = {
  title: 'The plan',
  titleIsInText: false,
  base: 'https://home.example/d/1',
  day: (day) => day,
  pictures: new Map(),
}

async function partsOf(
  content: readonly JsonNode[],
  about: Partial<ExportSettings> = {},
): Promise<Record<string, string>> {
  const file = await writeDocx({ type: 'doc', content }, { ...settings, ...about })
  return Object.fromEntries(
    Object.entries(unzipSync(new Uint8Array(file))).map(([name, bytes]) => [name, strFromU8(bytes)]),
  )
}

/** Out and in again, as Markdown. */
async function roundTrip(markdown: string): Promise<string> {
  const file = await writeDocx(readMarkdown(markdown), settings)
  return writeMarkdown(htmlToDocument((await docxToHtml(new Uint8Array(file))).html).document)
}

describe('a node or mark that is added to the schema needs a decision', () => {
  const decided = new Set([...Object.keys(BLOCK_PARAGRAPHS), ...Object.keys(INLINE_RUNS), ...INNER_NODES])
  test.each(Object.keys(schema.nodes))('node %s', (name) => expect(decided).toContain(name))
  test.each(Object.keys(schema.marks))('mark %s', (name) => expect(MARK_RUNS).toHaveProperty(name))
})

describe('what is exported to Word and imported again', () => {
  test.each([
    ['headings', '# A\n\n## B\n\n### C\n\nd\n'],
    ['marks', '**a** *b* ~~c~~ <u>d</u> `e` ==f== <mark data-color="green">g</mark> <span data-color="red">h</span>\n'],
    ['links', '[a](https://b.example/?c=1&d=2) and <mailto:a@b.c>\n'],
    ['nested lists', '- a\n  - b\n    1. c\n    2. d\n- e\n'],
    ['tasks', '- [x] a\n- [ ] b\n  - [x] c\n'],
    ['a quote', '> a\n>\n> b\n'],
    ['callouts', '> [!WARNING]\n> a\n\nb\n\n> [!TIP]\n> c\n'],
    ['a toggle', '<details>\n<summary>a <strong>b</strong></summary>\n\nc\n\nd\n\n</details>\n'],
    ['code', '```\na\n\n  b\n```\n\n```\nc\n```\n'],
    ['formulas', 'so $x^2$ is\n\n$$\n\\frac{a}{b}\n$$\n'],
    ['sides', '<div align="center">\n\na\n\n</div>\n\n<div align="right">\n\n## b\n\n</div>\n'],
    ['lines of a paragraph', 'a\\\nb\n'],
    ['text of every kind', 'Ü 日本語 🚢 5 < 6 & 7 > 3 "q" \\*\n'],
  ])('%s', async (_, markdown) => {
    expect(await roundTrip(markdown)).toBe(writeMarkdown(readMarkdown(markdown)))
  })

  test('a table keeps its header, its sides and its text', async () => {
    const table = '| A | B |\n| --- | ---: |\n| **c** | d |\n| e<br>f | g |\n'
    expect(await roundTrip(table)).toMatch(
      /^\| A \| .*B.* \|\n\| --- \| -*:? ?\|\n\| \*\*c\*\* \| .*d.* \|\n\| e<br>f \| .*g.* \|\n$/,
    )
  })

  test('spans', async () => {
    const cell = (text: string, attrs: object = {}): JsonNode => ({
      type: 'tableCell',
      attrs: { colspan: 1, rowspan: 1, ...attrs },
      content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
    })
    const rows = [
      [cell('wide', { colspan: 2 }), cell('tall', { rowspan: 2 })],
      [cell('a'), cell('b')],
    ]
    const table = { type: 'table', content: rows.map((content) => ({ type: 'tableRow', content })) }
    const file = await writeDocx({ type: 'doc', content: [table] }, settings)
    const { html } = await docxToHtml(new Uint8Array(file))
    expect(html).toMatch(/<td colspan="2"><p>wide<\/p><\/td><td rowspan="2"><p>tall<\/p>/)
  })

  test('the title is the title, and not in the text', async () => {
    const file = await writeDocx(readMarkdown('# A'), { ...settings, title: 'Über <b> & "c"' })
    const read = htmlToDocument((await docxToHtml(new Uint8Array(file))).html)
    expect(read.title).toBe('Über <b> & "c"')
    expect(writeMarkdown(read.document)).toBe('# A\n')
  })
})

test('a line is as high as what stands in it, also where a height is said', async () => {
  const { 'word/styles.xml': styles = '' } = await partsOf([])
  const heights = styles.match(/<w:spacing [^>]*w:line=[^>]*>/g)
  expect(heights).not.toBeNull()
  for (const height of heights ?? []) expect(height).toContain('w:lineRule="auto"')
})

test('a picture of ours is in the file, another is a link to where it is', async () => {
  const png = Uint8Array.from(
    atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
    (sign) => sign.charCodeAt(0),
  )
  const pictures = new Map([['/api/uploads/1', { type: 'png', bytes: png, widthPx: 1200, heightPx: 300 }] as const])
  const images = ['/api/uploads/1', 'https://a.example/b.png', 'javascript:alert(1)'].map((src) => ({
    type: 'image',
    attrs: { src, alt: `of ${src}` },
  }))
  const parts = await partsOf(images, { pictures })
  expect(Object.keys(parts).filter((name) => name.startsWith('word/media/'))).toHaveLength(1)
  expect(parts['word/document.xml']).toContain('of /api/uploads/1')
  expect(parts['word/_rels/document.xml.rels']).toContain('Target="https://a.example/b.png"')
  expect(JSON.stringify(parts)).not.toMatch(/Target=\\"javascript/)
})

test('whatever the document says, the file is well-formed, refers to nothing but clicked links, and runs nothing', async () => {
  const evil = '"/><w:instrText>DDEAUTO c:\\\\cmd.exe "/k calc"</w:instrText>\0\u001B\uD800\uFFFE]]>'
  const attrs = {
    href: evil,
    src: evil,
    title: evil,
    alt: evil,
    level: evil,
    start: 1e99,
    language: evil,
    kind: evil,
    color: evil,
    textAlign: evil,
    checked: evil,
    colspan: 1e9,
    rowspan: 1e9,
    align: evil,
    latex: evil,
    date: evil,
    id: evil,
    label: evil,
  }
  const marks = [...Object.keys(schema.marks), '__proto__', 'glow'].map((type) => ({ type, attrs }))
  const line = [
    { type: 'text', text: evil, marks },
    ...Object.keys(INLINE_RUNS)
      .filter((type) => type !== 'text')
      .map((type) => ({ type, attrs, marks })),
  ]
  const inside = [{ type: 'paragraph', attrs, content: line }]
  const nodes = [...Object.keys(schema.nodes), 'constructor', 'hologram']
  const parts = await partsOf(
    nodes.map((type) => ({ type, attrs, content: inside })),
    { title: evil },
  )
  for (const [name, xml] of Object.entries(parts)) {
    if (!/\.(?:xml|rels)$/.test(name)) continue
    const read = new DOMParser().parseFromString(xml, 'text/xml')
    expect(read.querySelector('parsererror')?.textContent, name).toBeUndefined()
    expect(xml).not.toMatch(/<w:(?:instrText|fldSimple|object|altChunk)/)
    for (const [, target] of xml.matchAll(/Target="([^"]*)" TargetMode="External"/g))
      expect(target).toMatch(/^(?:https?|mailto|tel):/)
  }
})
