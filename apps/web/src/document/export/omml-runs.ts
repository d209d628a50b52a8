import { omml, ommlText, type Omml } from './omml.ts'

export const BAR = /^[‾¯ˉ_]$/

/** A sign above a letter, to the one that Word puts there. */
export const ACCENTS: ReadonlyMap<string, string> = new Map([
  ['^', '\u0302'],
  ['~', '\u0303'],
  ['⃗', '\u20d7'],
  ['→', '\u20d7'],
  ['⇀', '\u20d1'],
  ['↼', '\u20d0'],
  ['˙', '\u0307'],
  ['¨', '\u0308'],
  ['ˇ', '\u030c'],
  ['˘', '\u0306'],
  ['ˋ', '\u0300'],
  ['`', '\u0300'],
  ['ˊ', '\u0301'],
  ['´', '\u0301'],
  ['˚', '\u030a'],
])

/** From the widest to the narrowest, in ems. */
const SPACES: readonly (readonly [number, string])[] = [
  [1.9, '\u2003\u2003'],
  [0.9, '\u2003'],
  [0.45, '\u2002'],
  [0.2, '\u2005'],
  [0.1, '\u2009'],
]

const SCRIPTS = ['double-struck', 'script', 'fraktur', 'sans-serif', 'monospace'] as const

/** A letter, a number or a sign. */
export function runOfToken(element: Element): Omml[] {
  // KaTeX has the sign of divisibility for a line.
  const text = letters(element.textContent).replaceAll('∣', '|').replaceAll('∥', '‖')
  if (text === '') return []
  const variant = element.getAttribute('mathvariant') ?? ''
  const script = SCRIPTS.find((name) => variant.includes(name))
  const isName = element.localName === 'mi' && Array.from(text).length > 1
  const style = styleOf(variant, isName || variant === 'normal')
  const look = [
    ...(script === undefined ? [] : [omml('scr', [], script)]),
    ...(style === undefined ? [] : [omml('sty', [], style)]),
  ]
  return [omml('r', [...(look.length > 0 ? [omml('rPr', look)] : []), ommlText(text)])]
}

/** Words within a formula. */
export function runOfText(words: string): Omml[] {
  if (words.includes('\u2063')) return [] // a space that goes back
  // KaTeX writes what TeX calls a thick space as two.
  const text = letters(words).replaceAll('\u2005\u200a', '\u2004')
  if (text === '') return []
  // A space alone is one between signs.
  if (text.trim() === '' && text !== ' ' && text !== '\u00a0') return [omml('r', [ommlText(text)])]
  return [omml('r', [omml('rPr', [omml('nor', [])]), ommlText(text.replaceAll('\u00a0', ' '))])]
}

export function spaceOf(element: Element): Omml[] {
  const ems = Number.parseFloat(element.getAttribute('width') ?? '0')
  const space = SPACES.find(([atLeast]) => ems >= atLeast)?.[1]
  return space === undefined ? [] : [omml('r', [ommlText(space)])]
}

function styleOf(variant: string, isUpright: boolean): string | undefined {
  const isItalic = variant.includes('italic')
  if (variant.includes('bold')) return isItalic ? 'bi' : 'b'
  if (isItalic) return 'i'
  return isUpright || variant !== '' ? 'p' : undefined
}

/** Without the signs that only a program reads (function, product, separator). */
function letters(text: string): string {
  return text.replace(/[\u2061-\u2064]/g, '')
}
