import { DEEPEST_HEADING } from './document-extensions.ts'
import { withoutColumns, withoutStrayColumns } from './markdown-columns.ts'
import { containerBlocks } from './markdown-containers.ts'
import { HTML_BLOCK, assembled } from './markdown-html-blocks.ts'
import { readInline, type InlinePart } from './markdown-inline.ts'
import { textOf, type JsonNode } from './markdown-json.ts'
import { LONGEST_FORMULA } from './mathematics.ts'
import { fenceInfo, inlineTokensOf, tokensOf, type Token } from './markdown-tokens.ts'
import type { CalloutKind } from './palette.ts'

const EMPTY_PARAGRAPH: JsonNode = { type: 'paragraph' }
/** Alerts as GitHub has them. */
const ALERTS: Readonly<Record<string, CalloutKind>> = {
  NOTE: 'note',
  TIP: 'tip',
  IMPORTANT: 'note',
  WARNING: 'warning',
  CAUTION: 'danger',
}
const ALERT = /^\[!([A-Z]+)\]\s*$/i
const TASK = /^\[([ xX])\](?=\s|$)/

/**
 * Markdown as a document of our schema: CommonMark, tables, task lists, strikethrough, alerts, formulas, toggles, columns. What the schema cannot say
 * becomes text or code (HTML, front matter), never nothing; only link definitions that nothing refers to, which no reader
 * of Markdown shows, are left out. Needs no DOM.
 * Throws SyncError 'bad-input' when lists and quotes are nested too deeply.
 */
export function readMarkdown(markdown: string): JsonNode {
  const { frontMatter, body } = splitFrontMatter(markdown)
  const content = new BlockReader(body).blocks()
  if (frontMatter !== undefined) content.unshift(codeBlock(frontMatter, 'yaml'))
  return { type: 'doc', content: content.length > 0 ? content : [EMPTY_PARAGRAPH] }
}

/** YAML between two lines of dashes at the very start, as static site generators write it. */
export function splitFrontMatter(markdown: string): { frontMatter: string | undefined; body: string } {
  const lines = /^---[ \t]*\r?\n[\w"'-]/.test(markdown) ? markdown.split(/\r?\n/) : []
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)[ \t]*$/.test(line))
  if (end < 2 || !/^[^\s:]+:(?:\s|$)/.test(lines[1] ?? '')) return { frontMatter: undefined, body: markdown }
  return { frontMatter: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n') }
}

/** Reads markdown-it's flat tokens from one to the one that closes it. */
class BlockReader {
  readonly #tokens: readonly Token[]
  readonly #lines: readonly string[]
  #at = 0

  constructor(markdown: string) {
    this.#tokens = tokensOf(markdown)
    this.#lines = markdown.split(/\r\n|\r|\n/)
  }

  /** Every block up to the closing token of this type, or the end. */
  blocks(end?: string): JsonNode[] {
    const blocks: JsonNode[] = []
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      blocks.push(...this.#block(token))
    }
    const read = blocks.some(({ type }) => type === HTML_BLOCK) ? assembled(blocks, htmlBlock) : blocks
    if (end === 'container_close') return read
    return end === undefined ? withoutStrayColumns(read) : withoutColumns(read)
  }

