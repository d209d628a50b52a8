import { moveInto, unwrap } from './unwrap.ts'

/** Lists where they belong, and items that begin with text, as ours do: an item that does not would tear its list apart. */

const LIST = ':is(ul, ol)'
/** Around what stands in it, without a meaning of its own. */
const WRAPPERS = ['div', 'span', 'font', 'section', 'article']
/** The number of a heading as the program said it: `1.2`, `II.`. */
export const SAID_NUMBER = 'data-number'
const BLOCKS = 'p, h1, h2, h3, ul, ol, pre, blockquote, table, figure, img, hr, details, div[data-type], aside'

/** Google Docs puts a nested list beside the item that it belongs to; others have lists in lists that have no item. */
export function nestLists(body: HTMLElement): void {
  nestByIndent(body)
  for (const list of body.querySelectorAll(`${LIST} > ${LIST}`)) {
    const outer = list.parentElement
    const item = list.previousElementSibling
    if (outer === null || !outer.matches(LIST)) continue // it has gone
    if (item?.tagName === 'LI') item.append(list)
    else if (outer.querySelector(':scope > li') === null) unwrap(outer)
    else outer.before(list)
  }
}

/** Slack has a list for each run of items of one depth, one after the other. */
function nestByIndent(body: HTMLElement): void {
  /** Of the lists that may yet go on, the newest of each depth. */
  let open: { readonly list: Element; readonly indent: number }[] = []
  for (const list of body.querySelectorAll(`${LIST}[data-indent]`)) {
    const indent = Number(list.getAttribute('data-indent'))
    const before = list.previousElementSibling
    const isGoingOn = before !== null && open[0]?.list === before
    open = isGoingOn ? open.filter((one) => one.indent <= indent) : []
    const last = open.at(-1)
    if (last?.indent === indent && last.list.localName === list.localName) {
      moveInto(last.list, list)
      list.remove()
      continue
    }
    open = open.filter((one) => one.indent < indent)
    const item = open.at(-1)?.list.lastElementChild
    if (item?.tagName === 'LI') item.append(list)
    open.push({ list, indent })
  }
}

/** An item of ours begins with a paragraph. Headings leave their list, with the number that they had in it. */
export function openItems(body: HTMLElement): void {
  for (const item of body.querySelectorAll('li')) {
    const list = item.parentElement
    const first = firstBlock(item)
    if (list === null || !/^[UO]L$/.test(list.tagName) || first === undefined) continue
    const isTask = item.dataset['type'] === 'taskItem'
    if (/^h[1-6]$/.test(first.localName) && !isTask) leaveList(list, item, first)
    else if (isOnlyLists(item) && !isTask) joinItemBefore(list, item)
    else if (first.localName !== 'p') item.prepend(item.ownerDocument.createElement('p'))
  }
  for (const list of body.querySelectorAll(LIST)) if (list.children.length === 0) list.remove()
}

/** The block that an item begins with; undefined when it begins with words. */
function firstBlock(item: Element): Element | undefined {
  for (const child of item.childNodes) {
    if (child.nodeType === 3 && child.textContent?.trim() === '') continue
    if (child.nodeType === 8) continue
    if (child.nodeType !== 1) return undefined
    const element = child as Element
    if (element.matches(BLOCKS)) return element
    if (!WRAPPERS.includes(element.localName) || element.querySelector(BLOCKS) === null) return undefined
    const inside = firstBlock(element)
    if (inside !== undefined) unwrap(element)
    return inside
  }
  return undefined
}

function isOnlyLists(item: Element): boolean {
  const isList = (node: Node) => node.nodeType === 1 && (node as Element).matches(LIST)
  const first = firstBlock(item)
  return (
    first !== undefined &&
    isList(first) &&
    [...item.childNodes].every((child) => isList(child) || child.textContent?.trim() === '')
  )
}

