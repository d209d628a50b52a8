import { codeLanguage } from '@tandem/schema'

/** What stands on lines of its own, whatever is beside it. */
const LINES = /^(?:div|p|li|[uo]l|h[1-6]|section|article|blockquote|d[ltd]|address)$/
/** A `pre` with these is more than text. */
const MORE_THAN_TEXT = 'pre, table, img, picture, input, hr, details'

/**
 * Code that has breaks, or an element for each line, as code editors and chats have it, becomes text with the lines that a
 * browser shows of it: the schema would tear it apart at each of them. What holds more than text stays as it is.
 */
export function takeCode(body: HTMLElement): void {
  for (const pre of body.querySelectorAll('pre')) {
    if (pre.querySelector(MORE_THAN_TEXT) !== null) continue
    dropHeader(pre)
    const inside = [...pre.querySelectorAll('*')]
    if (!inside.some(endsLine)) continue
    const [only, ...others] = pre.querySelectorAll('code')
    // Its class says the language. Without one, a first line that is empty would be lost in HTML.
    const code = only !== undefined && others.length === 0 ? only : pre.ownerDocument.createElement('code')
    code.textContent = linesOf(pre).join('\n')
    pre.replaceChildren(code)
  }
}

/** ChatGPT and its like have the language in a line of its own above the code, within the same element. */
function dropHeader(pre: Element): void {
  const [code, ...others] = pre.querySelectorAll('code')
  if (code === undefined || others.length > 0) return
  const header = [...pre.querySelectorAll('*')].find(
    (element) => isBlock(element) && !element.contains(code) && NOT_SPACE.test(element.textContent),
  )
  const language = header?.textContent.trim() ?? ''
  const isAll = lettersOf(pre) === language.length + lettersOf(code)
  const isAbove =
    header !== undefined && (header.compareDocumentPosition(code) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  if (!isAll || !isAbove || !isLanguage(language)) return
  if (!/\blanguage-/.test(code.className)) code.classList.add(`language-${language.toLowerCase()}`)
  pre.replaceChildren(code)
}

/** One letter could as well be a line of code. */
function isLanguage(word: string): boolean {
  return /^(?:plain ?text|text)$/i.test(word) || (/^[\w#+.-]{2,}$/.test(word) && codeLanguage(word) !== undefined)
}

const NOT_SPACE = /\S/

function lettersOf({ textContent }: Element): number {
  return textContent.replace(/\s/g, '').length
}

function endsLine(element: Element): boolean {
  return element.localName === 'br' || isBlock(element)
}

function isBlock(element: Element): boolean {
  const isStyled = element.matches('span[style*="display"]')
  return LINES.test(element.localName) || (isStyled && (element as HTMLElement).style.display === 'block')
}

/** A break ends the line that it stands in, and a block that has nothing in it is no line. */
function linesOf(pre: Element): string[] {
  const lines: string[] = []
  /** Undefined: nothing stands in the line yet. */
  let line: string | undefined
  const end = (text = '') => {
    lines.push((line ?? '') + text)
    line = undefined
  }
  const read = (node: Node) => {
    if (node.nodeName === 'BR') end()
    else if (node.nodeType === 3) {
      const texts = (node.textContent ?? '').split('\n')
      const last = texts.pop()
      for (const text of texts) end(text)
      if (last) line = (line ?? '') + last
    } else if (node.nodeType === 1) {
      const isOwn = isBlock(node as Element)
      if (isOwn && line !== undefined) end()
      for (const child of node.childNodes) read(child)
      if (isOwn && line !== undefined) end()
    }
  }
  read(pre)
  if (line !== undefined) end()
  return lines
}
