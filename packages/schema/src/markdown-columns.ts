import { columnWidth } from './columns.ts'
import type { JsonNode } from './markdown-json.ts'

/** A column that was read; only until `columnsOf` has found what it stands in. */
export const READ_COLUMN = '#column'

/** How the beginning of a column is written, in HTML, as readers of Markdown pass it by. */
export function columnTag(width: unknown): string {
  const share = columnWidth(width)
  return share === undefined ? '<div class="column">' : `<div class="column" data-width="${share}">`
}

/** A column of these blocks. Columns in it are not beside each other any more. */
export function readColumn(content: readonly JsonNode[], width: string | undefined): JsonNode {
  const share = columnWidth(Number.parseFloat(width ?? ''))
  const blocks = withoutColumns(content)
  return {
    type: READ_COLUMN,
    attrs: { width: share ?? null },
    content: blocks.length > 0 ? blocks : [{ type: 'paragraph' }],
  }
}

/** The columns, if these are two or more columns and nothing else; else the blocks that they hold. */
export function columnsOf(content: readonly JsonNode[]): JsonNode[] {
  const areColumns = content.length > 1 && content.every(({ type }) => type === READ_COLUMN)
  if (!areColumns) return withoutColumns(content)
  return [{ type: 'columns', content: content.map((column) => ({ ...column, type: 'column' })) }]
}

/** For what stands in something else: columns are only ever in the document itself. */
export function withoutColumns(blocks: readonly JsonNode[]): JsonNode[] {
  return blocks.flatMap((block) => {
    if (block.type === 'columns') return (block.content ?? []).flatMap(({ content = [] }) => content)
    return block.type === READ_COLUMN ? (block.content ?? []) : [block]
  })
}

/** A column that stands in no columns is what it holds. */
export function withoutStrayColumns(blocks: readonly JsonNode[]): JsonNode[] {
  return blocks.flatMap((block) => (block.type === READ_COLUMN ? (block.content ?? []) : [block]))
}
