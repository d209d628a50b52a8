import { textOf, type JsonMark, type JsonNode } from './markdown-json.ts'
import { dayText, isDay } from './day.ts'
import { mentionOf, mentionText } from './mention.ts'
import { isColour } from './palette.ts'
import { isSafeLink } from './safe-url.ts'

/**
 * How inline content is written. `pretty`: the signs people use, escapes only where they are likely to be needed.
 * `literal`: HTML tags for marks and every sign escaped; ugly, and cannot be misread. The renderer reads back what
 * is pretty and falls back on what is literal (`**bold **text` does not mean bold, `<strong>bold </strong>text` does).
 */
export type LineStyle = 'pretty' | 'literal'

/** Nodes within a line that are one thing; a line break is no less one, but white space. */
export const INLINE_ATOMS = ['date', 'inlineMath', 'mention'] as const

type Delimiters = readonly [open: string, close: string]

/** How each mark is written, in both styles; a test holds it against the schema. What depends on attributes is written by functions. */
export const MARK_SIGNS: Readonly<Record<string, Readonly<Record<LineStyle, Delimiters>>>> = {
  bold: { pretty: ['**', '**'], literal: ['<strong>', '</strong>'] },
  italic: { pretty: ['*', '*'], literal: ['<em>', '</em>'] },
  strike: { pretty: ['~~', '~~'], literal: ['<s>', '</s>'] },
  underline: { pretty: ['<u>', '</u>'], literal: ['<u>', '</u>'] },
  code: { pretty: ['', ''], literal: ['<code>', '</code>'] },
  link: { pretty: ['[', ''], literal: ['[', ''] },
  highlight: { pretty: ['==', '=='], literal: ['<mark>', '</mark>'] },
  textStyle: { pretty: ['', '</span>'], literal: ['', '</span>'] },
}

/** Inline content, of marks that can be written, as Markdown. Line breaks are `\` and a new line when `breaks` are allowed there, else `<br>`. */
export function writeLine(
  content: readonly JsonNode[],
  style: LineStyle,
  breaks: 'lines' | 'tags',
  signs: 'escapes' | 'entities' = 'escapes',
): string {
  const open: JsonMark[] = []
  let line = ''
  const closeDownTo = (depth: number) => {
    while (open.length > depth) line += close(open.pop() as JsonMark, style)
  }
  content.forEach((node, index) => {
    const wanted = node.marks ?? []
    const kept = open.findIndex((mark) => !wanted.some((other) => sameMark(mark, other)))
    if (kept >= 0) closeDownTo(kept)
    for (const mark of longestFirst(wanted, content, index)) {
      if (open.some((other) => sameMark(mark, other))) continue
      line += openSign(mark, style)
      open.push(mark)
    }
    const written = writeNode(node, style, index < content.length - 1 ? breaks : 'tags')
    line += signs === 'entities' ? asEntities(written) : written
  })
  closeDownTo(0)
  if (signs === 'entities') return line
  // Alone on a line the tag would begin a block of HTML that swallows the lines after it.
  if (line === '<br>') return '<u></u><br>'
  return line.split('\n').map(encodeEdges).join('\n')
}

