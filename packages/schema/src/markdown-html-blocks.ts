import { ALIGNED_NODES } from './text-align.ts'
import { columnsOf, readColumn, withoutColumns } from './markdown-columns.ts'
import { readInline } from './markdown-inline.ts'
import type { JsonNode } from './markdown-json.ts'
import { readMedia } from './markdown-media.ts'
import { inlineTokensOf } from './markdown-tokens.ts'
import { isAlignment } from './palette.ts'

/** A block of HTML as the file has it; only until `assembled` has looked at its neighbours. */
export const HTML_BLOCK = '#html'

const EMPTY_PARAGRAPH: JsonNode = { type: 'paragraph' }

/** What begins here and goes on until its end is found. */
interface Frame {
  readonly opening: JsonNode
  readonly end: string
  /** The node around what was read since, or what becomes of it. */
  close(content: readonly JsonNode[]): JsonNode[]
  readonly content: JsonNode[]
}

/**
 * The blocks of one level, in which HTML around Markdown (`<details>`, `<div align="center">`, as GitHub has it) becomes toggles,
 * alignment and columns, and every other HTML what `asCode` makes of it.
 */
export function assembled(blocks: readonly JsonNode[], asCode: (html: string) => JsonNode): JsonNode[] {
  const root: JsonNode[] = []
  const frames: Frame[] = []
  const top = () => frames.at(-1)?.content ?? root
  const asIs = (block: JsonNode) =>
    block.type === HTML_BLOCK ? (readMedia(block.text ?? '') ?? asCode(block.text ?? '')) : block
  for (const block of blocks) {
    const html = block.type === HTML_BLOCK ? (block.text ?? '') : undefined
    const opened = html === undefined ? undefined : frameOf(html, block)
    if (opened !== undefined) frames.push(opened)
    else if (html !== undefined && html === frames.at(-1)?.end) {
      const frame = frames.pop() as Frame
      top().push(...frame.close(frame.content))
    } else top().push(asIs(block))
  }
  // What has no end was not meant as one.
  while (frames.length > 0) {
    const { opening, content } = frames.pop() as Frame
    top().push(asIs(opening), ...content)
  }
  return root
}

function frameOf(html: string, opening: JsonNode): Frame | undefined {
  const [, summary] = /^<details(?: open(?:="")?)?>\s*<summary>([^\n]*)<\/summary>$/i.exec(html) ?? []
  if (summary !== undefined)
    return { opening, end: '</details>', close: (content) => [details(summary, withoutColumns(content))], content: [] }
  if (html === '<div class="columns">') return { opening, end: '</div>', close: columnsOf, content: [] }
  const [column, width] = /^<div class="column"(?: data-width="([\d.]+)")?>$/.exec(html) ?? []
  if (column !== undefined)
    return { opening, end: '</div>', close: (content) => [readColumn(content, width)], content: [] }
  const [, alignment] = /^<div align="(\w+)">$/.exec(html) ?? []
  if (!isAlignment(alignment)) return undefined
  const close = (content: readonly JsonNode[]) => content.map((block) => aligned(block, alignment))
  return { opening, end: '</div>', close, content: [] }
}

function details(summary: string, content: readonly JsonNode[]): JsonNode {
  const parts = readInline(inlineTokensOf(summary))
  const inline = parts.flatMap((part) => ('inline' in part ? part.inline : []))
  // A summary holds no pictures; they come first below it.
  const images = parts.flatMap((part) => ('image' in part ? [part.image] : []))
  const below = [...images, ...content]
  return {
    type: 'details',
    content: [
      { type: 'detailsSummary', content: inline },
      { type: 'detailsContent', content: below.length > 0 ? below : [EMPTY_PARAGRAPH] },
    ],
  }
}

function aligned(block: JsonNode, textAlign: string): JsonNode {
  if (!ALIGNED_NODES.some((name) => name === block.type)) return block
  return { ...block, attrs: { ...block.attrs, textAlign } }
}
