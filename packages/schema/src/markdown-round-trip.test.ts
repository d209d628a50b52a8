import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalised, schema } from '../test/documents.ts'
import { appendText, type JsonMark, type JsonNode } from './markdown-json.ts'
import { readMarkdown } from './markdown-reader.ts'
import { writeMarkdown } from './markdown-writer.ts'

const SIGNS = [
  '\\`*_{}[]()<>#+-.!|~=:;&"\'/?@^$%,'.split(''),
  ['**', '~~', '```', '---', '1. ', '- ', '# ', '> ', '[ ] ', '<b>', '</b>', '<br>', '<div>', '&amp;', '&#32;', ']('],
  ['![', 'http://a.b', 'www.a.b', 'a@b.c', '<!--', '| - |', '[a]: b'],
  [
    '==',
    '$',
    '$$',
    '$x$',
    '[!NOTE]',
    ':::',
    ':::note',
    '<mark>',
    '</mark>',
    '<span data-color="red">',
    '</span>',
    '</details>',
  ],
  [
    '<time datetime="2026-11-22">',
    '</time>',
    '<code class="math">',
    '</code>',
    '(mention:person/a)',
    '<div align="right">',
    '<div class="columns">',
    '</div>',
  ],
].flat()

/** Text made of what Markdown could mistake for its own signs. */
const nasty = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', 'ä', '漢', '🚢', '1') },
      { weight: 2, arbitrary: fc.constantFrom(' ', '  ', '\t', '\u00A0') },
      { weight: 4, arbitrary: fc.constantFrom(...SIGNS) },
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const url = fc.constantFrom(
  'https://example.com/',
  '/a b',
  'x.md',
  '#top',
  'https://e.com/(a)_b?c=d&amp;e=<f>',
  'mailto:a@b.c',
  'https://e.com/a\\b|c',
  '?q=*x*',
)
const title = fc.option(fc.constantFrom('T', 'a "b" c', "it's", 'x\\', '&amp; <b>', '*t*'))
const mark: fc.Arbitrary<JsonMark> = fc.oneof(
  fc.constantFrom({ type: 'bold' }, { type: 'italic' }, { type: 'strike' }, { type: 'underline' }, { type: 'code' }),
  fc.constantFrom(
    { type: 'highlight', attrs: { color: null } },
    { type: 'highlight', attrs: { color: 'green' } },
    { type: 'textStyle', attrs: { color: 'red' } },
  ),
  fc.record({ type: fc.constant('link'), attrs: fc.record({ href: url, title }) }),
)
const marks = fc.uniqueArray(mark, { maxLength: 3, selector: ({ type }) => type })
const latex = fc.oneof(fc.constantFrom('x^2', '\\frac{1}{2}', 'a_{i,j}', ''), nasty, fc.constant('\n a\n\n$$ \n'))
const atom: fc.Arbitrary<JsonNode> = fc.oneof(
  fc.record({ type: fc.constant('inlineMath'), attrs: fc.record({ latex }) }),
  fc.constantFrom('2026-11-22', '0001-01-01').map((date) => ({ type: 'date', attrs: { date } })),
  fc.record({
    type: fc.constant('mention'),
    attrs: fc.record({ kind: fc.constantFrom('person', 'document'), id: fc.constant('a-B_9'), label: nasty }),
  }),
)
const inline: fc.Arbitrary<JsonNode[]> = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(nasty, marks) },
      { weight: 1, arbitrary: fc.constant('break' as const) },
      { weight: 1, arbitrary: fc.tuple(atom, marks).map(([node, marked]) => withMarks(node, marked)) },
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => {
    const content: JsonNode[] = []
    for (const part of parts) {
      if (part === 'break') content.push({ type: 'hardBreak' })
      else if ('type' in part) content.push(part)
      else appendText(content, part[0], ordered(part[1]))
    }
    return content
  })

/** A mention in a link is the mention. */
function withMarks(node: JsonNode, marked: readonly JsonMark[]): JsonNode {
  return { ...node, marks: ordered(marked).filter(({ type }) => node.type !== 'mention' || type !== 'link') }
}

/** As the schema orders them, so that neighbours with equal marks are recognised. */
function ordered(marks: readonly JsonMark[]): JsonMark[] {
  const rank = Object.keys(schema.marks)
  return marks.toSorted((a, b) => rank.indexOf(a.type) - rank.indexOf(b.type))
}

const paragraph = inline.map((content): JsonNode => ({ type: 'paragraph', content }))
const maybeEmpty = fc.oneof(
  { weight: 4, arbitrary: paragraph },
  { weight: 1, arbitrary: fc.constant<JsonNode>({ type: 'paragraph' }) },
)
const alignable = fc
  .tuple(paragraph, fc.constantFrom(null, null, null, 'center', 'right'))
  .map(([node, textAlign]): JsonNode => ({ ...node, attrs: { textAlign } }))
