import { isDay } from './day.ts'
import { markOfTag, tagsWithPartners, type PairedTag } from './markdown-html-tags.ts'
import { appendText, textOf, type JsonMark, type JsonNode } from './markdown-json.ts'
import { isDataUrl, mentionIn, type Token } from './markdown-tokens.ts'
import { isSafeImage, isSafeLink } from './safe-url.ts'

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
  readonly #paired: ReadonlyMap<Token, PairedTag>
  readonly #parts: InlinePart[] = []
  readonly #marks: JsonMark[] = []
  #inline: JsonNode[] = []
  /** Whether nothing has been read since a link began. */
  #linkIsEmpty = false
  /** A node whose text is being read. */
  #atom: { readonly node: JsonNode; readonly from: number } | undefined

  constructor(paired: ReadonlyMap<Token, PairedTag>) {
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
      case 'formula':
        return this.#push({ type: 'inlineMath', attrs: { latex: token.content } })
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
      case 'mark_open':
        return this.#open(markOfTag(token.tag))
      case 'strong_close':
      case 'em_close':
      case 's_close':
      case 'mark_close':
        return this.#close(markOfTag(token.tag)?.type)
      default:
        return this.#text(token.content)
    }
  }

  /** A mark that is open twice (`**a <b>b</b>**`) counts once. */
  #openMarks(added: readonly JsonMark[] = []): JsonMark[] {
    return [...new Map([...this.#marks, ...added].map((mark) => [mark.type, mark])).values()]
  }

  #text(text: string, ...added: JsonMark[]): void {
    this.#linkIsEmpty &&= text === ''
    const afterImage = this.#inline.length === 0 && this.#parts.length > 0
    appendText(this.#inline, afterImage ? text.trimStart() : text, this.#openMarks(added))
  }

  #break(): void {
    this.#inline.push({ type: 'hardBreak' })
  }

  #open(mark: JsonMark | undefined): void {
    if (mark !== undefined) this.#marks.push(mark)
  }

  #close(type: string | undefined): void {
    const last = this.#marks.findLastIndex((mark) => mark.type === type)
    if (last >= 0) this.#marks.splice(last, 1)
  }

  #html(token: Token): void {
    if (HTML_BREAK.test(token.content)) return this.#break()
    const tag = this.#paired.get(token)
    if (tag === undefined) return this.#text(token.content)
    if ('mark' in tag) return tag.closes ? this.#close(tag.mark.type) : this.#open(tag.mark)
    if (tag.closes) this.#closeAtom()
    else this.#openAtom(tag.node)
  }

  #push(node: JsonNode): void {
    this.#linkIsEmpty = false
    const marks = this.#openMarks()
    this.#inline.push(marks.length > 0 ? { ...node, marks } : node)
  }

  /** What follows, up to `#closeAtom`, is the node's own text. */
  #openAtom(node: JsonNode): void {
    this.#atom ??= { node, from: this.#inline.length }
    // An empty run, so that what comes is not joined to what was there.
    if (this.#atom.node === node) this.#inline.push({ type: 'text', text: '' })
  }

  #closeAtom(): void {
    const atom = this.#atom
    this.#atom = undefined
    if (atom === undefined || this.#inline[atom.from]?.text === undefined) return
    const read = this.#inline.splice(atom.from)
    const node = withText(atom.node, read)
    if (node !== undefined) return this.#push(node)
    for (const { text = '', marks = [], ...other } of read) {
      if (other.type === 'text') appendText(this.#inline, text, marks)
      else this.#inline.push({ ...other })
    }
  }

  #openLink(token: Token): void {
    const href = attribute(token, 'href')
    const mentioned = mentionIn(href ?? '')
    if (mentioned !== undefined) return this.#openAtom({ type: 'mention', attrs: mentioned })
    if (!isSafeLink(href)) return
    this.#marks.push({ type: 'link', attrs: { href, title: attribute(token, 'title') } })
    this.#linkIsEmpty = true
  }

  /** A link without a text, which nobody could see, shows where it leads. */
  #closeLink(): void {
    if (this.#atom?.node.type === 'mention') return this.#closeAtom()
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

/** The node with what stood between its signs; undefined when that is not the text of such a node, and has to stay as it is. */
function withText({ type, attrs = {} }: JsonNode, read: readonly JsonNode[]): JsonNode | undefined {
  if (read.some((node) => node.text === undefined)) return undefined
  const text = read.map(textOf).join('')
  if (type === 'inlineMath') return { type, attrs: { latex: text } }
  if (type === 'date') return isDay(attrs['date']) && text === attrs['date'] ? { type, attrs } : undefined
  return { type, attrs: { ...attrs, label: attrs['kind'] === 'person' ? text.replace(/^@/, '') : text } }
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
