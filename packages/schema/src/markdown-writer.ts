import { inlineOf, writeCertainLine } from './markdown-certain-line.ts'
import { columnTag } from './markdown-columns.ts'
import { textOf, type JsonNode } from './markdown-json.ts'
import { INLINE_ATOMS, isInline, writeLine } from './markdown-line.ts'
import { writeFile, writeImage, writeImageInline } from './markdown-media.ts'
import { writeTable } from './markdown-table.ts'
import { formulaOf } from './mathematics.ts'
import { MOST_FORMULA_LINES } from './markdown-signs.ts'
import { calloutKind, isAlignment, type CalloutKind } from './palette.ts'

interface Place {
  /** Inside a list item `---` would become a list of lists, and a heading's underline. */
  readonly inItem: boolean
  /** Lists next to each other are told apart by their markers. */
  readonly secondMarker: boolean
}

/** As GitHub calls the kinds of callouts. */
const ALERTS: Readonly<Record<CalloutKind, string>> = {
  note: 'NOTE',
  tip: 'TIP',
  warning: 'WARNING',
  danger: 'CAUTION',
}

type WriteBlock = (node: JsonNode, place: Place) => string

/** One writer for every block of the schema, which a test checks. What only exists within others is written by them. */
export const BLOCK_WRITERS: Readonly<Record<string, WriteBlock>> = {
  doc: (node) => writeBlocks(node.content, { inItem: false }),
  paragraph: (node) => writeText(node, ''),
  heading: (node) => writeText(node, `${'#'.repeat(headingLevel(node))} `),
  blockquote: (node) => prefixed(writeBlocks(node.content, { inItem: false }), '> '),
  bulletList: (node, place) => writeList(node, () => `${bullet(place)} `),
  orderedList: (node, place) => {
    const start = Math.max(0, Math.trunc(Number(node.attrs?.['start'] ?? 1)) || 0)
    return writeList(node, (index) => `${start + index}${place.secondMarker ? ')' : '.'} `)
  },
  taskList: (node, place) =>
    writeList(node, (_, item) => `${bullet(place)} [${item.attrs?.['checked'] === true ? 'x' : ' '}] `),
  codeBlock: writeCodeBlock,
  callout: writeCallout,
  details: writeDetails,
  columns: writeColumns,
  blockMath: writeFormula,
  horizontalRule: (_, place) => (place.inItem ? '___' : '---'),
  image: writeImage,
  file: writeFile,
  table: (node) => writeTable(node, writeImageInline),
}

/** Nodes that are written by the block or line they stand in. */
export const INNER_NODES = [
  'text',
  'hardBreak',
  'listItem',
  'taskItem',
  'tableRow',
  'tableHeader',
  'tableCell',
  'detailsSummary',
  'detailsContent',
  'column',
  ...INLINE_ATOMS,
] as const

/**
 * The document as Markdown (CommonMark, tables, task lists, GitHub's alerts and formulas; HTML tags where Markdown has no sign).
 * Reading it gives the same document back, except for what Markdown cannot say: empty paragraphs, spans and blocks in
 * table cells, tables without a header, widths of columns, the alignment of a task's first line. No text is lost in any case, not even of nodes that this version does not know.
 */
export function writeMarkdown(document: JsonNode): string {
  const markdown = writeBlocks(document.content, { inItem: false })
  return markdown === '' ? '' : `${markdown}\n`
}

function writeBlocks(nodes: readonly JsonNode[] = [], { inItem }: { inItem: boolean }): string {
  let secondMarker = false
  let previous: string | undefined
  const written = nodes.map((node) => {
    secondMarker = listKind(node) !== undefined && listKind(node) === previous && !secondMarker
    previous = listKind(node)
    return writeBlock(node, { inItem, secondMarker })
  })
  return written.filter((text) => text !== '').join('\n\n')
}

function writeBlock(node: JsonNode, place: Place): string {
  const writer = BLOCK_WRITERS[node.type]
  if (writer !== undefined) return withAlignment(node, writer(node, place))
  // A newer page's block: what is in it, or its text.
  const isText = (node.content ?? []).some(isInline)
  return isText || node.text !== undefined
    ? writeText({ type: 'paragraph', content: node.content ?? [node] }, '')
    : writeBlocks(node.content, place)
}

/** Around what stands in the middle or on the right, as GitHub has it. */
function withAlignment({ attrs, type }: JsonNode, text: string): string {
  const alignment = attrs?.['textAlign']
  const isAligned = (type === 'paragraph' || type === 'heading') && isAlignment(alignment) && text !== ''
  return isAligned ? `<div align="${alignment}">\n\n${text}\n\n</div>` : text
}

/** Two lists of one type next to each other would be read as one. Bullets and tasks are told apart by the boxes. */
function listKind({ type }: JsonNode): string | undefined {
  return type === 'orderedList' || type === 'bulletList' || type === 'taskList' ? type : undefined
}

function bullet({ secondMarker }: Place): string {
  return secondMarker ? '+' : '-'
}

function headingLevel(node: JsonNode): number {
  return Math.min(6, Math.max(1, Math.trunc(Number(node.attrs?.['level'])) || 1))
}

