import { accented } from './omml-accents.ts'
import { childrenOf, columnSides, isOn, named, onlyChild, said, valueOf } from './omml-elements.ts'
import { FENCES, texOf, texOfSign, texOfWords } from './tex-signs.ts'

/** Elements within each other, of a formula; nobody writes such. */
const DEEPEST = 60

const FUNCTIONS =
  /^(?:arccos|arcsin|arctan|arg|cos|cosh|cot|coth|csc|deg|det|dim|exp|gcd|hom|inf|ker|lg|lim|liminf|limsup|ln|log|max|min|Pr|sec|sin|sinh|sup|tan|tanh)$/

/**
 * A formula of Word's (an `oMath` of ECMA-376, part 1, 22.1) as TeX that KaTeX draws. Of what is not known that is kept which it
 * holds. `isAlone`: no other line belongs to it. Throws RangeError when it is nested beyond what anybody writes.
 */
export function ommlToTex(
  formula: Element,
  { display, isAlone }: { readonly display: boolean; readonly isAlone: boolean },
): string {
  return inside(formula, { level: 1, display, mayBeNumbered: display && isAlone, isArray: false })
    .replace(/(\\[a-z]+) +(?=[ }^_&)\]]|$)/gi, '$1')
    .trim()
}

/** Where an element stands. */
interface Place {
  readonly level: number
  readonly display: boolean
  readonly mayBeNumbered: boolean
  /** In a line of an array of equations: `&` says where it is aligned. */
  readonly isArray: boolean
}

type Write = (element: Element, place: Place) => string

const WRITERS: Readonly<Record<string, Write>> = {
  r: run,
  f: (element, place) => {
    const [top, below] = [of(element, 'num', place), of(element, 'den', place)]
    switch (said(element, 'type')) {
      case 'noBar':
        return `{${top} \\atop ${below}}`
      case 'lin':
        return `{${top}}/{${below}}`
      case 'skw':
        return `{}^{${top}}\\!/_{${below}}`
      default:
        return `\\frac{${top}}{${below}}`
    }
  },
  rad: (element, place) => {
    const degree = isOn(element, 'degHide') ? '' : of(element, 'deg', place)
    return `\\sqrt${degree === '' ? '' : `[${degree.includes(']') ? `{${degree}}` : degree}]`}{${of(element, 'e', place)}}`
  },
  sSup: (element, place) => `${base(element, place)}${upper(element, place)}`,
  sSub: (element, place) => `${base(element, place)}${lower(element, place)}`,
  sSubSup: (element, place) => `${base(element, place)}${lower(element, place)}${upper(element, place)}`,
  sPre: (element, place) => `{}${lower(element, place)}${upper(element, place)}${base(element, place)}`,
  nary: (element, place) => {
    const written = texOfSign(said(element, 'chr') ?? '∫').trim()
    const sign = /^\\(?:sum|prod|coprod|i{0,2}int|iiint|oint|big[a-z]+)$/.test(written)
      ? written
      : `\\mathop{${written}}`
    const at = said(element, 'limLoc')
    const limits = [
      isOn(element, 'subHide') ? '' : lower(element, place),
      isOn(element, 'supHide') ? '' : upper(element, place),
    ].join('')
    // Only where TeX would do the other: beside a sum in a display, below an integral.
    const isUsual = at === undefined || (at === 'undOvr') === (place.display && !sign.endsWith('int'))
    const where = limits === '' || isUsual ? '' : at === 'undOvr' ? '\\limits' : '\\nolimits'
    return `${sign}${where}${limits} ${of(element, 'e', place)}`
  },
  d: delimited,
  m: (element, place) => environment(isAligned(element) ? 'aligned' : 'matrix', rowsOf(element, place)),
  eqArr: (element, place) => {
    const lines = linesOf(element, place)
    const isAligned = lines.some((line) => line.includes('&'))
    if (!isOn(element, 'maxDist') || !lines.some((line) => NUMBERED.test(line)))
      return environment(isAligned ? 'aligned' : 'gathered', lines)
    // Only a formula on a line of its own, and all of it, can have a number there.
    const isWhole = place.mayBeNumbered && place.level === 2 && onlyChild(element.parentNode as Element) === element
    const numbered = lines.map((line) => line.replace(NUMBERED, (_, number: string) => numberOf(number, isWhole)))
    if (numbered.length === 1) return numbered[0]!
    return environment(`${isAligned ? 'align' : 'gather'}${isWhole ? '*' : 'ed'}`, numbered)
  },
  acc: (element, place) => {
    const content = of(element, 'e', place)
    return accented(content, said(element, 'chr') ?? '\u0302', { isOne: isOne(content) })
  },
  bar: (element, place) => `\\${said(element, 'pos') === 'top' ? 'overline' : 'underline'}{${of(element, 'e', place)}}`,
  borderBox: (element, place) => {
    const content = of(element, 'e', place)
    if (isOn(element, 'strikeBLTR') && isOn(element, 'strikeTLBR')) return `\\xcancel{${content}}`
    if (isOn(element, 'strikeBLTR')) return `\\cancel{${content}}`
    if (isOn(element, 'strikeTLBR')) return `\\bcancel{${content}}`
    if (isOn(element, 'strikeH')) return `\\sout{${content}}`
    return `\\boxed{${content}}`
  },
  func: (element, place) => `${of(element, 'fName', place).trim()} ${of(element, 'e', place)}`,
  groupChr: (element, place) => {
    const [content, isTop] = [of(element, 'e', place), said(element, 'pos') === 'top']
    const sign = said(element, 'chr') ?? '⏟'
    if (sign === '⏞' || sign === '⏟') return `\\${sign === '⏞' ? 'overbrace' : 'underbrace'}{${content}}`
    return `\\${isTop ? 'overset' : 'underset'}{${texOf(sign).trim()}}{${content}}`
  },
  limLow: (element, place) => stacked(element, place, { command: 'underset', sign: '_' }),
  limUpp: (element, place) => stacked(element, place, { command: 'overset', sign: '^' }),
  phant: (element, place) => {
    const content = of(element, 'e', place)
    return isOn(element, 'show', true) ? content : `\\phantom{${content}}`
  },
}