/** Within HTML a backslash would be seen; an entity is not, and is no sign of Markdown either. */
function asEntities(literal: string): string {
  // An exclamation mark before a link would make a picture of it.
  const isHarmless = (sign: string, end: number) => /[.,;?()'"%/-]/.test(sign) || (sign === '!' && end < literal.length)
  const entity = (escaped: string, sign: string, at: number) =>
    isHarmless(sign, at + escaped.length) ? sign : `&#${sign.charCodeAt(0)};`
  return literal.replace(/\\([!-/:-@[-`{-~])/g, entity)
}

/** The marks that can be written. A newer page's mark is left out; a link to somewhere unsafe is its text. */
export function writableMarks(marks: readonly JsonMark[]): readonly JsonMark[] {
  return marks.filter(({ type, attrs }) => {
    if (type === 'link') return isSafeLink(attrs?.['href'])
    return type === 'textStyle' ? isColour(attrs?.['color']) : Object.hasOwn(MARK_SIGNS, type)
  })
}

function sameMark(one: JsonMark, other: JsonMark): boolean {
  return one.type === other.type && JSON.stringify(one.attrs ?? {}) === JSON.stringify(other.attrs ?? {})
}

/** What goes on longest is opened first, so that it need not be closed and opened again. Code is always innermost. */
function longestFirst(marks: readonly JsonMark[], content: readonly JsonNode[], from: number): JsonMark[] {
  const reach = (mark: JsonMark) => {
    if (mark.type === 'code') return -1
    const end = content.findIndex(
      (node, index) => index > from && !(node.marks ?? []).some((other) => sameMark(mark, other)),
    )
    return end < 0 ? content.length : end
  }
  return marks
    .map((mark) => ({ mark, reach: reach(mark) }))
    .sort((a, b) => b.reach - a.reach)
    .map(({ mark }) => mark)
}

function openSign(mark: JsonMark, style: LineStyle): string {
  const colour = mark.attrs?.['color']
  if (isColour(colour)) return `<${mark.type === 'highlight' ? 'mark' : 'span'} data-color="${colour}">`
  return MARK_SIGNS[mark.type]?.[style][0] ?? ''
}

function close(mark: JsonMark, style: LineStyle): string {
  if (mark.type === 'highlight' && isColour(mark.attrs?.['color'])) return '</mark>'
  if (mark.type !== 'link') return MARK_SIGNS[mark.type]?.[style][1] ?? ''
  return `](${destination(String(mark.attrs?.['href']), mark.attrs?.['title'])})`
}

function writeNode(node: JsonNode, style: LineStyle, breaks: 'lines' | 'tags'): string {
  if (node.type === 'hardBreak') return breaks === 'lines' ? '\\\n' : '<br>'
  if (node.type !== 'text') return writeAtom(node, style)
  const text = textOf(node)
  if (style === 'literal') return escapeAll(text)
  return node.marks?.some((mark) => mark.type === 'code') ? codeSpan(text) : escape(text)
}

function writeAtom(node: JsonNode, style: LineStyle): string {
  const text = textOf(node)
  if (node.type === 'date') return `<time datetime="${dayText(node.attrs?.['date'])}">${text}</time>`
  if (node.type === 'inlineMath')
    return style === 'pretty' ? `$${text}$` : `<code class="math">${escapeAll(text)}</code>`
  const mention = mentionOf(node.attrs ?? {})
  const label = style === 'pretty' ? escape(text) : escapeAll(text)
  return mention === undefined ? label : `[${label}](mention:${mention.kind}/${mention.id})`
}

export function isInline({ type }: JsonNode): boolean {
  return type === 'text' || type === 'hardBreak' || INLINE_ATOMS.some((name) => name === type)
}

/** Whether an inline node can be written as what it is; else it is written as its text. */
export function isWritableAtom({ type, attrs = {} }: JsonNode): boolean {
  if (type === 'date') return isDay(attrs['date'])
  return type === 'mention' ? mentionOf(attrs) !== undefined && mentionText(attrs) !== '' : type === 'inlineMath'
}

/** Between more backticks than it contains. What a span cannot hold (a line break, only spaces) is found when read back. */
function codeSpan(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const padding = /^`|`$|^ .* $/.test(text) ? ' ' : ''
  return `${fence}${padding}${text}${padding}${fence}`
}

/** Where a link or image leads, with its title, as they stand between parentheses. */
export function destination(url: string, title: unknown): string {
  const plain = /^[\w./:?#@!$+,;=%~-]+$/.test(url)
  const target = plain
    ? url
    : `<${url.replace(/[\\<>&]/g, '\\$&').replace(/\s/g, (space) => (space === ' ' ? ' ' : encodeURI(space)))}>`
  if (typeof title !== 'string' || title === '') return target
  return `${target} "${title.replace(/[\\"&]/g, '\\$&').replace(/\s*\n\s*/g, ' ')}"`
}

/** Signs that mean something wherever they stand, and those that do at the start of a line. */
function escape(text: string): string {
  return text
    .replace(
      /[\\`*[\]]|~~|==|\$(?=\S[^$]*\$)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z/!?])|&(?=#?\w+;)|(?<=https?):(?=\/\/)/giu,
      '\\$&',
    )
    .replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s)|>|[-=]+\s*$|:::)/, '\\$&')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
    .replace(/[\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** Every ASCII sign, and white space that is no plain space. Also what an image says in place of its picture. */
export function escapeAll(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replace(/[\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

/** White space at the ends of a line is dropped by readers of Markdown, unless it is written as what it is. */
function encodeEdges(line: string): string {
  const encode = (space: string) => space.replace(/./gsu, (sign) => `&#${sign.codePointAt(0)};`)
  return line.replace(/^\s+/, encode).replace(/\s+(?=\\?$)/, encode)
}
