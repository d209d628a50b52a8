/** What Word says of a list's paragraph: `mso-list:l0 level2 lfo1`. */
const LEVEL = /mso-list:\s*l\d+\s+level(\d+)/i
const DEEPEST = 9

/** Word has no lists on the clipboard, but paragraphs that say at which level they are, with the bullet as text. */
export function wordLists(body: HTMLElement): void {
  const isItem = (element: Element | null): element is HTMLElement => LEVEL.test(element?.getAttribute('style') ?? '')
  for (const first of body.querySelectorAll('p, h1, h2, h3, h4, h5, h6')) {
    if (!isItem(first) || isItem(first.previousElementSibling) || !body.contains(first)) continue
    const items: HTMLElement[] = []
    for (let next: Element | null = first; isItem(next); next = next.nextElementSibling) items.push(next)
    const place = body.ownerDocument.createElement('div')
    first.before(place)
    place.replaceWith(...listsOf(items))
  }
}

/** The paragraphs as lists in each other. */
function listsOf(items: readonly HTMLElement[]): HTMLElement[] {
  const lists: HTMLElement[] = []
  const open: HTMLElement[] = []
  for (const paragraph of items) {
    const level = Math.min(DEEPEST, Number(LEVEL.exec(paragraph.getAttribute('style') ?? '')?.[1] ?? 1))
    const tag = takeMarker(paragraph)
    open.length = Math.min(open.length, level)
    if (open.at(-1)?.localName !== tag && open.length === level) open.pop()
    while (open.length < level) {
      const list = paragraph.ownerDocument.createElement(tag)
      const above = open.at(-1)
      if (above === undefined) lists.push(list)
      else (above.lastElementChild ?? above.appendChild(paragraph.ownerDocument.createElement('li'))).append(list)
      open.push(list)
    }
    const item = paragraph.ownerDocument.createElement('li')
    item.append(paragraph)
    open.at(-1)?.append(item)
  }
  return lists
}

/** Takes the bullet or number out of the text; numbers and letters with a dot are of an ordered list. */
function takeMarker(paragraph: HTMLElement): 'ul' | 'ol' {
  const marker = [...paragraph.querySelectorAll('span')].find((span) =>
    /mso-list:\s*ignore/i.test(span.getAttribute('style') ?? ''),
  )
  const sign = marker?.textContent?.trim() ?? ''
  marker?.remove()
  paragraph.removeAttribute('style')
  return /^(?:\d+|[a-z]{1,4})[.)]$/i.test(sign) ? 'ol' : 'ul'
}
