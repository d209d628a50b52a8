import { codeLanguage } from './code-languages.ts'
import { columnWidth } from './columns.ts'
import { isDay } from './day.ts'
import { element, escapeHtml, openTag } from './html-text.ts'
import { imageLook } from './image-look.ts'
import { textOf, type JsonMark, type JsonNode } from './markdown-json.ts'
import { formulaOf } from './mathematics.ts'
import { mentionOf, mentionText } from './mention.ts'
import { calloutKind, isAlignment, isColour } from './palette.ts'
import { isSafeImage, isSafeLink } from './safe-url.ts'
import { fileName, fileOf, sizeText } from './upload.ts'

export interface HtmlSettings {
  /** What addresses without a host are meant from; a file on a disk has none of its own. */
  readonly base: string
  /** A formula as markup that is put in as it is; undefined when it cannot be drawn. */
  formula(latex: string, options: { readonly display: boolean }): string | undefined
  /** A day (as `2026-11-22`) as people write it. */
  day(day: string): string
  /** What a picture is shown from (a data: URL, say), by its address in the document; undefined: from where it is. */
  picture(src: string): string | undefined
}

type WriteNode = (node: JsonNode, settings: HtmlSettings) => string

/** One writer for every node of the schema, which a test checks. Attributes are an update's, so anything. */
export const NODE_HTML: Readonly<Record<string, WriteNode>> = {
  doc: contentHtml,
  text: ({ text = '' }) => escapeHtml(text),
  hardBreak: () => '<br>',
  paragraph: (node, settings) => element('p', { style: alignment(node) }, contentHtml(node, settings)),
  heading: (node, settings) =>
    element(`h${headingLevel(node)}`, { style: alignment(node) }, contentHtml(node, settings)),
  blockquote: wrapped('blockquote'),
  bulletList: wrapped('ul'),
  orderedList: (node, settings) => {
    const start = Math.trunc(Number(node.attrs?.['start'] ?? 1)) || 0
    return element('ol', { start: start === 1 ? undefined : start }, contentHtml(node, settings))
  },
  listItem: wrapped('li'),
  taskList: (node, settings) => element('ul', { 'data-type': 'taskList' }, contentHtml(node, settings)),
  taskItem: writeTask,
  codeBlock: (node) => {
    const language = codeLanguage(node.attrs?.['language'])
    const code = element(
      'code',
      { class: language === undefined ? undefined : `language-${language}` },
      escapeHtml(textOf(node)),
    )
    return element('pre', {}, code)
  },
  horizontalRule: () => '<hr>',
  image: writeImage,
  file: writeFile,
  callout: (node, settings) =>
    element(
      'div',
      { 'data-type': 'callout', 'data-kind': calloutKind(node.attrs?.['kind']) },
      contentHtml(node, settings),
    ),
  details: (node, settings) => element('details', { open: true }, contentHtml(node, settings)),
  detailsSummary: wrapped('summary'),
  detailsContent: (node, settings) => element('div', { 'data-type': 'detailsContent' }, contentHtml(node, settings)),
  columns: (node, settings) => element('div', { 'data-type': 'columns' }, contentHtml(node, settings)),
  column: (node, settings) => {
    const width = columnWidth(node.attrs?.['width'])
    const style = width === undefined ? undefined : `flex:${width}`
    return element('div', { 'data-type': 'column', 'data-width': width, style }, contentHtml(node, settings))
  },
  inlineMath: (node, settings) => writeFormula(node, settings, { display: false }),
  blockMath: (node, settings) => element('div', { class: 'formula' }, writeFormula(node, settings, { display: true })),
  date: ({ attrs }, settings) => {
    const day = attrs?.['date']
    return isDay(day) ? element('time', { datetime: day }, escapeHtml(settings.day(day))) : element('time', {}, '?')
  },
  mention: ({ attrs = {} }, { base }) => {
    const mention = mentionOf(attrs)
    if (mention?.kind !== 'document') return element('span', { class: 'mention' }, escapeHtml(mentionText(attrs)))
    const href = new URL(`/d/${mention.id}`, base).href
    return element('a', { class: 'mention', href, rel: REL }, escapeHtml(mentionText(mention)))
  },
  table: (node, settings) =>
    element('div', { class: 'table' }, element('table', {}, element('tbody', {}, contentHtml(node, settings)))),
  tableRow: wrapped('tr'),
  tableHeader: (node, settings) => writeCell('th', node, settings),
  tableCell: (node, settings) => writeCell('td', node, settings),
}

type WriteMark = (mark: JsonMark, content: string, settings: HtmlSettings) => string

/** One writer for every mark of the schema, which a test checks. */
export const MARK_HTML: Readonly<Record<string, WriteMark>> = {
  bold: (_, content) => element('strong', {}, content),
  italic: (_, content) => element('em', {}, content),
  strike: (_, content) => element('s', {}, content),
  underline: (_, content) => element('u', {}, content),
  code: (_, content) => element('code', {}, content),
  highlight: ({ attrs }, content) => element('mark', { 'data-color': colour(attrs) }, content),
  textStyle: ({ attrs }, content) => element('span', { 'data-color': colour(attrs) }, content),
  link: ({ attrs }, content, { base }) => {
    const { href, title } = attrs ?? {}
    if (!isSafeLink(href)) return content
    return element('a', { href: new URL(href, base).href, title: textOrNothing(title), rel: REL }, content)
  },
}