/** Word has what stands behind the last # at the edge of the page: the number of an equation. */
const NUMBERED = /\\#((?:(?!\\#).)*)$/s

function numberOf(tex: string, isWhole: boolean): string {
  const number = tex
    .replace(/\\(?:left|right)(?=[([\])])/g, '')
    .replace(/^\\text\{(.*)\}$/s, '$1')
    .trim()
  if (!isWhole || !/^[\w ().,:*'[\]–-]+$/.test(number)) return `\\qquad ${number}`
  const [, inBrackets] = /^\(([^()]*)\)$/.exec(number) ?? []
  return inBrackets === undefined ? `\\tag*{${number}}` : `\\tag{${inBrackets}}`
}

/** Deleted, moved away, and what is there for programs that do not know better. */
const GONE: ReadonlySet<string> = new Set(['del', 'moveFrom', 'Fallback'])

/** What is in it, in order; deleted text of changes that are kept is not. */
function inside(element: Element, place: Place): string {
  if (place.level > DEEPEST) throw new RangeError('nested too deeply')
  let tex = ''
  for (const child of childrenOf(element)) {
    if (child.localName.endsWith('Pr') || GONE.has(child.localName)) continue
    const write = Object.hasOwn(WRITERS, child.localName) ? WRITERS[child.localName] : undefined
    tex += (write ?? inside)(child, { ...place, level: place.level + 1 })
  }
  return tex
}

function run(element: Element, { isArray }: Place): string {
  const text = named(element, 't')
    .map(({ textContent }) => textContent ?? '')
    .join('')
  const [look] = named(element, 'rPr')
  if (look !== undefined && isOn(look, 'nor', false, look)) return `\\text{${texOfWords(text)}}`
  if (isArray)
    return text
      .split('&')
      .map((part) => styled(part, look))
      .join('&')
  return styled(text, look)
}

function styled(text: string, look: Element | undefined): string {
  // Words in a formula: their spaces would not be seen.
  const tex = text
    .split(/(?<=\p{L}) (?=\p{L})/u)
    .map(texOf)
    .join('\\ ')
  if (look === undefined || tex.trim() === '') return tex
  const script = valueOf(named(look, 'scr')[0]) ?? 'roman'
  const style = valueOf(named(look, 'sty')[0])
  const bare = text.trim()
  const command = SCRIPTS.get(script)
  const scripted = command === undefined ? tex.trim() : `\\${command}{${tex.trim()}}`
  if (style === 'b' || style === 'bi')
    return command === undefined && style === 'b' && /^[a-z\d]+$/i.test(bare)
      ? `\\mathbf{${bare}}`
      : `\\boldsymbol{${scripted}}`
  if (command !== undefined) return scripted
  if (style !== 'p' || !/\p{L}/u.test(bare)) return tex
  if (FUNCTIONS.test(bare)) return `\\${bare} `
  return /^[a-z\d]$/i.test(bare) || !/^[a-z]+$/i.test(bare) ? `\\mathrm{${tex.trim()}}` : `\\operatorname{${bare}}`
}

const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['double-struck', 'mathbb'],
  ['script', 'mathcal'],
  ['fraktur', 'mathfrak'],
  ['sans-serif', 'mathsf'],
  ['monospace', 'mathtt'],
])