const code = fc.oneof(
  nasty,
  fc
    .array(fc.oneof(nasty, fc.constantFrom('', '  ', '```', '~~~~')), { maxLength: 5 })
    .map((lines) => lines.join('\n')),
)
const image = fc.record({
  type: fc.constant('image'),
  attrs: fc.record({
    src: url.filter((src) => !src.startsWith('mailto')),
    alt: fc.option(nasty.map((text) => text.trim()).filter((text) => text !== '')),
    title,
    caption: fc.option(nasty),
    width: fc.constantFrom(null, null, 10, 55, 100),
    align: fc.constantFrom(null, null, 'center', 'right'),
  }),
})
const file = fc.record({
  type: fc.constant('file'),
  attrs: fc.record({
    src: fc.constant(`/api/uploads/${'0a'.repeat(16)}`),
    name: nasty.map((text) => text.trim()).filter((text) => text !== ''),
    size: fc.option(fc.integer({ min: 0 })),
    type: fc.constantFrom('application/pdf', 'application/octet-stream'),
  }),
})
const align = fc.constantFrom(null, 'left', 'center', 'right')

const { block } = fc.letrec<{ block: JsonNode; item: readonly JsonNode[] }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    alignable,
    fc.record({
      type: fc.constant('heading'),
      attrs: fc.record({ level: fc.integer({ min: 1, max: 3 }), textAlign: fc.constantFrom(null, null, 'center') }),
      content: inline,
    }),
    fc
      .record({ code, language: fc.option(fc.constantFrom('ts', 'c++', 'js title="a"', 'a`b', 'x&amp;y\\')) })
      .map(({ code, language }): JsonNode => ({
        type: 'codeBlock',
        attrs: { language },
        ...(code !== '' && { content: [{ type: 'text', text: code }] }),
      })),
    fc.constant<JsonNode>({ type: 'horizontalRule' }),
    image,
    file,
    fc.record({ type: fc.constant('blockquote'), content: fc.array(tie('block'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      type: fc.constant('callout'),
      attrs: fc.record({ kind: fc.constantFrom('note', 'tip', 'warning', 'danger') }),
      content: fc.array(tie('block'), { minLength: 1, maxLength: 3 }),
    }),
    fc.tuple(inline, fc.array(tie('block'), { minLength: 1, maxLength: 3 })).map(([summary, content]): JsonNode => ({
      type: 'details',
      content: [
        { type: 'detailsSummary', content: summary },
        { type: 'detailsContent', content },
      ],
    })),
    fc.record({ type: fc.constant('blockMath'), attrs: fc.record({ latex }) }),
    list('bulletList', 'listItem', fc.constant({}), tie('item')),
    fc
      .integer({ min: 0, max: 1000 })
      .chain((start) =>
        list('orderedList', 'listItem', fc.constant({}), tie('item')).map((node) => ({ ...node, attrs: { start } })),
      ),
    list('taskList', 'taskItem', fc.record({ checked: fc.boolean() }), tie('item')),
    table(),
  ),
  item: fc
    .tuple(maybeEmpty, fc.array(tie('block'), { maxLength: 2 }))
    .map(([first, rest]) => [first, ...rest])
    .filter(([first, second]) => first?.content !== undefined || second?.type !== 'paragraph'),
}))

function list(
  type: string,
  itemType: string,
  attrs: fc.Arbitrary<object>,
  item: fc.Arbitrary<readonly JsonNode[]>,
): fc.Arbitrary<JsonNode> {
  const items = fc.array(fc.record({ type: fc.constant(itemType), attrs, content: item }), {
    minLength: 1,
    maxLength: 3,
  })
  return items.map((content) => ({ type, content }) as JsonNode)
}

function table(): fc.Arbitrary<JsonNode> {
  return fc.array(align, { minLength: 1, maxLength: 3 }).chain((columns) => {
    const row = (type: string) =>
      fc
        .tuple(...columns.map((align) => maybeEmpty.map((content) => ({ type, attrs: { align }, content: [content] }))))
        .map((content): JsonNode => ({ type: 'tableRow', content }))
    return fc
      .tuple(row('tableHeader'), fc.array(row('tableCell'), { maxLength: 2 }))
      .map(([header, rows]): JsonNode => ({ type: 'table', content: [header, ...rows] }))
  })
}

const column = fc.record({
  type: fc.constant('column'),
  attrs: fc.record({ width: fc.constantFrom(null, 30, 33.3, 100) }),
  content: fc.array(block, { minLength: 1, maxLength: 2 }),
})
const columns = fc.record({
  type: fc.constant('columns'),
  content: fc.array(column, { minLength: 2, maxLength: 4 }),
}) as fc.Arbitrary<JsonNode>

const topBlock = fc.oneof({ weight: 5, arbitrary: block }, { weight: 1, arbitrary: columns })
const document = fc
  .array(topBlock, { minLength: 1, maxLength: 4 })
  .map((content): JsonNode => ({ type: 'doc', content }))

test('what is written as Markdown reads as the same document', () => {
  fc.assert(
    fc.property(document, (json) => {
      const markdown = writeMarkdown(json)
      expect(normalised(readMarkdown(markdown)), markdown).toEqual(normalised(json))
    }),
    { numRuns: Number(process.env.RUNS ?? 100) },
  )
}, 60_000)