function joinItemBefore(list: Element, item: Element): void {
  const before = item.previousElementSibling
  if (before?.tagName === 'LI') moveInto(before, item)
  else while (item.firstChild !== null) list.before(item.firstChild)
  item.remove()
}

/** What comes after it in the list is a list of its own, which counts on. */
function leaveList(list: Element, item: Element, heading: Element): void {
  const items = [...list.children].filter(({ tagName }) => tagName === 'LI')
  const place = items.indexOf(item)
  const start = Number.parseInt(list.getAttribute('start') ?? '1', 10)
  const number = (Number.isNaN(start) ? 1 : start) + place
  const said = heading.getAttribute(SAID_NUMBER) ?? (list.hasAttribute('type') ? '' : `${number}.`)
  if (list.tagName === 'OL' && said !== '') heading.prepend(`${said} `)
  const rest = list.cloneNode(false) as Element
  if (list.tagName === 'OL') rest.setAttribute('start', String(number + 1))
  rest.append(...items.slice(place + 1))
  list.after(...item.childNodes, ...(rest.children.length > 0 ? [rest] : []))
  item.remove()
}

/** Boxes as each program has them: a role, a checkbox, `[ ]` in the text. */
export function takeTasks(body: HTMLElement): void {
  for (const list of body.querySelectorAll(LIST)) {
    const items = [...list.children]
      .filter((child) => child.tagName === 'LI')
      .map((item) => ({ item, box: boxOf(item) }))
      .filter(({ item, box }) => box !== undefined || !isOnlyLists(item)) // which joins the item before
    // Boxes to press are of tasks, and so is what stands among them; of words in brackets all items have to begin with some.
    const isTasks =
      items.some(({ box }) => box?.isCertain) || (items.length > 0 && items.every(({ box }) => box !== undefined))
    if (!isTasks) continue
    const tasks = list.ownerDocument.createElement('ul')
    tasks.dataset['type'] = 'taskList'
    for (const { item, box } of items) {
      item.setAttribute('data-type', 'taskItem')
      item.setAttribute('data-checked', String(box?.isChecked === true))
      box?.remove()
    }
    moveInto(tasks, list)
    list.replaceWith(tasks)
  }
}

interface Box {
  readonly isChecked: boolean
  readonly isCertain: boolean
  remove(): void
}

function boxOf(item: Element): Box | undefined {
  if (item.getAttribute('role') === 'checkbox') {
    const isChecked = item.getAttribute('aria-checked') === 'true'
    const remove = () => {
      item.querySelector('img')?.remove() // Google Docs shows it as a picture
      if (isChecked) for (const struck of ownOf(item, '[style*="line-through"]')) unstrike(struck)
    }
    return { isChecked, isCertain: true, remove }
  }
  const [input] = ownOf(item, 'input[type="checkbox"]')
  if (input) return { isChecked: input.hasAttribute('checked'), isCertain: true, remove: () => input.remove() }
  const drawn = item.querySelector(':scope > .checkbox')
  if (drawn)
    return { isChecked: drawn.classList.contains('checkbox-on'), isCertain: true, remove: () => drawn.remove() }
  const text = firstText(item)
  const written = /^\s*\[([ xX])\]\s+/.exec(text?.data ?? '')
  if (!text || !written || text.parentElement?.closest('li') !== item) return undefined
  return { isChecked: written[1] !== ' ', isCertain: false, remove: () => text.deleteData(0, written[0].length) }
}

/** In the item itself, and not in those within it. */
function ownOf(item: Element, selector: string): Element[] {
  return [...item.querySelectorAll(selector)].filter((element) => element.closest('li') === item)
}

function unstrike(element: Element): void {
  element.setAttribute('style', (element.getAttribute('style') ?? '').replace(/line-through/g, 'none'))
}

export function firstText(element: Element): Text | undefined {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode as Text
    if (text.data.trim() !== '') return text
  }
  return undefined
}
