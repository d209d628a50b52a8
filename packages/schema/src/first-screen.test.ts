import { LIMITS } from '@tandem/sync'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { docOf, schema } from '../test/documents.ts'
import { sampleMarkdown } from '../test/sample-markdown.ts'
import type { Tree } from './document-tree.ts'
import { updatesOf } from './document-updates.ts'
import { firstScreenOf, MARK_SCREENS, NODE_SCREENS, type ScreenNode } from './first-screen.ts'
import { importMarkdown } from './markdown.ts'
import { FRAGMENT } from './schema-version.ts'

const screenOf = (content: readonly Tree[]): readonly ScreenNode[] =>
  firstScreenOf(docOf(updatesOf(content)).getXmlFragment(FRAGMENT))
const ofMarkdown = (markdown: string): readonly ScreenNode[] =>
  firstScreenOf(docOf(importMarkdown(new TextEncoder().encode(markdown)).updates).getXmlFragment(FRAGMENT))
const paragraph = (...children: Tree[]): Tree => ({ name: 'paragraph', attributes: {}, children })
const text = (words: string, marks = {}): Tree => ({ runs: [{ text: words, marks }] })
const words = (node: ScreenNode): string =>
  typeof node === 'string'
    ? node
    : node
        .slice(2)
        .map((inner) => words(inner as ScreenNode))
        .join('')
const elements = (node: ScreenNode): number =>
  typeof node === 'string'
    ? 0
    : 1 + node.slice(2).reduce<number>((sum, inner) => sum + elements(inner as ScreenNode), 0)

const attributesOf = (node: ScreenNode): unknown[] =>
  typeof node === 'string' ? [] : [node[1], ...node.slice(2).flatMap((inner) => attributesOf(inner as ScreenNode))]

test('every node of the schema is drawn, but what is drawn by code of the page', () => {
  const needCode = ['doc', 'inlineMath', 'blockMath']
  expect([...Object.keys(NODE_SCREENS), ...needCode].toSorted()).toEqual(Object.keys(schema.nodes).toSorted())
})

test('every mark of the schema is drawn, in its order', () => {
  expect(MARK_SCREENS.map(([name]) => name)).toEqual(Object.keys(schema.marks))
})

test('lines, lists, tables and blocks are drawn as the editor draws them', () => {
  expect(
    ofMarkdown(
      '## A *b **c***\n\n1. one\n\n- [x] done\n\n| a |\n| -: |\n| b |\n\n> [!TIP]\n> Mind.\n\n```ts\nlet a\n```\n',
    ),
  ).toEqual([
    ['h2', {}, 'A ', ['em', {}, 'b '], ['strong', {}, ['em', {}, 'c']]],
    ['ol', {}, ['li', {}, ['p', {}, 'one']]],
    [
      'ul',
      { 'data-type': 'taskList' },
      [
        'li',
        { 'data-checked': 'true' },
        ['label', { contenteditable: 'false' }, ['input', { type: 'checkbox', checked: '' }]],
        ['div', {}, ['p', {}, 'done']],
      ],
    ],
    [
      'div',
      { class: 'tableWrapper' },
      [
        'table',
        { style: 'min-width: 80px' },
        ['colgroup', {}, ['col', { style: 'min-width: 80px' }]],
        [
          'tbody',
          {},
          ['tr', {}, ['th', { colspan: '1', rowspan: '1', style: 'text-align: right' }, ['p', {}, 'a']]],
          ['tr', {}, ['td', { colspan: '1', rowspan: '1', style: 'text-align: right' }, ['p', {}, 'b']]],
        ],
      ],
    ],
    [
      'div',
      { class: 'callout', 'data-kind': 'tip' },
      [
        'button',
        { class: 'callout-button', contenteditable: 'false' },
        ['span', { style: 'display:block;width:18px;height:18px' }],
      ],
      ['div', { class: 'callout-content' }, ['p', {}, 'Mind.']],
    ],
    expect.arrayContaining(['div', ['pre', {}, ['code', {}, 'let a']]]),
  ])
})

test('neighbours with the same mark are in one element, and an empty line is as high as a line', () => {
  const link = { href: 'https://example.com' }
  const content = paragraph({
    runs: [
      { text: 'a', marks: { bold: {}, link } },
      { text: 'b', marks: { link } },
      { text: 'c', marks: { link: { href: 'javascript:alert(1)' } } },
      { text: 'd', marks: { highlight: { color: 'green' } } },
      { text: 'e', marks: { textStyle: { color: 'url(x)' } } },
    ],
  })
  expect(screenOf([content, paragraph()])).toEqual([
    [
      'p',
      {},
      ['a', {}, ['strong', {}, 'a'], 'b'],
      ['span', { class: 'unsafe-link' }, 'c'],
      ['mark', { 'data-color': 'green' }, 'd'],
      ['span', {}, 'e'],
    ],
    ['p', {}, ['br', {}]],
  ])
})

