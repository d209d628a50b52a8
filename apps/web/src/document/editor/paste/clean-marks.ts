import { hueOf } from './nearest-colour.ts'
import { moveInto, unwrap } from './unwrap.ts'
import { lettersOf, symbolFontOf } from './symbol-fonts.ts'

/** Less is black or grey in some program's taste: of 1. */
const LEAST_COLOUR = 0.3

/** Excel says in classes what is bold; their rules go with the style sheet. */
export function takeSheetStyles(body: HTMLElement): void {
  const marks = new Map<string, readonly string[]>()
  for (const sheet of body.querySelectorAll('style')) {
    for (const [, name = '', rules = ''] of sheet.textContent.matchAll(/\.((?:xl|font)\d{1,6})\s*\{([^{}]*)\}/g)) {
      const decoration = rules
        .split(';')
        .filter((rule) => rule.includes('text-decoration'))
        .join()
      const tags = [
        /font-weight:\s*(?:bold|[7-9]00)/i.test(rules) && 'b',
        /font-style:\s*italic/i.test(rules) && 'i',
        decoration.includes('line-through') && 's',
        decoration.includes('underline') && 'u',
      ].filter((tag) => tag !== false)
      if (tags.length > 0) marks.set(name, tags)
    }
  }
  if (marks.size === 0) return
  for (const element of body.querySelectorAll('td, th, font'))
    for (const name of element.classList) for (const tag of marks.get(name) ?? []) markInside(element, tag)
}

function markInside(element: Element, tag: string): void {
  const mark = element.ownerDocument.createElement(tag)
  moveInto(mark, element)
  element.append(mark)
}

/** Signs of Word's symbol fonts, which are other letters without the font. */
export function takeSymbols(body: HTMLElement): void {
  for (const element of body.querySelectorAll<HTMLElement>('[style*="font-family"], font[face]')) {
    const [, said = ''] = /mso-symbol-font-family:\s*"?([a-z]+)/i.exec(element.getAttribute('style') ?? '') ?? []
    const font = symbolFontOf(element.style.fontFamily || element.getAttribute('face') || '') ?? symbolFontOf(said)
    if (font === undefined) continue
    for (const child of element.childNodes)
      if (child.nodeType === 3) child.textContent = lettersOf(font, child.textContent ?? '')
  }
}

/** Colours of letters and backgrounds of words; those of cells and paragraphs are the looks of a page that this is not. */
export function takeColours(body: HTMLElement): void {
  for (const element of body.querySelectorAll<HTMLElement>('span[style], font')) {
    if (isOfThePage(element) || element.dataset['color'] !== undefined || element.closest('pre')) continue
    const highlight = hueOf(element.style.backgroundColor)
    if (highlight !== undefined) {
      markInside(element, 'mark')
      if (highlight !== 'yellow') element.querySelector('mark')?.setAttribute('data-color', highlight)
    }
    const letters = element.style.color || element.getAttribute('color') || ''
    const colour = element.closest('a') || element.querySelector('a') ? undefined : hueOf(letters, LEAST_COLOUR)
    if (colour !== undefined && colour !== 'grey') {
      markInside(element, 'span')
      element.querySelector('span')?.setAttribute('data-color', colour)
    }
  }
}

/** Browsers write down how the page showed what is copied, on elements that they make for it. */
function isOfThePage({ style }: HTMLElement): boolean {
  return style.float === 'none' || /display:\s*inline\s*!important/i.test(style.cssText)
}

/** Links within a page lead nowhere here, and so do those without a host. All links are underlined: it is no mark of theirs. */
export function takeLinks(body: HTMLElement): void {
  for (const link of body.querySelectorAll<HTMLElement>('a[href]')) {
    const href = link.getAttribute('href') ?? ''
    if (href.startsWith('#') || !URL.canParse(href)) {
      unwrap(link)
      continue
    }
    for (const underline of link.querySelectorAll('u')) unwrap(underline)
    for (const element of [link, ...link.querySelectorAll<HTMLElement>('[style*="underline"]')]) dropUnderline(element)
    const around = link.parentElement
    if (around === null || around.childNodes.length > 1) continue
    if (around.localName === 'u') around.replaceWith(link)
    else if (around.localName === 'span') dropUnderline(around)
  }
}

function dropUnderline({ style }: HTMLElement): void {
  for (const name of ['text-decoration', 'text-decoration-line'])
    if (style.getPropertyValue(name).includes('underline')) style.removeProperty(name)
}
