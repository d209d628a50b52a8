const BLOCK = /^(?:P|H[1-6]|UL|OL|TABLE|BLOCKQUOTE|HR|PRE|DIV|DETAILS|FIGURE)$/
const OTHER_BLOCK = /^(?:SECTION|ARTICLE|MAIN|HEADER|FOOTER|NAV|CENTER|DL|LI|ADDRESS|ASIDE|IMG|PICTURE|TR|TD|CAPTION)$/
const BLOCKS = 'p, h1, h2, h3, ul, ol, li, table, blockquote, hr, pre, div, details, figure, img, section, article, dl'
const NOTHING = /^[\s\u00a0]*$/

/** Lines that are only space between blocks, page breaks, and what ends a block that ends anyway. */
export function dropSpacers(body: HTMLElement): void {
  for (const spacer of body.querySelectorAll('.EOP, .LineBreakBlob > .SCXW')) spacer.remove()
  for (const page of body.querySelectorAll('br[style*="page-break"]')) page.replaceWith(' ')
  for (const span of body.querySelectorAll('span'))
    if (isHalfLine(span) && span.parentElement !== body) span.replaceWith(body.ownerDocument.createElement('br'))
  for (const lineBreak of body.querySelectorAll('br')) {
    const isBetweenBlocks = [lineBreak.previousElementSibling, lineBreak.nextElementSibling].some((beside) =>
      BLOCK.test(beside?.tagName ?? ''),
    )
    const hasTextBeside = [lineBreak.previousSibling, lineBreak.nextSibling].some(
      (beside) => beside?.nodeType === 3 && beside.textContent?.trim() !== '',
    )
    if (isBetweenBlocks && !hasTextBeside) lineBreak.remove()
  }
  for (const block of body.querySelectorAll('p, h1, h2, h3, li, td, th')) dropLastBreaks(block)
}

/** Slack's: a line of its own between paragraphs that are none. */
function isHalfLine(node: Node): boolean {
  return (
    node.nodeName === 'SPAN' && (node as HTMLElement).style.display === 'block' && NOTHING.test(node.textContent ?? '')
  )
}

/** A browser shows the first of them as nothing, and nobody wrote the others for their own sake. */
function dropLastBreaks(block: Element): void {
  for (let last = block.lastChild; last !== null && block.childNodes.length > 1; last = block.lastChild) {
    const isSpace = last.nodeType === 8 || (last.nodeType === 3 && NOTHING.test(last.textContent ?? ''))
    if (last.nodeName !== 'BR' && !isSpace) return
    last.remove()
  }
}

/** What looks empty is: Word has a space in it that does not break. A heading that is empty would be in the outline. */
export function emptyTheEmpty(body: HTMLElement): void {
  for (const block of body.querySelectorAll('p, h1, h2, h3')) {
    if (!NOTHING.test(block.textContent) || block.querySelector('img, input, [data-type], hr') !== null) continue
    const isHeading = block.localName !== 'p'
    const empty = isHeading ? body.ownerDocument.createElement('p') : block
    empty.textContent = ''
    if (isHeading) block.replaceWith(empty)
  }
}

/** Words beside blocks get a block of their own: else the spaces between those that are marked would be lost. */
export function wrapLooseWords(body: HTMLElement): void {
  const isBlock = (node: Node) => node.nodeType === 1 && isBlockOrHasOne(node as Element)
  if (![...body.childNodes].some((node) => isBlock(node) || isHalfLine(node))) return
  let words: ChildNode[] = []
  const wrap = () => {
    if (
      words.some((node) => !NOTHING.test(node.textContent ?? '') || (node as Partial<Element>).querySelector?.('img'))
    ) {
      const paragraph = body.ownerDocument.createElement('p')
      words[0]?.before(paragraph)
      for (const word of words) paragraph.append(word)
    }
    words = []
  }
  for (const node of Array.from(body.childNodes)) {
    if (isBlock(node) || isHalfLine(node)) wrap()
    else if (node.nodeType !== 8) words.push(node)
    if (isHalfLine(node)) node.remove()
  }
  wrap()
}

function isBlockOrHasOne(element: Element): boolean {
  return BLOCK.test(element.tagName) || OTHER_BLOCK.test(element.tagName) || element.querySelector(BLOCKS) !== null
}
