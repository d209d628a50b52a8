import { hueOf } from './nearest-colour.ts'
import { wordLists } from './word-lists.ts'

/**
 * HTML as other programs put it on the clipboard, as the schema understands it: lists nested where they belong, tasks, callouts,
 * highlights of our palette. What it does not know it leaves to the schema, which drops what it does not know either. The
 * HTML is parsed where nothing runs or loads. Our own is returned as it is.
 */
export function cleanHtml(html: string): string {
  if (html.includes('data-pm-slice')) return withoutForms(html)
  const body = inertBody(html)
  cleanBody(body)
  return body.innerHTML
}

/**
 * HTML in an element where nothing in it runs or is loaded. A document of its own would let names in it stand for that
 * document's properties (`<img name="body">`), and a form's fields for the form's.
 */
export function inertBody(html: string): HTMLElement {
  const template = document.createElement('template')
  template.innerHTML = withoutForms(html)
  const body = template.content.ownerDocument.createElement('div')
  body.append(template.content)
  return body
}

function withoutForms(html: string): string {
  return html.replace(/<(\/?)form(?![\w-])/gi, '<$1div')
}

/** The same in place, for a document that nothing runs in and nothing is loaded for. */
export function cleanBody(body: HTMLElement): void {
  for (const element of body.querySelectorAll('script, style, meta, link, title, colgroup')) element.remove()
  takeFormulas(body)
  wordLists(body)
  nestLists(body)
  takeTasks(body)
  takeCallouts(body)
  takeHighlights(body)
  dropSpacers(body)
}

/** MathML that says the TeX it was made of: our own, and that of most pages with formulas. */
function takeFormulas(body: HTMLElement): void {
  for (const math of body.querySelectorAll('math')) {
    const source = math.querySelector('annotation[encoding="application/x-tex"]')?.textContent?.trim()
    if (!source) continue
    const isBlock = math.getAttribute('display') === 'block'
    const formula = math.ownerDocument.createElement(isBlock ? 'div' : 'span')
    formula.dataset['type'] = isBlock ? 'blockMath' : 'inlineMath'
    formula.textContent = source
    // What KaTeX draws beside it, for eyes, would be the same once more.
    const drawn = math.closest('.katex-display') ?? math.closest('.katex') ?? math
    drawn.replaceWith(formula)
  }
}

/** Google Docs puts a nested list beside the item that it belongs to. */
function nestLists(body: HTMLElement): void {
  for (const list of body.querySelectorAll(':is(ul, ol) > :is(ul, ol)')) {
    const item = list.previousElementSibling
    if (item?.tagName === 'LI') item.append(list)
    else list.replaceWith(...list.children)
  }
}

/** Boxes as each program has them: a role, a checkbox, `[ ]` in the text. A list is one of tasks when all of its items are. */
function takeTasks(body: HTMLElement): void {
  for (const list of body.querySelectorAll('ul')) {
    const items = [...list.children].filter((child) => child.tagName === 'LI')
    const boxes = items.map(boxOf)
    if (items.length === 0 || boxes.some((box) => box === undefined)) continue
    list.dataset['type'] = 'taskList'
    items.forEach((item, index) => {
      const box = boxes[index]
      item.setAttribute('data-type', 'taskItem')
      item.setAttribute('data-checked', String(box?.isChecked === true))
      box?.remove()
    })
  }
}

interface Box {
  readonly isChecked: boolean
  remove(): void
}

function boxOf(item: Element): Box | undefined {
  if (item.getAttribute('role') === 'checkbox') {
    // Google Docs shows it as a picture.
    return {
      isChecked: item.getAttribute('aria-checked') === 'true',
      remove: () => item.querySelector('img')?.remove(),
    }
  }
  const input = item.querySelector<HTMLInputElement>(
    ':scope > input[type="checkbox"], :scope > label > input[type="checkbox"], :scope > p > input[type="checkbox"]',
  )
  if (input) return { isChecked: input.hasAttribute('checked'), remove: () => input.remove() }
  const drawn = item.querySelector(':scope > .checkbox')
  if (drawn) return { isChecked: drawn.classList.contains('checkbox-on'), remove: () => drawn.remove() }
  const text = firstText(item)
  const written = /^\s*\[([ xX])\]\s+/.exec(text?.data ?? '')
  if (!text || !written) return undefined
  return { isChecked: written[1] !== ' ', remove: () => text.deleteData(0, written[0].length) }
}

function firstText(element: Element): Text | undefined {
  const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode as Text
    if (text.data.trim() !== '') return text
  }
  return undefined
}

/** Notion's callouts, with their emoji as the first word. */
function takeCallouts(body: HTMLElement): void {
  for (const aside of body.querySelectorAll('aside')) {
    const callout = aside.ownerDocument.createElement('div')
    callout.dataset['type'] = 'callout'
    const text = firstText(aside)
    const sign = /^\s*(\p{Extended_Pictographic}\uFE0F?)\s*/u.exec(text?.data ?? '')
    callout.dataset['kind'] = kindOf(sign?.[1] ?? '')
    if (text && sign) text.deleteData(0, sign[0].length)
    callout.append(...aside.childNodes)
    aside.replaceWith(callout)
  }
}

function kindOf(sign: string): string {
  if (/[⚠🚧]/u.test(sign)) return 'warning'
  if (/[🚨⛔❌🛑🔥]/u.test(sign)) return 'danger'
  return /[💡✅]/u.test(sign) ? 'tip' : 'note'
}

/** Backgrounds of words; those of cells and paragraphs are the looks of a page that this is not. */
function takeHighlights(body: HTMLElement): void {
  for (const span of body.querySelectorAll<HTMLElement>('span[style*="background"], font[style*="background"]')) {
    const colour = hueOf(span.style.backgroundColor)
    if (colour === undefined) continue
    const mark = span.ownerDocument.createElement('mark')
    if (colour !== 'yellow') mark.dataset['color'] = colour
    mark.append(...span.childNodes)
    span.append(mark)
  }
}

/** Blank lines between blocks, which are space and not text. */
function dropSpacers(body: HTMLElement): void {
  for (const spacer of body.querySelectorAll('br.Apple-interchange-newline')) spacer.remove()
  for (const lineBreak of body.querySelectorAll('br')) {
    const isBetweenBlocks = [lineBreak.previousElementSibling, lineBreak.nextElementSibling].some((beside) =>
      /^(?:P|H[1-6]|UL|OL|TABLE|BLOCKQUOTE|HR|PRE|DIV)$/.test(beside?.tagName ?? ''),
    )
    const hasTextBeside = [lineBreak.previousSibling, lineBreak.nextSibling].some(
      (beside) => beside?.nodeType === 3 && beside.textContent?.trim() !== '',
    )
    if (isBetweenBlocks && !hasTextBeside) lineBreak.remove()
  }
}
