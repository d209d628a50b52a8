import type { ParagraphChild } from 'docx'
import { formulaMarkup } from '../editor/blocks/formula-markup.ts'
import { inertBody } from '../editor/paste/clean-html.ts'
import { isNary, omml, ommlText, type Omml } from './omml.ts'
import { ACCENTS, BAR, runOfText, runOfToken, spaceOf } from './omml-runs.ts'
import { operandEnd, termEnd } from './operand-end.ts'

const FUNCTION_SIGN = '\u2061'
/** These are only there for what is in them. */
const TRANSPARENT = ['mrow', 'mstyle', 'mpadded', 'mo', 'mi', 'mn']

/** What a page may not do (a link, a picture), which KaTeX writes out in red; lines between the columns and rows of a table. */
const NOT_IN_WORD = '[mathcolor="#cc0000"], mtable[columnlines], mtable[rowlines]'
/** A formula with a number at the edge of the page. */
const NUMBERED = 'mtable[width="100%"]'

/**
 * A formula as Word writes its own, that can be edited there; undefined when it is wrong, too much to be drawn, or has
 * what Word has no sign for: then its source is written. Colours are left out.
 */
export function wordFormula(latex: string, { display }: { readonly display: boolean }): ParagraphChild | undefined {
  try {
    const markup = inertBody(formulaMarkup(latex, { display, output: 'mathml' }))
    if (markup.querySelector(NOT_IN_WORD) !== null) return undefined
    const drawn = markup.querySelector('semantics > :first-child')
    const isNumbered = drawn?.matches(NUMBERED) === true
    // Those of lines among others are not in KaTeX's MathML.
    if (drawn === null || (!isNumbered && /\\tag\b/.test(latex))) return undefined
    const parts = isNumbered ? [numbered(drawn)] : sequence([drawn])
    if (parts.length === 0) return undefined
    const formula = omml('oMath', parts)
    // The library's types name its own few elements.
    return (display ? omml('oMathPara', [formula]) : formula) as unknown as ParagraphChild
  } catch {
    return undefined
  }
}

class NotInWord extends Error {}

/** What stands in a row, in order. A sum and a function take what follows them, which is theirs in Word. */
function sequence(elements: readonly Element[]): Omml[] {
  const row = flat(elements)
  const parts: Omml[] = []
  for (let at = 0; at < row.length;) {
    const element = row[at]!
    const next = row[at + 1]
    if (naryOf(element) !== undefined) {
      const end = operandEnd(row, at + 1)
      // A sign that stands for itself: Word would show an empty box for what it is of.
      const isAlone = tagOf(element) === 'mo' && end === at + 1
      parts.push(...(isAlone ? runOfToken(element) : [nary(element, sequence(row.slice(at + 1, end)))]))
      at = end
      continue
    }
    // What KaTeX ends with a sign that nobody sees is a function: `sin`, and `lim` below which something stands.
    const isNamed = next !== undefined && textOf(next) === FUNCTION_SIGN
    const operand = row[at + (isNamed ? 2 : 1)]
    if ((isNamed || isFunction(element)) && operand !== undefined && tagOf(operand) !== 'mo') {
      const start = at + (isNamed ? 2 : 1)
      at = termEnd(row, start)
      parts.push(omml('func', [part('fName', [element]), part('e', row.slice(start, at))]))
    } else {
      parts.push(...single(element))
      at += 1
    }
  }
  return parts
}

/** Without what is only there to hold others. What is between fences stays together. */
function flat(elements: readonly Element[]): Element[] {
  return elements.flatMap((element) => {
    const isOnlyRow = TRANSPARENT.includes(tagOf(element)) && element.children.length > 0
    return isOnlyRow && !isFenced(element) ? flat([...element.children]) : [element]
  })
}

function single(element: Element): Omml[] {
  const tag = tagOf(element)
  const write = Object.hasOwn(WRITERS, tag) ? WRITERS[tag] : undefined
  if (write === undefined) throw new NotInWord(tag)
  return write(element)
}

