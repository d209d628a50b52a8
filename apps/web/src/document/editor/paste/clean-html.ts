import { dropSpacers, emptyTheEmpty, wrapLooseWords } from './clean-breaks.ts'
import { takeCode } from './clean-code.ts'
import { firstText, nestLists, openItems, takeTasks } from './clean-lists.ts'
import { takeColours, takeLinks, takeSheetStyles, takeSymbols } from './clean-marks.ts'
import { takePictures, type HoldPicture } from './clean-pictures.ts'
import { moveInto, unwrap } from './unwrap.ts'
import { wordLists } from './word-lists.ts'

/**
 * Of a page that was copied: what is pressed, drawn or loaded, rows that are not shown, what reviewers said of the text, and
 * the break that a browser adds.
 */
const NOT_TEXT =
  'script, style, meta, link, title, colgroup, template, svg, select, iframe, object, embed, textarea, ' +
  'tr[style*="display:none"], br.Apple-interchange-newline, a.msocomanchor, [style*="mso-element:comment-list"]'

/**
 * HTML as other programs put it on the clipboard, as the schema understands it: lists nested where they belong, tasks, callouts,
 * colours of our palette. What it does not know it leaves to the schema, which drops what it does not know either. The
 * HTML is parsed where nothing runs or loads. Our own is returned as it is. `pictures`: so many are left out. `hold` is given those that
 * stand in the HTML itself, as data: URLs, and says what stands for each; if it has nothing for one, that is left out, too.
 */
export function cleanHtml(html: string, hold?: HoldPicture): { readonly html: string; readonly pictures: number } {
  if (html.includes('data-pm-slice')) return { html: withoutForms(html), pictures: 0 }
  try {
    const body = inertBody(html)
    const pictures = cleanBody(body, hold)
    wrapLooseWords(body)
    return { html: body.innerHTML, pictures }
  } catch {
    return { html: withoutForms(html), pictures: 0 } // as the schema reads it, rather than nothing
  }
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

/** The text and how it looked: nothing that has a meaning. What certainly is Markdown is read as that, and not as text in some font. */
export function isOnlyLook(html: string): boolean {
  return [...inertBody(html).querySelectorAll<HTMLElement>('*')].every(
    ({ tagName, style }) => /^(?:META|SPAN|BR|DIV|STYLE|FONT)$/.test(tagName) && !isMarked(style),
  )
}

/** Bold, italic, underlined or struck out. */
function isMarked({ fontWeight, fontStyle, textDecoration, textDecorationLine }: CSSStyleDeclaration): boolean {
  return (
    /^bold|^[6-9]\d\d$/.test(fontWeight) ||
    /^(?:italic|oblique)/.test(fontStyle) ||
    /underline|line-through/.test(`${textDecoration} ${textDecorationLine}`)
  )
}

function withoutForms(html: string): string {
  return html.replace(/<(\/?)form(?![\w-])/gi, '<$1div')
}

/** The same in place, for a document that nothing runs in and nothing is loaded for. Returns how many pictures are left out. */
export function cleanBody(body: HTMLElement, hold?: HoldPicture): number {
  takeSheetStyles(body)
  takeFormulas(body)
  for (const element of body.querySelectorAll(NOT_TEXT)) element.remove()
  takeButtons(body)
  takeCode(body)
  takeHeadings(body)
  wordLists(body)
  nestLists(body)
  takeTasks(body)
  takeCallouts(body)
  takeSymbols(body)
  takeColours(body)
  takeLinks(body)
  dropSpacers(body)
  const pictures = takePictures(body, hold)
  emptyTheEmpty(body)
  openItems(body)
  return pictures
}

/** A display within a paragraph's words would tear it apart. */
function isWithinWords(math: Element): boolean {
  const paragraph = math.closest('p')
  const drawn = math.closest('.katex-display') ?? math
  return paragraph !== null && paragraph.textContent.trim() !== drawn.textContent.trim()
}

/** A button that is a heading, or a word of a sentence, is text; others are the page's. */
function takeButtons(body: HTMLElement): void {
  for (const button of body.querySelectorAll('button')) {
    const isText =
      button.closest('h1, h2, h3, h4, h5, h6, summary') !== null ||
      (isWord(button.previousSibling) && isWord(button.nextSibling))
    if (isText) unwrap(button)
    else button.remove()
  }
}

function isWord(node: ChildNode | null): boolean {
  return node?.nodeType === 3 && node.textContent?.trim() !== ''
}

/** Three levels are what there is. Word on the web has paragraphs that say they are headings. */
function takeHeadings(body: HTMLElement): void {
  for (const element of body.querySelectorAll('h4, h5, h6, [role="heading"][aria-level]')) {
    const said = Number(element.getAttribute('aria-level') ?? 3)
    if (/^h[1-3]$/.test(element.localName)) continue
    const heading = element.ownerDocument.createElement(`h${Math.min(3, Math.max(1, Math.trunc(said) || 3))}`)
    const align = element.getAttribute('align')
    if (align !== null) heading.setAttribute('align', align)
    moveInto(heading, element)
    element.replaceWith(heading)
  }
  for (const paragraph of body.querySelectorAll('summary p')) {
    if (paragraph.nextElementSibling !== null) paragraph.append(' ')
    unwrap(paragraph)
  }
}

/** MathML that says the TeX it was made of: our own, and that of most pages with formulas. */
function takeFormulas(body: HTMLElement): void {
  for (const math of body.querySelectorAll('math')) {
    const source = math.querySelector('annotation[encoding="application/x-tex"]')?.textContent?.trim()
    if (!source) continue
    const isBlock = math.getAttribute('display') === 'block' && !isWithinWords(math)
    const formula = math.ownerDocument.createElement(isBlock ? 'div' : 'span')
    formula.dataset['type'] = isBlock ? 'blockMath' : 'inlineMath'
    formula.textContent = source
    // What KaTeX draws beside it, for eyes, would be the same once more.
    const drawn = math.closest('.katex-display, .mwe-math-element') ?? math.closest('.katex') ?? math
    // A paragraph that is a formula is the formula.
    const around = drawn.parentElement
    const isAlone = around?.localName === 'p' && around.textContent.trim() === drawn.textContent.trim()
    ;(isBlock && isAlone ? around : drawn).replaceWith(formula)
  }
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
    moveInto(callout, aside)
    aside.replaceWith(callout)
  }
}

function kindOf(sign: string): string {
  if (/[⚠🚧]/u.test(sign)) return 'warning'
  if (/[🚨⛔❌🛑🔥]/u.test(sign)) return 'danger'
  return /[💡✅]/u.test(sign) ? 'tip' : 'note'
}