  #next(): Token | undefined {
    return this.#tokens[this.#at++]
  }

  #block(token: Token): JsonNode[] {
    switch (token.type) {
      case 'inline':
        return paragraphs(readInline(token.children ?? []))
      case 'heading_open':
        return this.#heading(token)
      case 'bullet_list_open':
        return groupedByKind(this.#items('bullet_list_close'))
      case 'ordered_list_open':
        return [orderedList(Number(token.attrGet('start') ?? 1), this.#items('ordered_list_close'))]
      case 'blockquote_open':
        return [this.#quote()]
      case 'fence':
      case 'code_block':
        return [fence(token.content.replace(/\n$/, ''), fenceInfo(token))]
      case 'formula_block':
        return [{ type: 'blockMath', attrs: { latex: token.content } }]
      case 'container_open':
        return containerBlocks(token.info, this.blocks('container_close'), titleLine)
      case 'html_block':
        return [{ type: HTML_BLOCK, text: token.content.trimEnd() }]
      case 'hr':
        return [{ type: 'horizontalRule' }]
      case 'table_open':
        return [{ type: 'table', content: this.#rows() }]
      default:
        return [] // the tokens around a paragraph's inline token
    }
  }

  /** A quote, or, when its first line is `[!NOTE]` or its like, a callout. */
  #quote(): JsonNode {
    const kind = this.#takeAlert()
    const content = orEmpty(this.blocks('blockquote_close'))
    return kind === undefined ? { type: 'blockquote', content } : { type: 'callout', attrs: { kind }, content }
  }

  /** Takes the line of an alert out of the text. `\[!NOTE]` is text: the source and the token both have to say that it is one. */
  #takeAlert(): CalloutKind | undefined {
    const inline = this.#tokens[this.#at + 1]
    const [text, next] = inline?.children ?? []
    const kind = ALERTS[ALERT.exec(text?.content ?? '')?.[1]?.toUpperCase() ?? '']
    const isWritten = ALERT.test(inline?.content.split('\n', 1)[0] ?? '')
    if (this.#tokens[this.#at]?.type !== 'paragraph_open' || kind === undefined || !isWritten) return undefined
    if (next === undefined) this.#at += 3
    else if (next.type === 'softbreak' || next.type === 'hardbreak') inline?.children?.splice(0, 2)
    else return undefined
    return kind
  }

  #heading(token: Token): JsonNode[] {
    const parts = readInline(this.#next()?.children ?? [])
    this.#next()
    const inline = parts.flatMap((part) => ('inline' in part ? part.inline : []))
    const images = parts.flatMap((part) => ('image' in part ? [part.image] : []))
    const attrs = { level: Math.min(Number(token.tag.slice(1)), DEEPEST_HEADING) }
    if (inline.length === 0 && images.length > 0) return images
    return [{ type: 'heading', attrs, content: inline }, ...images]
  }

  /** List items; one that starts with a box says so in `checked`. */
  #items(end: string): Item[] {
    const items: Item[] = []
    for (let token = this.#next(); token !== undefined && token.type !== end; token = this.#next()) {
      const task = end === 'bullet_list_close' ? this.#takeTaskBox() : undefined
      const content = this.blocks('list_item_close')
      items.push({ checked: task, content: content[0]?.type === 'paragraph' ? content : [EMPTY_PARAGRAPH, ...content] })
    }
    return items
  }

  /** `[ ]` or `[x]` at the start of the item that comes: takes it out of the text. */
  #takeTaskBox(): boolean | undefined {
    if (this.#tokens[this.#at]?.type !== 'paragraph_open') return undefined
    const inline = this.#tokens[this.#at + 1]
    const text = inline?.children?.[0]
    // `\[ ]` is text and `[x]` may be a link: the source and the token both have to say that it is a box.
    const box = TASK.exec(inline?.content ?? '')
    if (text === undefined || box === null || !TASK.test(text.content)) return undefined
    text.content = text.content.slice(box[0].length).replace(/^\s/, '')
    if (text.content === '' && inline?.children?.[1]?.type === 'softbreak') inline.children.splice(0, 2)
    return box[1] !== ' '
  }

  #rows(): JsonNode[] {
    const rows: JsonNode[] = []
    for (let token = this.#next(); token !== undefined && token.type !== 'table_close'; token = this.#next()) {
      if (token.type === 'tr_open') rows.push({ type: 'tableRow', content: this.#cells(token) })
    }
    return rows
  }

  #cells(row: Token): JsonNode[] {
    const cells: JsonNode[] = []
    for (let token = this.#next(); token !== undefined && token.type !== 'tr_close'; token = this.#next()) {
      const type = token.type === 'th_open' ? 'tableHeader' : 'tableCell'
      const align = /^text-align:(\w+)$/.exec(String(token.attrGet('style')))?.[1] ?? null
      cells.push({ type, attrs: { align }, content: orEmpty(this.blocks(token.type.replace('open', 'close'))) })
    }
    return cells[0]?.type === 'tableCell' ? withExcess(cells, this.#lines[row.map?.[0] ?? -1] ?? '') : cells
  }
}

interface Item {
  readonly checked: boolean | undefined
  readonly content: readonly JsonNode[]
}

/** A list of which some items are tasks becomes several lists, in order. */
function groupedByKind(items: readonly Item[]): JsonNode[] {
  const lists: { type: string; content: JsonNode[] }[] = []
  for (const { checked, content } of items) {
    const type = checked === undefined ? 'bulletList' : 'taskList'
    const item =
      checked === undefined ? { type: 'listItem', content } : { type: 'taskItem', attrs: { checked }, content }
    const last = lists.at(-1)
    if (last?.type === type) last.content.push(item)
    else lists.push({ type, content: [item] })
  }
  return lists
}

function orderedList(start: number, items: readonly Item[]): JsonNode {
  return { type: 'orderedList', attrs: { start }, content: items.map(({ content }) => ({ type: 'listItem', content })) }
}

function paragraphs(parts: readonly InlinePart[]): JsonNode[] {
  if (parts.length === 0) return [EMPTY_PARAGRAPH]
  return parts.map((part) => ('image' in part ? part.image : { type: 'paragraph', content: part.inline }))
}

/** A title holds no pictures: they are what they say instead. */
function titleLine(markdown: string): JsonNode[] {
  return readInline(inlineTokensOf(markdown)).flatMap((part) => {
    if ('inline' in part) return part.inline
    const alt: unknown = part.image.attrs?.['alt']
    return typeof alt === 'string' && alt !== '' ? [{ type: 'text', text: alt }] : []
  })
}

function fence(text: string, info: string): JsonNode {
  return info === 'math' && text.length <= LONGEST_FORMULA
    ? { type: 'blockMath', attrs: { latex: text } }
    : codeBlock(text, info || null)
}

function codeBlock(text: string, language: string | null): JsonNode {
  return { type: 'codeBlock', attrs: { language }, ...(text !== '' && { content: [{ type: 'text', text }] }) }
}

/** Shown as what it is. A block of nothing but line breaks is one that we wrote. */
function htmlBlock(html: string): JsonNode {
  const breaks = /^(?:<br>)+$/.test(html) ? html.length / '<br>'.length : 0
  if (breaks > 0) return { type: 'paragraph', content: Array.from({ length: breaks }, () => ({ type: 'hardBreak' })) }
  return codeBlock(html, 'html')
}

function orEmpty(blocks: JsonNode[]): JsonNode[] {
  return blocks.length > 0 ? blocks : [EMPTY_PARAGRAPH]
}

/** GFM ignores cells beyond the header's; here they stay, as text of the last one. `line` may stand in quotes. */
function withExcess(cells: JsonNode[], line: string): JsonNode[] {
  const written = line
    .trim()
    .replace(/^[\s>]*\|?/, '')
    .replace(/(?<!\\)\|$/, '')
    .split(/(?<!\\)\|/)
  const excess = written.slice(cells.length).join('|').trim()
  const last = cells.at(-1)
  if (excess === '' || last === undefined) return cells
  const text = { type: 'paragraph', content: [{ type: 'text', text: excess }] }
  const kept = (last.content ?? []).filter((block) => textOf(block) !== '' || block.type === 'image')
  return [...cells.slice(0, -1), { ...last, content: [...kept, text] }]
}