function delimited(element: Element, place: Place): string {
  const begin = said(element, 'begChr') ?? '('
  const end = said(element, 'endChr') ?? ')'
  const between = said(element, 'sepChr') ?? '|'
  const separator = FENCES.has(between) ? `\\middle${FENCES.get(between)} ` : texOf(between)
  const [only, ...others] = named(element, 'e')
  const alone = only === undefined || others.length > 0 ? undefined : onlyChild(only)
  if (alone?.localName === 'f' && said(alone, 'type') === 'noBar' && begin + end === '()')
    return `\\binom{${of(alone, 'num', place)}}{${of(alone, 'den', place)}}`
  const kind = MATRICES.get(begin + end)
  if (alone?.localName === 'm' && kind !== undefined) return environment(kind, rowsOf(alone, place))
  if (alone?.localName === 'eqArr' && kind === 'cases') return environment(kind, linesOf(alone, place))
  const parts = named(element, 'e').map((part) => inside(part, place))
  return `\\left${fence(begin)}${parts.join(separator)}\\right${fence(end)}`
}

/** By the signs around them. */
const MATRICES: ReadonlyMap<string, string> = new Map([
  ['()', 'pmatrix'],
  ['[]', 'bmatrix'],
  ['{}', 'Bmatrix'],
  ['||', 'vmatrix'],
  ['‖‖', 'Vmatrix'],
  ['{', 'cases'],
])

/** A sign that grows; those that cannot are none. */
function fence(sign: string): string {
  return FENCES.get(sign) ?? '.'
}

function stacked(
  element: Element,
  place: Place,
  { command, sign }: { readonly command: string; readonly sign: string },
): string {
  const [content, limit] = [of(element, 'e', place).trim(), of(element, 'lim', place)]
  const takesLimits = /^\\(?:under|over)brace\{/.test(content) || FUNCTIONS.test(content.slice(1))
  return takesLimits ? `${content}${script(sign, limit)}` : `\\${command}{${limit}}{${content}}`
}

function rowsOf(element: Element, place: Place): string[] {
  return named(element, 'mr').map((row) =>
    named(row, 'e')
      .map((cell) => inside(cell, place).trim())
      .join(' & '),
  )
}

/** As our own exports have what is aligned at signs: two columns without a gap, or more with one between the pairs. */
function isAligned(element: Element): boolean {
  if (said(element, 'cGpRule') === '3' && said(element, 'cGp') === '0') return true
  const sides = columnSides(element)
  return sides.length > 2 && sides.every((side, at) => side === (at % 2 === 0 ? 'right' : 'left'))
}

function linesOf(element: Element, place: Place): string[] {
  return named(element, 'e').map((line) => inside(line, { ...place, isArray: true }))
}

function environment(name: string, lines: readonly string[]): string {
  return `\\begin{${name}}${lines.map((line) => line.trim()).join(' \\\\ ')}\\end{${name}}`
}

/** What has a sign above or below it: in braces when it is more than one. */
function base(element: Element, place: Place): string {
  const content = of(element, 'e', place).trim()
  return content !== '' && (isOne(content) || FUNCTIONS.test(content.slice(1))) ? content : `{${content}}`
}

/** A letter, or one command without anything in it. */
function isOne(tex: string): boolean {
  return /^(?:\\[a-z]+|\\.|[^\\])$/iu.test(tex.trim())
}

function lower(element: Element, place: Place): string {
  return script('_', of(element, 'sub', place))
}

function upper(element: Element, place: Place): string {
  const tex = of(element, 'sup', place)
  return /^'+$/.test(tex) ? tex : script('^', tex)
}

function script(sign: string, tex: string): string {
  return tex === '' ? '' : `${sign}${/^[a-z\d]$/i.test(tex) ? tex : `{${tex}}`}`
}

function of(element: Element, name: string, place: Place): string {
  const [part] = named(element, name)
  return part === undefined ? '' : inside(part, { ...place, level: place.level + 1, isArray: false })
}