const REL = 'noopener noreferrer nofollow'
const MOST_SPAN = 100
/** Whose content is a line. */
const LINES: ReadonlySet<string> = new Set(['paragraph', 'heading', 'detailsSummary'])

/** The text as HTML, without a page around it. Whatever the document holds, nothing in it runs, and of nodes that are not known their text stays. */
export function writeHtml(document: JsonNode, settings: HtmlSettings): string {
  return contentHtml(document, settings)
}

function contentHtml({ type, content = [] }: JsonNode, settings: HtmlSettings): string {
  // What a newer page calls a node of its own: its text stays, as a line's or as a block's.
  const around = LINES.has(type) ? 'span' : 'div'
  return content.map((node) => nodeHtml(node, around, settings)).join('')
}

function nodeHtml(node: JsonNode, around: 'span' | 'div', settings: HtmlSettings): string {
  const write = Object.hasOwn(NODE_HTML, node.type) ? NODE_HTML[node.type] : undefined
  const html = write === undefined ? element(around, {}, contentHtml(node, settings)) : write(node, settings)
  return (node.marks ?? []).reduceRight((inside, mark) => {
    const writeMark = Object.hasOwn(MARK_HTML, mark.type) ? MARK_HTML[mark.type] : undefined
    return writeMark === undefined ? inside : writeMark(mark, inside, settings)
  }, html)
}

function wrapped(name: string): WriteNode {
  return (node, settings) => element(name, {}, contentHtml(node, settings))
}

function headingLevel({ attrs }: JsonNode): number {
  return Math.min(6, Math.max(1, Math.trunc(Number(attrs?.['level'])) || 1))
}

function alignment({ attrs }: JsonNode): string | undefined {
  const side = attrs?.['textAlign']
  return isAlignment(side) ? `text-align:${side}` : undefined
}

function writeTask(node: JsonNode, settings: HtmlSettings): string {
  const isChecked = node.attrs?.['checked'] === true
  const box = openTag('input', { type: 'checkbox', disabled: true, checked: isChecked ? true : undefined })
  const label = element('label', {}, box)
  return element(
    'li',
    { 'data-type': 'taskItem', 'data-checked': String(isChecked) },
    label + element('div', {}, contentHtml(node, settings)),
  )
}

function writeImage({ attrs = {} }: JsonNode, { base, picture }: HtmlSettings): string {
  const { src, alt, title } = attrs
  const { caption, width, align } = imageLook(attrs)
  const below = caption === '' ? '' : element('figcaption', {}, escapeHtml(caption))
  const text = textOrNothing(alt) ?? ''
  if (!isSafeImage(src)) return text + below === '' ? '' : element('p', {}, escapeHtml(`${text} ${caption}`.trim()))
  const img = openTag('img', { src: picture(src) ?? new URL(src, base).href, alt: text, title: textOrNothing(title) })
  if (caption === '' && width === undefined && align === undefined) return img
  const style = width === undefined ? undefined : `width:${width}%`
  return element('figure', { 'data-width': width, 'data-align': align, style }, img + below)
}

/** A file itself is not in the page; who may read the document can get it from where it is. */
function writeFile({ attrs = {} }: JsonNode, { base }: HtmlSettings): string {
  const file = fileOf(attrs)
  if (file === undefined) return element('p', {}, escapeHtml(fileName(attrs['name'])))
  const link = element('a', { href: new URL(file.src, base).href, rel: REL }, escapeHtml(file.name))
  return element('p', { class: 'file' }, file.size === undefined ? link : `${link} (${sizeText(file.size)})`)
}

function writeFormula({ attrs }: JsonNode, settings: HtmlSettings, how: { readonly display: boolean }): string {
  const latex = formulaOf(attrs?.['latex'])
  return settings.formula(latex, how) ?? element('code', {}, escapeHtml(latex))
}

function writeCell(name: 'th' | 'td', node: JsonNode, settings: HtmlSettings): string {
  const { align } = node.attrs ?? {}
  const side = align === 'left' || isAlignment(align) ? align : undefined
  const spans = { colspan: span(node, 'colspan'), rowspan: span(node, 'rowspan') }
  return element(name, { ...spans, style: side && `text-align:${side}` }, contentHtml(node, settings))
}

function span({ attrs }: JsonNode, name: 'colspan' | 'rowspan'): number | undefined {
  const count = Math.min(MOST_SPAN, Math.trunc(Number(attrs?.[name])) || 1)
  return count > 1 ? count : undefined
}

function colour(attrs: JsonMark['attrs']): string | undefined {
  const name = attrs?.['color']
  return isColour(name) ? name : undefined
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
