import type * as Y from 'yjs'
import { CODE_LANGUAGES, codeLanguage } from './code-languages.ts'
import { columnShares, columnWidth } from './columns.ts'
import { dayText, isDay } from './day.ts'
import { jsonOf, treesOf } from './document-tree.ts'
import { imageLook } from './image-look.ts'
import type { JsonMark, JsonNode } from './markdown-json.ts'
import { mentionOf, mentionText } from './mention.ts'
import { calloutKind, isAlignment, isColour } from './palette.ts'
import { isSafeLink } from './safe-url.ts'
import type { ScreenElement, ScreenNode } from './screen-nodes.ts'
import { fileOf, sizeText, uploadIdOf } from './upload.ts'

export type { FirstScreen, ScreenElement, ScreenNode } from './screen-nodes.ts'

/** So many elements, and so many characters of text and attributes, at most: as much as two tall windows show. */
const MOST_ELEMENTS = 800
const MOST_CHARS = 16_000
/** As deep as the editor draws. */
const DEEPEST = 64
/** Of one attribute's text: a name or a label. */
const LABEL_CHARS = 200
const MOST_SPAN = 100
const MOST_COLUMNS = 100

/**
 * What a document begins with, drawn as the editor draws it, to look at until the editor is there. It ends before the first block that cannot
 * be drawn without the page's own code or knowledge (a formula, a picture of another server, a block of a newer schema), and where two
 * screens are full. Throws RangeError for what is nested too deep to be read.
 */
export function firstScreenOf(fragment: Y.XmlFragment): readonly ScreenNode[] {
  const room = { elements: MOST_ELEMENTS, chars: MOST_CHARS }
  const screen: ScreenNode[] = []
  for (const child of fragment.toArray()) {
    const [block] = jsonOf(treesOf([child]))
    if (room.elements <= 0 || room.chars <= 0 || block === undefined || !isDrawable(block, 0)) break
    screen.push(...drawn(block).flatMap((node) => cut(node, room)))
  }
  return screen
}

type DrawNode = (node: JsonNode) => ScreenNode

