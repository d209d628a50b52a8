import { appendText, type JsonMark, type JsonNode } from './markdown-json.ts'
import { isDataUrl, type Token } from './markdown-tokens.ts'
import { isSafeImage, isSafeLink } from './safe-url.ts'

/** Tokens of markdown-it, and HTML tags that people use where Markdown has no sign, as marks of the schema. */
const MARK_OF: Readonly<Record<string, string>> = {
  strong: 'bold',
  b: 'bold',
  em: 'italic',
  i: 'italic',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  u: 'underline',
  code: 'code',
}
const HTML_TAG = /^<(\/?)([a-z]+)\s*>$/i
const HTML_BREAK = /^<br\s*\/?>$/i

/** A line of text is inline content and, between it, images, which are blocks in our schema. */
export type InlinePart = { readonly inline: readonly JsonNode[] } | { readonly image: JsonNode }

/**
 * Reads one run of text. Nothing is dropped: a tag without a partner or that we do not know stays as text, and so does
 * an image whose bytes are in the file itself (its type and size, not its bytes).
 */
export function readInline(tokens: readonly Token[]): InlinePart[] {
  const reader = new InlineReader(tagsWithPartners(tokens))
  for (const token of tokens) reader.read(token)
  return reader.parts()
}

class InlineReader {
  readonly #paired: ReadonlySet<Token>
  readonly #parts: InlinePart[] = []
  readonly #marks: JsonMark[] = []
  #inline: JsonNode[] = []
  /** Whether nothing has been read since a link began. */
  #linkIsEmpty = false

  constructor(paired: ReadonlySet<Token>) {
    this.#paired = paired
  }

  parts(): InlinePart[] {
    if (this.#inline.length > 0) this.#parts.push({ inline: this.#inline })
    return this.#parts
  }

  read(token: Token): void {
    switch (token.type) {
      case 'softbreak':
        return this.#text(' ')
      case 'hardbreak':
        return this.#break()
      case 'code_inline':
        return this.#text(token.content, { type: 'code' })
      case 'html_inline':
        return this.#html(token)
      case 'image':
        return this.#image(token)
      case 'link_open':
        return this.#openLink(token)
      case 'link_close':
        return this.#closeLink()
      case 'strong_open':
      case 'em_open':
      case 's_open':
        return this.#open(token.tag)
      case 'strong_close':
      case 'em_close':
      case 's_close':
        return this.#close(MARK_OF[token.tag])
      default:
        return this.#text(token.content)
    }
  }

  /** A mark that is open twice (`**a <b>b</b>**`) counts once. */
  #text(text: string, ...added: JsonMark[]): void {
    const byType = new Map([...this.#marks, ...added].map((mark) => [mark.type, mark]))
    this.#linkIsEmpty &&= text === ''
    const afterImage = this.#inline.length === 0 && this.#parts.length > 0
    appendText(this.#inline, afterImage ? text.trimStart() : text, [...byType.values()])
  }

  #break(): void {
    this.#inline.push({ type: 'hardBreak' })
  }

  #open(tag: string): void {
    const type = MARK_OF[tag]
    if (type !== undefined) this.#marks.push({ type })
  }

  #close(type: string | undefined): void {
    const last = this.#marks.findLastIndex((mark) => mark.type === type)
    if (last >= 0) this.#marks.splice(last, 1)
  }

  #html(token: Token): void {
    if (HTML_BREAK.test(token.content)) return this.#break()
    if (!this.#paired.has(token)) return this.#text(token.content)
    const [, slash, name = ''] = HTML_TAG.exec(token.content) ?? []
    if (slash === '/') this.#close(MARK_OF[name.toLowerCase()])
    else this.#open(name.toLowerCase())
  }

  #openLink(token: Token): void {
    const href = attribute(token, 'href')
    if (!isSafeLink(href)) return
    this.#marks.push({ type: 'link', attrs: { href, title: attribute(token, 'title') } })
    this.#linkIsEmpty = true
  }

  /** A link without a text, which nobody could see, shows where it leads. */
  #closeLink(): void {
    const link = this.#marks.findLast((mark) => mark.type === 'link')
    if (this.#linkIsEmpty) this.#text(String(link?.attrs?.['href']))
    this.#linkIsEmpty = false
    this.#close('link')
  }

  #image(token: Token): void {
    const src = attribute(token, 'src') ?? ''
    const alt = altOf(token)
    if (!isSafeImage(src)) return this.#text(`![${alt}](${isDataUrl(src) ? describeDataUrl(src) : src})`)
    this.#trimEnd()
    if (this.#inline.length > 0) this.#parts.push({ inline: this.#inline })
    this.#inline = []
    this.#parts.push({ image: { type: 'image', attrs: { src, alt: alt || null, title: attribute(token, 'title') } } })
    // Our images cannot be links: what the picture led to stays as a link in the text after it.
    const link = this.#marks.find((mark) => mark.type === 'link')
    if (link !== undefined) this.#text(alt || String(link.attrs?.['href']))
  }

  /** The space between a text and the image after it. */
  #trimEnd(): void {
    const last = this.#inline.at(-1)
    if (last?.text === undefined) return
    const text = last.text.trimEnd()
    if (text === '') this.#inline.pop()
    else this.#inline[this.#inline.length - 1] = { ...last, text }
  }
}

/** HTML tags that open and close a mark within this run. A lone one is what somebody wanted to show. */
function tagsWithPartners(tokens: readonly Token[]): Set<Token> {
  const paired = new Set<Token>()
  const open: { name: string; token: Token }[] = []
  for (const token of tokens) {
    const [, slash, tag = ''] = (token.type === 'html_inline' && HTML_TAG.exec(token.content)) || []
    const name = tag.toLowerCase()
    if (!Object.hasOwn(MARK_OF, name)) continue
    if (slash === '') {
      open.push({ name, token })
      continue
    }
    const partner = open.findLastIndex((opened) => opened.name === name)
    if (partner < 0) continue
    for (const { token: opened } of open.splice(partner, 1)) paired.add(opened)
    paired.add(token)
  }
  return paired
}

function attribute(token: Token, name: string): string | null {
  const value = token.attrGet(name)
  return value === null ? null : String(value)
}

/** Alternative text as people read it, without the signs it is written with. */
function altOf(image: Token): string {
  const text = (token: Token): string => {
    if (token.type === 'softbreak' || token.type === 'hardbreak') return ' '
    return token.children === null || token.children.length === 0 ? token.content : token.children.map(text).join('')
  }
  return (image.children ?? []).map(text).join('')
}

/** `data:image/png;base64,…` without its bytes. */
function describeDataUrl(url: string): string {
  const type = url.trim().slice('data:'.length).split(/[;,]/, 1)[0] ?? 'image'
  return `${type} of ${Math.ceil((url.length * 3) / 4 / 1024)} KB within the file, not imported`
}
