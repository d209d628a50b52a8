import { SAID_NUMBER } from './clean-lists.ts'
import { listsOf, numberOf, type ListLine, type ListNumber } from './list-lines.ts'

/** What Word says of a list's paragraph: `mso-list:l0 level2 lfo1`. */
const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/i
/** PowerPoint's paragraphs of an outline: none, or `O`, then `O1`, `O2`. */
const OUTLINE = /^(?:[BOT](\d?))?$/

/**
 * Word and PowerPoint have no lists on the clipboard, but paragraphs that say at which level they are, with the bullet as text; Word on the
 * web has a list of its own for every item, each of which says its level; and Word has real lists among its paragraphs.
 */
export function wordLists(body: HTMLElement): void {
  const taken = new Set<Element>()
  for (const first of body.querySelectorAll('p, h1, h2, h3, h4, h5, h6, div, ul, ol')) {
    if (taken.has(first) || !body.contains(first) || !isLine(first)) continue
    const elements: Element[] = []
    for (let next: Element | null = first; next !== null && isLine(next); next = following(next)) elements.push(next)
    for (const element of elements) taken.add(element)
    if (elements.every(isWhole)) continue
    const place = body.ownerDocument.createElement('div')
    first.before(place)
    place.replaceWith(...listsOf(linesOf(elements), body.ownerDocument))
    for (const element of elements) if (isList(element) || element.localName === 'div') element.remove()
  }
}

/** A list that says everything by itself. */
function isWhole(element: Element): boolean {
  return isList(element) && element.querySelector('li[data-aria-level]') === null
}

function isLine(element: Element): boolean {
  if (isList(element))
    return (
      element.closest('li') === null &&
      element.querySelector(':scope > li:is([style*="mso-list"], [data-aria-level])') !== null
    )
  if (element.localName !== 'div') return LEVEL.test(styleOf(element))
  if (element.classList.contains('ListContainerWrapper')) return wrappedList(element) !== undefined
  return OUTLINE.test(element.className) && element.querySelector('p, div') === null && markerOf(element) !== undefined
}

/** The next line, however the browser has put text between them that is only space. */
function following(element: Element): Element | null {
  for (let next = element.nextSibling; next !== null; next = next.nextSibling) {
    if (next.nodeType === 1) return next as Element
    if (next.textContent?.trim()) return null
  }
  return null
}

function linesOf(elements: readonly Element[]): ListLine[] {
  const lines: ListLine[] = []
  /** By level: what tells letters from Roman numbers. */
  const before = new Map<number, ListNumber | undefined>()
  for (const element of elements) {
    const list = isList(element) ? element : wrappedList(element)
    if (list !== undefined) lines.push(...linesOfList(list, 1))
    else {
      const level = Number(LEVEL.exec(styleOf(element))?.[1] ?? outlineLevel(element))
      const number = takeNumber(element, before.get(level))
      before.set(level, number)
      element.removeAttribute('style')
      lines.push({ level, number, content: element.localName === 'div' ? [...element.childNodes] : [element] })
    }
  }
  return lines
}

function linesOfList(list: Element, depth: number): ListLine[] {
  let value = Number.parseInt(list.getAttribute('start') ?? '1', 10) || 1
  const type = list.getAttribute('type') ?? ''
  const kind = type === 'a' || type === 'A' || type === 'i' || type === 'I' ? type : '1'
  return [...list.children].flatMap((item) => {
    if (isList(item)) return linesOfList(item, depth + 1)
    const inside = [...item.children].filter(isList)
    for (const deeper of inside) deeper.remove()
    const said = LEVEL.exec(styleOf(item))?.[1] ?? item.getAttribute('data-aria-level')
    const level = Number(said ?? depth) || depth
    const number = list.localName === 'ol' ? ({ value, kind } as const) : undefined
    value += 1
    return [
      { level, number, content: [...item.childNodes] },
      ...inside.flatMap((deeper) => linesOfList(deeper, level + 1)),
    ]
  })
}

/** Takes the bullet or number out of the text. */
function takeNumber(line: Element, before: ListNumber | undefined): ListNumber | undefined {
  const marker = markerOf(line)
  const sign = marker?.textContent?.trim() ?? ''
  marker?.remove()
  if (/^h[1-6]$/.test(line.localName)) line.setAttribute(SAID_NUMBER, sign)
  return numberOf(sign, before)
}

function markerOf(line: Element): Element | undefined {
  return [...line.querySelectorAll('span')].find((span) =>
    /mso-(?:list:\s*ignore|special-format:)/i.test(styleOf(span)),
  )
}

function outlineLevel({ className }: Element): number {
  return Number(OUTLINE.exec(className)?.[1] ?? 0) + 1
}

function wrappedList(element: Element): Element | undefined {
  const [only, ...others] = element.children
  return element.classList.contains('ListContainerWrapper') && only && others.length === 0 && isList(only)
    ? only
    : undefined
}

function isList({ localName }: Element): boolean {
  return localName === 'ul' || localName === 'ol'
}

function styleOf(element: Element): string {
  return element.getAttribute('style') ?? ''
}