/** A paragraph, or with a sign before it a heading, which is one line. */
function writeText(node: JsonNode, sign: string): string {
  const type = sign === '' ? 'paragraph' : 'heading'
  const line = writeCertainLine(inlineOf(node), {
    breaks: sign === '' ? 'lines' : 'tags',
    embed: (text) => sign + text,
    find: (blocks) => (blocks.length === 1 && blocks[0]?.type === type ? (blocks[0].content ?? []) : undefined),
  })
  return (sign + line).trimEnd()
}

function prefixed(text: string, prefix: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? prefix.trimEnd() : prefix + line))
    .join('\n')
}

function writeList(list: JsonNode, marker: (index: number, item: JsonNode) => string): string {
  const items = list.content ?? []
  const between = items.every(isTight) ? '\n' : '\n\n'
  return items.map((item, index) => writeItem(item, marker(index, item), between)).join(between)
}

function writeItem({ content = [] }: JsonNode, sign: string, between: string): string {
  // What belongs to an item stands below its text, which starts after the marker; a box is part of the text.
  const box = /\[.\] $/.exec(sign)?.[0] ?? ''
  const indent = ' '.repeat(sign.length - box.length)
  const [first, ...rest] = content
  const head =
    box +
    (first === undefined
      ? ''
      : writeBlock(box === '' ? first : leftAligned(first), { inItem: true, secondMarker: false }))
  const body = [head, writeBlocks(rest, { inItem: true })]
    .filter((text) => text !== '')
    .join(box === head ? '\n\n' : between)
  return (sign.slice(0, indent.length) + prefixed(body, indent).slice(indent.length)).trimEnd()
}

/** A box stands before text only, not before HTML. */
function leftAligned(node: JsonNode): JsonNode {
  return { ...node, attrs: { ...node.attrs, textAlign: null } }
}

/** Whether an item is one line, with at most lists below it that may follow a line of text directly. */
function isTight({ content = [] }: JsonNode): boolean {
  const [first, ...rest] = content
  const isText =
    first?.type === 'paragraph' && (first.content ?? []).length > 0 && !isAlignment(first.attrs?.['textAlign'])
  return (isText || content.length <= 1) && rest.every((node) => listKind(node) !== undefined && mayInterrupt(node))
}

function mayInterrupt(list: JsonNode): boolean {
  const text = list.content?.[0]?.content?.[0]
  const startsWithOne = list.type !== 'orderedList' || Number(list.attrs?.['start'] ?? 1) === 1
  return startsWithOne && text?.type === 'paragraph' && (text.content ?? []).length > 0
}

function writeCodeBlock(node: JsonNode): string {
  const code = textOf(node)
  const named = node.attrs?.['language']
  const language = typeof named === 'string' ? named.replace(/\s+/g, ' ') : ''
  const sign = language.includes('`') ? '~' : '`'
  const longest = Math.max(2, ...[...code.matchAll(sign === '`' ? /`+/g : /~+/g)].map(([run]) => run.length))
  const fence = sign.repeat(longest + 1)
  return `${fence}${language.replace(/[\\&]/g, '\\$&')}\n${code === '' ? '' : `${code}\n`}${fence}`
}

/** An alert of GitHub's. The text follows its line directly where it cannot be mistaken for something that begins there. */
function writeCallout(node: JsonNode): string {
  const inside = writeBlocks(node.content, { inItem: false })
  const follows = node.content?.[0]?.type === 'paragraph' && /^(?:\*\*?)?\p{L}/u.test(inside)
  return prefixed(`[!${ALERTS[calloutKind(node.attrs?.['kind'])]}]${follows ? '\n' : '\n\n'}${inside}`.trimEnd(), '> ')
}

function writeDetails(node: JsonNode): string {
  const isContent = ({ type }: JsonNode) => type === 'detailsContent'
  const summaries = (node.content ?? []).filter((child) => !isContent(child)).flatMap(inlineOf)
  const inside = writeBlocks(
    (node.content ?? []).filter(isContent).flatMap(({ content = [] }) => content),
    { inItem: false },
  )
  const summary = writeLine(summaries, 'literal', 'tags', 'entities')
  return ['<details>\n<summary>' + summary + '</summary>', inside, '</details>']
    .filter((text) => text !== '')
    .join('\n\n')
}

/** In HTML, as Markdown has no sign for it; where that is not read, the columns stand below each other. */
function writeColumns({ content = [] }: JsonNode): string {
  const columns = content.map((column) =>
    [columnTag(column.attrs?.['width']), writeBlocks(column.content, { inItem: false }), '</div>']
      .filter((text) => text !== '')
      .join('\n\n'),
  )
  return ['<div class="columns">', ...columns, '</div>'].join('\n\n')
}

/** Between `$$`; as a fence when that could end within it. */
function writeFormula(node: JsonNode): string {
  const latex = formulaOf(node.attrs?.['latex'])
  const lines = latex === '' ? [] : latex.split('\n')
  if (lines.length > MOST_FORMULA_LINES || lines.some((line) => line.trim() === '$$') || latex.includes('\r'))
    return writeCodeBlock({ type: 'codeBlock', attrs: { language: 'math' }, content: [{ type: 'text', text: latex }] })
  return ['$$', ...lines, '$$'].join('\n')
}