/** How the editor draws each node of the schema that it draws without the page's code; a test compares the two. */
export const NODE_SCREENS: Readonly<Record<string, DrawNode>> = {
  text: ({ text = '' }) => text,
  hardBreak: () => ['br', {}],
  paragraph: (node) => ['p', aligned(node), ...line(node)],
  heading: (node) => [`h${Math.min(3, Math.max(1, wholeNumber(node, 'level')))}`, aligned(node), ...line(node)],
  blockquote: inside('blockquote'),
  bulletList: inside('ul'),
  orderedList: (node) => {
    const start = wholeNumber(node, 'start')
    return ['ol', start === 1 ? {} : { start: String(start) }, ...contents(node)]
  },
  listItem: inside('li'),
  taskList: inside('ul', { 'data-type': 'taskList' }),
  taskItem: (node) => {
    const isChecked = node.attrs?.['checked'] === true
    const box: ScreenElement = ['input', { type: 'checkbox', ...(isChecked && { checked: '' }) }]
    const label: ScreenElement = ['label', { contenteditable: 'false' }, box]
    return ['li', { 'data-checked': String(isChecked) }, label, ['div', {}, ...contents(node)]]
  },
  codeBlock: (node) => {
    const { language } = node.attrs ?? {}
    const known = codeLanguage(language)
    const name = known === undefined ? textOr(language, 30, 'Plain text') : CODE_LANGUAGES[known]
    const bar: ScreenElement = [
      'div',
      { class: 'code-block-bar', contenteditable: 'false' },
      ['button', { class: 'code-block-button' }, String(name), icon(14)],
      ['button', { class: 'code-block-button' }, icon(14)],
    ]
    return ['div', { class: 'code-block' }, bar, ['pre', {}, ['code', {}, ...line(node)]]]
  },
  horizontalRule: () => ['hr', { contenteditable: 'false' }],
  image: ({ attrs = {} }) => {
    const { caption, width, align } = imageLook(attrs)
    const style = width === undefined ? {} : { style: `width: ${width}%` }
    const picture: ScreenElement = ['img', { src: String(attrs['src']) }]
    const below: ScreenElement = ['figcaption', caption === '' ? { hidden: '' } : {}, caption]
    const around = { class: 'image', 'data-side': align ?? 'left', contenteditable: 'false', ...style }
    return ['figure', around, ['div', { class: 'image-frame' }, picture], below]
  },
  file: ({ attrs = {} }) => {
    const file = fileOf(attrs)
    const name = file?.name ?? textOr(attrs['name'], LABEL_CHARS, 'A file')
    const about = file === undefined ? 'Not available' : file.size === undefined ? '' : sizeText(file.size)
    return [
      'div',
      { class: 'file', contenteditable: 'false' },
      icon(18),
      ['span', { class: 'file-name' }, name],
      ['span', { class: 'file-about' }, about],
      ...(file === undefined ? [] : [['a', { class: 'file-download' }, icon(17)] as const]),
    ]
  },
  callout: (node) => [
    'div',
    { class: 'callout', 'data-kind': calloutKind(node.attrs?.['kind']) },
    ['button', { class: 'callout-button', contenteditable: 'false' }, icon(18)],
    ['div', { class: 'callout-content' }, ...contents(node)],
  ],
  details: (node) => [
    'div',
    { class: 'details' },
    ['button', { class: 'details-button', contenteditable: 'false' }, icon(18)],
    ['div', {}, ...contents(node)],
  ],
  detailsSummary: (node) => ['summary', {}, ...line(node)],
  detailsContent: inside('div', { 'data-type': 'detailsContent' }),
  columns: (node) => {
    const widths = (node.content ?? []).slice(0, MOST_COLUMNS).map(({ attrs }) => attrs?.['width'])
    const style = `grid-template-columns: ${columnShares(widths)
      .map((share) => `minmax(0, ${Number(share.toFixed(2))}fr)`)
      .join(' ')}`
    return ['div', { class: 'columns' }, ['div', { class: 'columns-row', style }, ...contents(node)]]
  },
  column: (node) => {
    const width = columnWidth(node.attrs?.['width'])
    return [
      'div',
      { 'data-type': 'column', ...(width !== undefined && { 'data-width': String(width) }) },
      ...contents(node),
    ]
  },
  date: ({ attrs }) => {
    const day = attrs?.['date']
    // In which words only who reads it knows.
    return ['time', { class: 'date', contenteditable: 'false', ...(isDay(day) && { datetime: day }) }, dayText(day)]
  },
  mention: ({ attrs = {} }) => {
    const mention = mentionOf(attrs)
    const text = mentionText(attrs)
    if (mention === undefined) return ['span', { contenteditable: 'false' }, text]
    const look = { 'data-type': 'mention', 'data-kind': mention.kind, contenteditable: 'false' }
    return [mention.kind === 'person' ? 'span' : 'a', look, text]
  },
  table: (node) => {
    const widths = columnWidths(node)
    const isFixed = widths.every((width) => width !== undefined)
    const total = widths.reduce<number>((sum, width) => sum + (width ?? NARROWEST_PX), 0)
    const columns = widths.map((width): ScreenElement => [
      'col',
      { style: width === undefined ? `min-width: ${NARROWEST_PX}px` : `width: ${Math.max(width, NARROWEST_PX)}px` },
    ])
    const style = `${isFixed ? 'width' : 'min-width'}: ${total}px`
    const rows: ScreenElement = ['tbody', {}, ...contents(node)]
    return ['div', { class: 'tableWrapper' }, ['table', { style }, ['colgroup', {}, ...columns], rows]]
  },
  tableRow: inside('tr'),
  tableHeader: (node) => cell('th', node),
  tableCell: (node) => cell('td', node),
}

/** The outermost first, as the schema orders them; a test compares the two. */
export const MARK_SCREENS: readonly (readonly [name: string, draw: (mark: JsonMark) => ScreenElement])[] = [
  ['link', ({ attrs }) => (isSafeLink(attrs?.['href']) ? ['a', {}] : ['span', { class: 'unsafe-link' }])],
  ['bold', () => ['strong', {}]],
  ['italic', () => ['em', {}]],
  ['strike', () => ['s', {}]],
  ['underline', () => ['u', {}]],
  ['code', () => ['code', {}]],
  ['highlight', ({ attrs }) => ['mark', coloured(attrs)]],
  ['textStyle', ({ attrs }) => ['span', coloured(attrs)]],
]

/** Of a table that nobody has resized. */
const NARROWEST_PX = 80

function isDrawable(node: JsonNode, depth: number): boolean {
  if (!Object.hasOwn(NODE_SCREENS, node.type) || depth > DEEPEST) return false
  if (node.type === 'columns' && depth > 0) return false // as the schema says
  if (node.type === 'image' && uploadIdOf(node.attrs?.['src']) === undefined) return false
  return (node.content ?? []).every((child) => isDrawable(child, depth + 1))
}

function drawn(node: JsonNode): ScreenNode[] {
  const draw = NODE_SCREENS[node.type]
  return draw === undefined ? [] : [draw(node)]
}

