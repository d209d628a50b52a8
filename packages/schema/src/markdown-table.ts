import { inlineOf, writeCertainLine, type LinePlace } from './markdown-certain-line.ts'
import type { JsonNode } from './markdown-json.ts'
import { isInline } from './markdown-line.ts'

const ALIGNMENTS: Readonly<Record<string, string>> = { left: ':---', center: ':---:', right: '---:' }
/** Cells that one cell may cover in a row or column; more is not believed. */
const MOST_SPANNED = 100

/** In a table a `|` is escaped everywhere, also within code. */
const CELL: LinePlace = {
  breaks: 'tags',
  embed: (line) => `| - |\n| --- |\n| ${escapePipes(line)} |`,
  find: ([table]) => {
    const blocks = table?.content?.[1]?.content?.[0]?.content
    return blocks?.length === 1 ? (blocks[0]?.content ?? []) : undefined
  },
}

/**
 * The table with its first row as header, as Markdown knows no other. Spanned places are empty cells; blocks in a cell
 * become lines of it. `writeImage` writes an image, which is the one block that a cell can hold.
 */
export function writeTable(table: JsonNode, writeImage: (image: JsonNode) => string): string {
  const rows = gridOf(table.content ?? [])
  const columns = Array.from({ length: Math.max(1, ...rows.map((row) => row.length)) }, (_, column) => column)
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const [header = '', ...body] = rows.map((row) => line(columns.map((column) => writeCell(row[column], writeImage))))
  const alignments = columns.map((column) => ALIGNMENTS[String(rows[0]?.[column]?.attrs?.['align'])] ?? '---')
  return [header, line(alignments), ...body].join('\n')
}

/** Cells by row and column; a place that another cell covers is empty. */
function gridOf(rows: readonly JsonNode[]): (JsonNode | undefined)[][] {
  const covered = new Set<string>()
  return rows.map((row, y) => {
    const cells: (JsonNode | undefined)[] = []
    for (const cell of row.content ?? []) {
      while (covered.has(`${cells.length},${y}`)) cells.push(undefined)
      const [across, down] = [spanOf(cell, 'colspan'), Math.min(spanOf(cell, 'rowspan'), rows.length - y)]
      for (let i = 0; i < across * down; i++)
        covered.add(`${cells.length + (i % across)},${y + Math.floor(i / across)}`)
      cells.push(cell, ...Array.from({ length: across - 1 }, () => undefined))
    }
    return cells
  })
}

function spanOf(cell: JsonNode, name: 'colspan' | 'rowspan'): number {
  return Math.min(MOST_SPANNED, Math.max(1, Math.trunc(Number(cell.attrs?.[name])) || 1))
}

function writeCell(cell: JsonNode | undefined, writeImage: (image: JsonNode) => string): string {
  const written: string[] = []
  let inline: JsonNode[] = []
  const endLine = () => {
    if (inline.length > 0) written.push(writeCertainLine(inline, CELL))
    inline = []
  }
  for (const part of cell === undefined ? [] : linesOf(cell)) {
    if ('image' in part) {
      endLine()
      written.push(writeImage(part.image))
    } else inline.push(...(inline.length > 0 ? [{ type: 'hardBreak' }] : []), ...part.inline)
  }
  endLine()
  return escapePipes(written.join(' '))
}

/** Every line of text and every image in a cell, whatever blocks they are in. */
function linesOf(node: JsonNode): ({ readonly inline: readonly JsonNode[] } | { readonly image: JsonNode })[] {
  if (node.type === 'image') return [{ image: node }]
  if (node.type === 'codeBlock') {
    const lines = inlineOf(node).flatMap(({ text = '' }) => text.split('\n'))
    return lines
      .filter((text) => text !== '')
      .map((text) => ({ inline: [{ type: 'text', text, marks: [{ type: 'code' }] }] }))
  }
  if (node.type === 'blockMath') return [{ inline: [{ type: 'inlineMath', attrs: node.attrs ?? {} }] }]
  const children = node.content ?? []
  if (children.some(isInline)) return [{ inline: inlineOf(node) }]
  return children.flatMap(linesOf)
}

function escapePipes(text: string): string {
  return text.replaceAll('|', '\\|')
}
