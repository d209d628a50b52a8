import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it'
import { readContainer } from './markdown-containers.ts'
import { LONGEST_FORMULA } from './mathematics.ts'

/** Lines that a formula may have between its two `$$`; what is longer is not looked through to its end. */
export const MOST_FORMULA_LINES = 200
/** Dollars after the first that are looked at: a page full of prices must not be looked through from each of them. */
const MOST_DOLLARS = 8
const DOLLAR = 0x24
const EQUALS = 0x3d

/** Signs beyond CommonMark: `==highlight==`, `$formula$`, `$$` on lines of their own, and `:::note` up to `:::`. */
export function withOurSigns(parser: MarkdownIt): MarkdownIt {
  parser.inline.ruler.after('escape', 'formula', readFormula)
  parser.inline.ruler.before('emphasis', 'highlight', readEquals)
  parser.inline.ruler2.before('emphasis', 'highlight', pairEquals)
  parser.block.ruler.before('fence', 'formula', readFormulaBlock, { alt: ['paragraph', 'blockquote', 'list'] })
  parser.block.ruler.before('fence', 'container', readContainer, { alt: ['paragraph', 'blockquote', 'list'] })
  return parser
}

type InlineRule = (state: StateInline, silent: boolean) => boolean
type BlockRule = (state: StateBlock, startLine: number, endLine: number, silent: boolean) => boolean

/** As Pandoc: no space just inside, no digit after, nor a word before, so that 5$ and 6$ are prices. */
const readFormula: InlineRule = (state, silent) => {
  const { src, pos } = state
  if (/[\w$]/.test(src.charAt(pos - 1))) return false
  if (src.charCodeAt(pos) !== DOLLAR || !/\S/.test(src.charAt(pos + 1)) || src.charCodeAt(pos + 1) === DOLLAR)
    return false
  let end = pos
  for (let looked = 0; looked < MOST_DOLLARS; looked++) {
    end = src.indexOf('$', end + 1)
    if (end < 0 || end > state.posMax || end - pos > LONGEST_FORMULA) return false
    const before = src.slice(pos + 1, end)
    const isEscaped = (/\\*$/.exec(before)?.[0].length ?? 0) % 2 === 1
    if (isEscaped || /\s$/.test(before) || /\d/.test(src.charAt(end + 1))) continue
    if (before.includes('\n')) return false
    if (!silent) state.push('formula', 'code', 0).content = before
    state.pos = end + 1
    return true
  }
  return false
}

/** Pairs of `=` as delimiters, which `pairEquals` makes tags of; a third stays text. */
const readEquals: InlineRule = (state, silent) => {
  if (silent || state.src.charCodeAt(state.pos) !== EQUALS) return false
  const { length, can_open: open, can_close: close } = state.scanDelims(state.pos, true)
  if (length < 2) return false
  if (length % 2 === 1) state.push('text', '', 0).content = '='
  for (let index = length % 2; index < length; index += 2) {
    state.push('text', '', 0).content = '=='
    state.delimiters.push({ marker: EQUALS, length: 0, token: state.tokens.length - 1, end: -1, open, close })
  }
  state.pos += length
  return true
}

const pairEquals = (state: StateInline): boolean => {
  pairIn(state, state.delimiters)
  for (const meta of state.tokens_meta) if (meta?.delimiters) pairIn(state, meta.delimiters)
  return false
}

function pairIn(state: StateInline, delimiters: StateInline['delimiters']): void {
  for (const start of delimiters) {
    const end = start.marker === EQUALS && start.end >= 0 ? delimiters[start.end] : undefined
    const [opening, closing] = [state.tokens[start.token], end && state.tokens[end.token]]
    if (!opening || !closing) continue
    Object.assign(opening, { type: 'mark_open', tag: 'mark', nesting: 1, markup: '==', content: '' })
    Object.assign(closing, { type: 'mark_close', tag: 'mark', nesting: -1, markup: '==', content: '' })
  }
}

/** `$$`, lines, `$$`; or all of it on one line. */
const readFormulaBlock: BlockRule = (state, startLine, endLine, silent) => {
  const lineAt = (line: number) =>
    state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trimEnd()
  const first = lineAt(startLine)
  if (!first.startsWith('$$') || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false
  const oneLine = /^\$\$(?=\S)([^$]*)\$\$$/.exec(first)
  let last = startLine
  if (oneLine === null) {
    if (first !== '$$') return false
    const isWithin = (line: number) => line < endLine && line - startLine <= MOST_FORMULA_LINES + 1
    const isOutside = (line: number) => lineAt(line) !== '' && (state.sCount[line] ?? 0) < state.blkIndent
    do last++
    while (isWithin(last) && !isOutside(last) && lineAt(last) !== '$$')
    if (!isWithin(last) || isOutside(last)) return false
  }
  const inside = oneLine?.[1] ?? state.getLines(startLine + 1, last, state.sCount[startLine] ?? 0, false)
  if (inside.length > LONGEST_FORMULA) return false
  if (silent) return true
  state.line = last + 1
  const token = state.push('formula_block', 'math', 0)
  token.content = inside
  token.map = [startLine, state.line]
  return true
}
