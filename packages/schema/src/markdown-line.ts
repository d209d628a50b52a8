import { textOf, type JsonMark, type JsonNode } from './markdown-json.ts'
import { isSafeLink } from './safe-url.ts'

/**
 * How inline content is written. `pretty`: the signs people use, escapes only where they are likely to be needed.
 * `literal`: HTML tags for marks and every sign escaped; ugly, and cannot be misread. The renderer reads back what
 * is pretty and falls back on what is literal (`**bold **text` does not mean bold, `<strong>bold </strong>text` does).
 */
export type LineStyle = 'pretty' | 'literal'

type Delimiters = readonly [open: string, close: string]

/** How each mark is written, in both styles; a test holds it against the schema. Code and links are written by functions. */
export const MARK_SIGNS: Readonly<Record<string, Readonly<Record<LineStyle, Delimiters>>>> = {
  bold: { pretty: ['**', '**'], literal: ['<strong>', '</strong>'] },
  italic: { pretty: ['*', '*'], literal: ['<em>', '</em>'] },
  strike: { pretty: ['~~', '~~'], literal: ['<s>', '</s>'] },
  underline: { pretty: ['<u>', '</u>'], literal: ['<u>', '</u>'] },
  code: { pretty: ['', ''], literal: ['<code>', '</code>'] },
  link: { pretty: ['[', ''], literal: ['[', ''] },
}

/** Inline content, of marks that can be written, as Markdown. Line breaks are `\` and a new line when `breaks` are allowed there, else `<br>`. */
export function writeLine(content: readonly JsonNode[], style: LineStyle, breaks: 'lines' | 'tags'): string {
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
    line += writeNode(node, style, index < content.length - 1 ? breaks : 'tags')
  })
  closeDownTo(0)
  // Alone on a line the tag would begin a block of HTML that swallows the lines after it.
  if (line === '<br>') return '<u></u><br>'
  return line.split('\n').map(encodeEdges).join('\n')
}

/** The marks that can be written. A newer page's mark is left out; a link to somewhere unsafe is its text. */
export function writableMarks(marks: readonly JsonMark[]): readonly JsonMark[] {
  return marks.filter(
    ({ type, attrs }) => Object.hasOwn(MARK_SIGNS, type) && (type !== 'link' || isSafeLink(attrs?.['href'])),
  )
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
  return MARK_SIGNS[mark.type]?.[style][0] ?? ''
}

function close(mark: JsonMark, style: LineStyle): string {
  if (mark.type !== 'link') return MARK_SIGNS[mark.type]?.[style][1] ?? ''
  return `](${destination(String(mark.attrs?.['href']), mark.attrs?.['title'])})`
}

function writeNode(node: JsonNode, style: LineStyle, breaks: 'lines' | 'tags'): string {
  if (node.type === 'hardBreak') return breaks === 'lines' ? '\\\n' : '<br>'
  const text = textOf(node)
  if (style === 'literal') return escapeAll(text)
  return node.marks?.some((mark) => mark.type === 'code') ? codeSpan(text) : escape(text)
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
      /[\\`*[\]]|~~|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|<(?=[a-z/!?])|&(?=#?\w+;)|(?<=https?):(?=\/\/)/giu,
      '\\$&',
    )
    .replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s)|>|[-=]+\s*$)/, '\\$&')
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