const WRITERS: Readonly<Record<string, (element: Element) => Omml[]>> = {
  mrow: (element) => (isFenced(element) ? [fenced(element)] : [...element.children].flatMap(single)),
  mi: runOfToken,
  mn: runOfToken,
  mo: runOfToken,
  mtext: (element) => runOfText(textOf(element)),
  mspace: spaceOf,
  mfrac: (element) => {
    const isBinomial = element.getAttribute('linethickness') === '0px'
    const look = isBinomial ? [omml('fPr', [omml('type', [], 'noBar')])] : []
    return [omml('f', [...look, ...parts(element, ['num', 'den'])])]
  },
  msqrt: (element) => [
    omml('rad', [omml('radPr', [omml('degHide', [], '1')]), omml('deg', []), part('e', [...element.children])]),
  ],
  mroot: (element) => {
    const [base, degree] = children(element, 2)
    return [omml('rad', [part('deg', [degree!]), part('e', [base!])])]
  },
  msup: (element) => [omml('sSup', parts(element, ['e', 'sup']))],
  msub: (element) => [omml('sSub', parts(element, ['e', 'sub']))],
  msubsup: (element) => [omml('sSubSup', parts(element, ['e', 'sub', 'sup']))],
  mover: (element) => {
    const [base, over] = children(element, 2)
    const sign = textOf(over!)
    if (sign === '⏞') return [grouped(base!, sign, 'top')]
    if (element.getAttribute('accent') !== 'true') return [omml('limUpp', parts(element, ['e', 'lim']))]
    if (BAR.test(sign)) return [omml('bar', [omml('barPr', [omml('pos', [], 'top')]), part('e', [base!])])]
    const accent = ACCENTS.get(sign)
    if (accent === undefined) throw new NotInWord(sign)
    return [omml('acc', [omml('accPr', [omml('chr', [], accent)]), part('e', [base!])])]
  },
  munder: (element) => {
    const [base, under] = children(element, 2)
    const sign = textOf(under!)
    if (sign === '⏟') return [grouped(base!, sign, 'bot')]
    if (element.getAttribute('accentunder') !== 'true') return [omml('limLow', parts(element, ['e', 'lim']))]
    if (!BAR.test(sign)) throw new NotInWord(sign)
    return [omml('bar', [omml('barPr', [omml('pos', [], 'bot')]), part('e', [base!])])]
  },
  munderover: (element) => {
    const [base, under, over] = children(element, 3)
    const lower = omml('limLow', [part('e', [base!]), part('lim', [under!])])
    return [omml('limUpp', [omml('e', [lower]), part('lim', [over!])])]
  },
  mtable: (element) => [table(element)],
  mphantom: (element) => [omml('phant', [omml('phantPr', [omml('show', [], '0')]), part('e', [...element.children])])],
  menclose: (element) => {
    const strike = STRIKES.get(element.getAttribute('notation') ?? '')
    if (strike === undefined) throw new NotInWord('menclose')
    const hidden = ['hideTop', 'hideBot', 'hideLeft', 'hideRight'].map((side) => omml(side, [], '1'))
    const look = strike === 'box' ? [] : [omml('borderBoxPr', [...hidden, omml(strike, [], '1')])]
    return [omml('borderBox', [...look, part('e', [...element.children])])]
  },
}

const STRIKES: ReadonlyMap<string, string> = new Map([
  ['box', 'box'],
  ['updiagonalstrike', 'strikeBLTR'],
  ['downdiagonalstrike', 'strikeTLBR'],
  ['horizontalstrike', 'strikeH'],
])

function nary(element: Element, operand: readonly Omml[]): Omml {
  const sign = naryOf(element)!
  const tag = tagOf(element)
  const [, first, second] = tag === 'mo' ? [] : [...element.children]
  const isUpper = tag === 'msup' || tag === 'mover'
  const [lower, upper] = isUpper ? [undefined, first] : [first, second]
  const look = [
    omml('chr', [], sign),
    omml('limLoc', [], /^m(?:under|over)/.test(tag) ? 'undOvr' : 'subSup'),
    ...(lower === undefined ? [omml('subHide', [], '1')] : []),
    ...(upper === undefined ? [omml('supHide', [], '1')] : []),
  ]
  const limit = (name: string, at: Element | undefined) => part(name, at === undefined ? [] : [at])
  return omml('nary', [omml('naryPr', look), limit('sub', lower), limit('sup', upper), omml('e', operand)])
}

/** The sign of a sum, an integral or another of their kind, with or without limits. */
function naryOf(element: Element): string | undefined {
  const isLimited = /^(?:m(?:sub|sup|subsup|under|over|underover))$/.test(tagOf(element))
  if (isLimited && isAccent(element)) return undefined
  const [base, ...others] = isLimited ? flat([element.firstElementChild!]) : [element]
  if (others.length > 0) return undefined
  const sign = base !== undefined && tagOf(base) === 'mo' ? textOf(base) : ''
  return isNary(sign) ? sign : undefined
}

