/** One line of a list, as programs have it that say of each line how deep it is, and not of lists what is in them. */
export interface ListLine {
  /** From 1; lists need not begin there, and may pass over some. */
  readonly level: number
  /** Undefined: a bullet. */
  readonly number: ListNumber | undefined
  readonly content: readonly Node[]
}

export interface ListNumber {
  readonly value: number
  readonly kind: NumberKind
}

/** As the `type` of an `ol`. */
export type NumberKind = '1' | 'a' | 'A' | 'i' | 'I'

/** What Word and browsers go down to. */
const DEEPEST = 9

interface OpenList {
  readonly level: number
  readonly list: HTMLElement
  /** Of its last line; undefined: bullets. */
  last: ListNumber | undefined
}

/** Lists in each other. A number that does not count on begins a list of its own, which counts from there. */
export function listsOf(lines: readonly ListLine[], document: Document): HTMLElement[] {
  const lists: HTMLElement[] = []
  const open: OpenList[] = []
  for (const { level: said, number, content } of lines) {
    const level = Math.min(DEEPEST, said)
    while (open.length > 0 && open.at(-1)!.level > level) open.pop()
    if (open.at(-1)?.level === level && !goesOn(open.at(-1)!.last, number)) open.pop()
    if (open.at(-1)?.level !== level) {
      const list = newList(number, document)
      const above = open.at(-1)?.list.lastElementChild
      if (above) above.append(list)
      else lists.push(list)
      open.push({ level, list, last: number })
    }
    const current = open.at(-1)!
    current.last = number
    const item = document.createElement('li')
    item.append(...content)
    current.list.append(item)
  }
  return lists
}

function goesOn(last: ListNumber | undefined, number: ListNumber | undefined): boolean {
  if (last === undefined || number === undefined) return last === number
  return number.kind === last.kind && number.value === last.value + 1
}

function newList(number: ListNumber | undefined, document: Document): HTMLElement {
  const list = document.createElement(number === undefined ? 'ul' : 'ol')
  if (number !== undefined && number.value !== 1) list.setAttribute('start', String(number.value))
  if (number !== undefined && number.kind !== '1') list.setAttribute('type', number.kind)
  return list
}

const CIRCLED = '①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳'
const ROMAN: readonly (readonly [string, number])[] = [
  ['m', 1000],
  ['cm', 900],
  ['d', 500],
  ['cd', 400],
  ['c', 100],
  ['xc', 90],
  ['l', 50],
  ['xl', 40],
  ['x', 10],
  ['ix', 9],
  ['v', 5],
  ['iv', 4],
  ['i', 1],
]

/**
 * What stands before a line: `3.`, `1.2.1`, `(b)`, `XVIII.`, `Article I.`, `①`. Undefined: a bullet, as which fonts of signs have
 * single letters (`o`, `q`, `Ø`). `before`: the number of the line before in the same list, which tells `c` after `b` from `c` for 100.
 */
export function numberOf(sign: string, before?: ListNumber): ListNumber | undefined {
  const circled = CIRCLED.indexOf(sign)
  if (sign !== '' && circled >= 0) return { value: circled + 1, kind: '1' }
  const [, digits, letters] = /(?:(\d{1,9})|(?<![a-z])([a-z]{1,8}))[^a-z\d]*$/i.exec(sign) ?? []
  if (digits !== undefined) return { value: Number(digits), kind: '1' }
  if (letters === undefined || letters === sign) return undefined
  const isUpper = letters === letters.toUpperCase()
  const small = letters.toLowerCase()
  const alphabetic = /^(.)\1*$/.test(small) ? 26 * (small.length - 1) + small.charCodeAt(0) - 96 : undefined
  const roman = romanOf(small)
  const countsOn = before !== undefined && alphabetic !== undefined && before.value === alphabetic - 1
  const isAlphabetic = alphabetic !== undefined && (roman === undefined || (countsOn && /a/i.test(before.kind)))
  if (
    isAlphabetic ||
    (alphabetic !== undefined && small.length === 1 && small !== 'i' && !/i/i.test(before?.kind ?? ''))
  )
    return { value: alphabetic, kind: isUpper ? 'A' : 'a' }
  return roman === undefined ? undefined : { value: roman, kind: isUpper ? 'I' : 'i' }
}

function romanOf(letters: string): number | undefined {
  let [rest, value] = [letters, 0]
  for (const [sign, worth] of ROMAN)
    while (rest.startsWith(sign)) {
      rest = rest.slice(sign.length)
      value += worth
    }
  return rest === '' && value > 0 ? value : undefined
}