function contents({ content = [] }: JsonNode): ScreenNode[] {
  return content.flatMap(drawn)
}

function inside(tag: string, attributes: Readonly<Record<string, string>> = {}): DrawNode {
  return (node) => [tag, attributes, ...contents(node)]
}

/** What stands in a line, which is as high as one when it is empty, too. */
function line({ content = [] }: JsonNode): ScreenNode[] {
  const inLine = marked(content, 0)
  const isOpen = content.length === 0 || content.at(-1)?.type === 'hardBreak'
  return isOpen ? [...inLine, ['br', {}]] : inLine
}

/** Neighbours with the same mark are in one element; `from`: the marks before are around them already. */
function marked(content: readonly JsonNode[], from: number): ScreenNode[] {
  const screen: ScreenNode[] = []
  for (let at = 0; at < content.length;) {
    const outer = outermost(content[at]!, from)
    if (outer === undefined) {
      screen.push(...drawn(content[at]!))
      at += 1
      continue
    }
    const [rank, mark] = outer
    const other = content.findIndex((node, index) => index > at && !isSameMark(outermost(node, from)?.[1], mark))
    const end = other === -1 ? content.length : other
    screen.push([...MARK_SCREENS[rank]![1](mark), ...marked(content.slice(at, end), rank + 1)])
    at = end
  }
  return screen
}

/** Of attributes that are no plain values not even what is equal is the same: it stands in two elements then. */
function isSameMark(one: JsonMark | undefined, other: JsonMark): boolean {
  if (one?.type !== other.type) return false
  const [mine, others] = [Object.entries(one.attrs ?? {}), other.attrs ?? {}]
  return mine.length === Object.keys(others).length && mine.every(([name, value]) => others[name] === value)
}

function outermost({ marks = [] }: JsonNode, from: number): [rank: number, mark: JsonMark] | undefined {
  for (let rank = from; rank < MARK_SCREENS.length; rank++) {
    const mark = marks.find(({ type }) => type === MARK_SCREENS[rank]![0])
    if (mark !== undefined) return [rank, mark]
  }
  return undefined
}

/** What there is room for, of a node and what is in it. */
function cut(node: ScreenNode, room: { elements: number; chars: number }): ScreenNode[] {
  if (room.elements <= 0 || room.chars <= 0) return []
  if (typeof node === 'string') {
    const text = node.slice(0, room.chars)
    room.chars -= text.length
    return [text]
  }
  const [tag, attributes, ...inner] = node
  room.elements -= 1
  room.chars -= JSON.stringify(attributes).length
  return [[tag, attributes, ...inner.flatMap((child) => cut(child, room))]]
}

function cell(tag: 'th' | 'td', node: JsonNode): ScreenElement {
  const side = node.attrs?.['align']
  const style = side === 'left' || isAlignment(side) ? { style: `text-align: ${side}` } : {}
  return [
    tag,
    { colspan: String(span(node, 'colspan')), rowspan: String(span(node, 'rowspan')), ...style },
    ...contents(node),
  ]
}

/** In px, by the cells of its first row; undefined: nobody has set it. */
function columnWidths({ content = [] }: JsonNode): (number | undefined)[] {
  const cells = content[0]?.content ?? []
  return cells
    .flatMap((node) => {
      const said: unknown = node.attrs?.['colwidth']
      const widths: readonly unknown[] = Array.isArray(said) ? said : []
      return Array.from({ length: span(node, 'colspan') }, (_, index) => {
        const width = widths[index]
        return typeof width === 'number' && width > 0 && width <= 10_000 ? width : undefined
      })
    })
    .slice(0, MOST_COLUMNS)
}

function span(node: JsonNode, name: 'colspan' | 'rowspan'): number {
  return Math.min(MOST_SPAN, Math.max(1, wholeNumber(node, name)))
}

/** 1 for what is no number. */
function wholeNumber({ attrs }: JsonNode, name: string): number {
  const value = attrs?.[name]
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : 1
}

function aligned({ attrs }: JsonNode): Record<string, string> {
  const side = attrs?.['textAlign']
  return isAlignment(side) ? { 'data-align': side } : {}
}

function coloured(attrs: JsonMark['attrs']): Record<string, string> {
  const colour = attrs?.['color']
  return isColour(colour) ? { 'data-color': colour } : {}
}

function textOr(value: unknown, chars: number, other: string): string {
  return (typeof value === 'string' && value.slice(0, chars)) || other
}

/** The room of a sign. */
function icon(px: number): ScreenElement {
  return ['span', { style: `display:block;width:${px}px;height:${px}px` }]
}