test('it ends before what only the page can draw, wherever that stands in a block', () => {
  const picture = (src: string): Tree => ({ name: 'image', attributes: { src }, children: [] })
  const formula: Tree = { name: 'inlineMath', attributes: { latex: 'x' }, children: [] }
  const list = (item: Tree): Tree => ({
    name: 'bulletList',
    attributes: {},
    children: [{ name: 'listItem', attributes: {}, children: [item] }],
  })
  const beginning = paragraph(text('Begins.'))
  for (const block of [
    paragraph(formula),
    list(paragraph(text('so '), formula)),
    picture('https://elsewhere.example/x.png'),
    { name: 'somethingNewer', attributes: {}, children: [text('secret')] },
    { name: 'constructor', attributes: {}, children: [] },
  ])
    expect(screenOf([beginning, block, beginning])).toEqual([['p', {}, 'Begins.']])
  const own = picture('/api/uploads/00112233445566778899aabbccddeeff')
  expect(screenOf([own, beginning])).toHaveLength(2)
})

test('it is as long as two screens, be it one block or many', () => {
  const long = 'word '.repeat(20_000)
  const many = Array.from({ length: 3_000 }, () => paragraph(text('a')))
  const items = many.map((child): Tree => ({ name: 'listItem', attributes: {}, children: [child] }))
  for (const content of [
    [paragraph(text(long)), paragraph(text('after'))],
    many,
    [{ name: 'bulletList', attributes: {}, children: items }, paragraph(text('after'))],
  ]) {
    const screen = screenOf(content)
    expect(screen.map(words).join('').length).toBeLessThanOrEqual(16_000)
    expect(screen.reduce((sum, node) => sum + elements(node), 0)).toBeLessThanOrEqual(800)
    expect(words(screen.at(-1)!)).not.toBe('after')
  }
  expect(
    ofMarkdown(sampleMarkdown(100_000).replaceAll(/!\[Plan.*|.*\$.*/g, ''))
      .map(words)
      .join('').length,
  ).toBeGreaterThan(5_000)
})

test('whatever an update brings as attributes, it is small and of the page’s own looks', () => {
  const huge = 'x'.repeat(LIMITS.valueBytes / 2)
  const hostile = ['" onclick="x', { toString: 'no' }, [1e9], -5, 1e9, null, huge]
  const cell = (value: unknown): Tree => ({
    name: 'tableCell',
    attributes: { colspan: value, rowspan: value, colwidth: [value], align: value },
    children: [],
  })
  for (const value of hostile) {
    const attributes = Object.fromEntries(
      [
        'level',
        'start',
        'checked',
        'language',
        'kind',
        'width',
        'textAlign',
        'date',
        'id',
        'label',
        'name',
        'size',
        'caption',
        'align',
      ].map((name) => [name, value]),
    )
    const blocks = Object.keys(NODE_SCREENS)
      .filter((name) => name !== 'text' && name !== 'image')
      .map((name): Tree => ({ name, attributes, children: [] }))
    const table: Tree = {
      name: 'table',
      attributes: {},
      children: [{ name: 'tableRow', attributes: {}, children: [cell(value)] }],
    }
    const screen = screenOf([...blocks, table])
    expect(JSON.stringify(screen).length).toBeLessThan(12_000)
    expect(JSON.stringify(screen.map(attributesOf))).not.toMatch(/onclick|url|xxx/)
  }
})

test('what is nested too deep is not drawn, and columns stand in nothing', () => {
  const nested = (name: string, depth: number): Tree =>
    depth === 0 ? paragraph(text('x')) : { name, attributes: {}, children: [nested(name, depth - 1)] }
  expect(screenOf([nested('blockquote', 60)])).toHaveLength(1)
  expect(screenOf([nested('blockquote', 70)])).toEqual([])
  expect(screenOf([nested('columns', 2)])).toEqual([])
})

test('its attributes count, and a value that is not JSON keeps nobody from drawing', () => {
  const wide: Tree = {
    name: 'columns',
    attributes: {},
    children: Array.from({ length: 100 }, () => ({ name: 'column', attributes: {}, children: [] })),
  }
  expect(JSON.stringify(screenOf(Array.from({ length: 300 }, () => wide))).length).toBeLessThan(40_000)
  const doc = docOf(updatesOf([paragraph(text('a'))]))
  const line = (doc.getXmlFragment(FRAGMENT).get(0) as Y.XmlElement).get(0) as Y.XmlText
  line.format(0, 1, { highlight: { color: 1n } })
  expect(firstScreenOf(doc.getXmlFragment(FRAGMENT))).toEqual([['p', {}, ['mark', {}, 'a']]])
})

test('a block that is nested too deep to be drawn is refused, not drawn for ever', () => {
  const doc = new Y.Doc()
  let parent: Y.XmlFragment = doc.getXmlFragment(FRAGMENT)
  doc.transact(() => {
    for (let depth = 0; depth < 20_000; depth++) {
      const quote = new Y.XmlElement('blockquote')
      parent.insert(0, [quote])
      parent = quote
    }
  })
  expect(() => firstScreenOf(doc.getXmlFragment(FRAGMENT))).toThrow(RangeError)
})
