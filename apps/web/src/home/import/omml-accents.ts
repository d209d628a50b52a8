import { texOf } from './tex-signs.ts'

/** Signs that Word puts above what is below them. */
const ACCENTS: ReadonlyMap<string, string> = new Map([
  ['\u0302', 'hat'],
  ['\u0303', 'tilde'],
  ['\u20d7', 'vec'],
  ['\u0307', 'dot'],
  ['\u0308', 'ddot'],
  ['\u20db', 'dddot'],
  ['\u030c', 'check'],
  ['\u0306', 'breve'],
  ['\u0300', 'grave'],
  ['\u0301', 'acute'],
  ['\u030a', 'mathring'],
  ['\u0304', 'bar'],
  ['\u0305', 'overline'],
  ['\u0332', 'underline'],
  ['\u20d6', 'overleftarrow'],
  ['\u20e1', 'overleftrightarrow'],
  ['\u20d0', 'overleftharpoon'],
  ['\u20d1', 'overrightharpoon'],
  ['\u20ee', 'underleftarrow'],
  ['\u20ef', 'underrightarrow'],
  ['\u0330', 'utilde'],
  ['\u0331', 'underline'],
  // LibreOffice has those that stand by themselves.
  ['˙', 'dot'],
  ['¨', 'ddot'],
  ['~', 'tilde'],
  ['ˇ', 'check'],
  ['˘', 'breve'],
  ['`', 'grave'],
  ['´', 'acute'],
  ['˚', 'mathring'],
  ['¯', 'bar'],
  ['→', 'vec'],
])
/** Over more than a letter. */
const WIDE: ReadonlyMap<string, string> = new Map([
  ['hat', 'widehat'],
  ['tilde', 'widetilde'],
  ['vec', 'overrightarrow'],
  ['bar', 'overline'],
])

/** Combining signs that stand below what they belong to. */
const BELOW = /^[\u0316-\u0333\u0339-\u033c\u0347-\u0349\u034d\u034e\u20e8\u20ec-\u20ef]$/

/** TeX with a sign of Word's above or below it, over all of it unless it `isOne` letter. */
export function accented(tex: string, sign: string, { isOne }: { readonly isOne: boolean }): string {
  if (sign === '') return tex
  if (sign === '\u033f') return doubled('overline', tex)
  if (sign === '\u0333') return doubled('underline', tex)
  const command = ACCENTS.get(sign)
  if (command !== undefined) return `\\${isOne ? command : (WIDE.get(command) ?? command)}{${tex}}`
  return `\\${BELOW.test(sign) ? 'underset' : 'overset'}{${texOf(`\u00a0${sign}`)}}{${tex}}`
}

function doubled(command: string, content: string): string {
  return `\\${command}{\\${command}{${content}}}`
}