/** A sign above or below that is no limit. */
function isAccent(element: Element): boolean {
  const isMark = element.getAttribute('accent') === 'true' || element.getAttribute('accentunder') === 'true'
  return isMark || /^[⏞⏟]$/.test(textOf(element.lastElementChild!))
}

/** A function with limits or a power. */
function isFunction(element: Element): boolean {
  if (!/^m(?:sub|sup|subsup|under)$/.test(tagOf(element))) return false
  const base = element.firstElementChild
  return base?.lastElementChild?.textContent === FUNCTION_SIGN || (base !== null && isFunction(base))
}

/** Brackets that grow with what is between them. Those of a size of their own are signs like others. */
function isFenced(element: Element): boolean {
  return (
    tagOf(element) === 'mrow' &&
    element.children.length > 1 &&
    (isFence(element.firstElementChild) || isFence(element.lastElementChild))
  )
}

function isFence(element: Element | null): boolean {
  return (
    element !== null &&
    tagOf(element) === 'mo' &&
    element.getAttribute('fence') === 'true' &&
    !element.hasAttribute('minsize')
  )
}

function fenced(element: Element): Omml {
  const row = [...element.children]
  const begin = isFence(row[0]!) ? fenceSign(row.shift()!) : ''
  const end = row.length > 0 && isFence(row.at(-1)!) ? fenceSign(row.pop()!) : ''
  const look = [omml('begChr', [], begin), omml('endChr', [], end)]
  return omml('d', [omml('dPr', look), part('e', row)])
}

/** KaTeX has the sign of divisibility for a line that grows. */
function fenceSign(fence: Element): string {
  return textOf(fence).replace('∣', '|').replace('∥', '‖')
}

function grouped(base: Element, sign: string, side: 'top' | 'bot'): Omml {
  const look = [omml('chr', [], sign), omml('pos', [], side), omml('vertJc', [], side === 'top' ? 'bot' : 'top')]
  return omml('groupChr', [omml('groupChrPr', look), part('e', [base])])
}

/** LibreOffice has the number on a line of its own. */
function numbered(element: Element): Omml {
  const [, formula, , number] = [...(element.firstElementChild?.children ?? [])]
  if (formula === undefined || number === undefined) throw new NotInWord('a number beside a formula')
  const line = [...sequence([...formula.children]), omml('r', [ommlText('#')]), ...runOfText(textOf(number))]
  return omml('eqArr', [omml('eqArrPr', [omml('maxDist', [], '1')]), omml('e', line)])
}

/**
 * Lines that are aligned at a sign stand in columns that touch: LibreOffice does not know Word's array of equations, in which `&`
 * is where it is aligned.
 */
function table(element: Element): Omml {
  if (element.hasAttribute('width')) throw new NotInWord('a number beside a formula')
  const isOurs = (cell: Element) => !cell.matches('.mtr-glue, .mml-eqn-num')
  const rows = [...element.children].map((row) => [...row.children].filter(isOurs))
  const columns = Math.max(1, ...rows.map((cells) => cells.length))
  const sides = (element.getAttribute('columnalign') ?? '').split(' ')
  const column = (_: unknown, at: number) => {
    const side = /^(?:left|right)$/.exec(sides[at % sides.length] ?? '')?.[0] ?? 'center'
    return omml('mc', [omml('mcPr', [omml('count', [], '1'), omml('mcJc', [], side)])])
  }
  const isAligned = /^(?:0em\s*)+$/.test(element.getAttribute('columnspacing') ?? '')
  const gap = isAligned ? [omml('cGpRule', [], '3'), omml('cGp', [], '0')] : []
  const look = omml('mPr', [...gap, omml('mcs', Array.from({ length: columns }, column))])
  const lines = rows.map((cells) =>
    omml(
      'mr',
      Array.from({ length: columns }, (_, at) => part('e', [...(cells[at]?.children ?? [])])),
    ),
  )
  return omml('m', [look, ...lines])
}

function parts(element: Element, names: readonly string[]): Omml[] {
  return children(element, names.length).map((child, at) => part(names[at]!, [child]))
}

function part(name: string, elements: readonly Element[]): Omml {
  return omml(name, sequence(elements))
}

function children(element: Element, count: number): Element[] {
  if (element.children.length !== count) throw new NotInWord(tagOf(element))
  return [...element.children]
}

function tagOf(element: Element): string {
  return element.localName
}

function textOf(element: Element): string {
  return element.textContent
}
