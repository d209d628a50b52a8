import { isDay } from '@tandem/schema/day'
import { dayForPeople } from '../day-for-people.ts'

const TAGS: ReadonlySet<string> = new Set(
  (
    'p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr br div section summary figure figcaption img ' +
    'table colgroup col thead tbody tr th td span a code strong em u s mark sub sup time label button input'
  ).split(' '),
)
const ATTRIBUTES: ReadonlySet<string> = new Set(
  'class style src type checked hidden colspan rowspan start dir datetime contenteditable'.split(' '),
)
const ATTRIBUTE_CHARS = 300

export const isScreenTag = (tag: string): boolean => TAGS.has(tag)

/** Nothing that acts or asks another server: what is drawn is looked at. */
export function isScreenAttribute(name: string, value: string): boolean {
  if (value.length > ATTRIBUTE_CHARS) return false
  if (name === 'src') return isOurs(value)
  if (name === 'style') return !/url\(|image|@|\\/i.test(value)
  if (name === 'type') return value === 'checkbox'
  if (name === 'contenteditable') return value === 'false'
  return ATTRIBUTES.has(name) || name.startsWith('data-')
}

/** By a path, as a browser reads it: it sees through tabs and backslashes. */
function isOurs(address: string): boolean {
  const base = 'https://here.invalid'
  return address.startsWith('/') && URL.canParse(address, base) && new URL(address, base).origin === base
}

/** As DOM, days in the words of who looks. Throws at what no page of this kind has kept: another version of it, or somebody else, may have written there. */
export function drawnNode(node: unknown): Node {
  if (typeof node === 'string') return document.createTextNode(node)
  if (!Array.isArray(node)) throw new TypeError('That is no node of a screen.')
  const [tag, attributes, ...contents] = node as readonly unknown[]
  if (typeof tag !== 'string' || !isScreenTag(tag)) throw new TypeError('That is no element of a screen.')
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {}))
    if (typeof value === 'string' && isScreenAttribute(name, value)) element.setAttribute(name, value)
  const day = tag === 'time' ? element.getAttribute('datetime') : undefined
  element.append(...(isDay(day) ? [dayForPeople(day)] : contents.map(drawnNode)))
  return element
}
