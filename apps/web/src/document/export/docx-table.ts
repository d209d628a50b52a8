import { isAlignment } from '@tandem/schema'
import type { JsonNode } from '@tandem/schema/export'
import { Paragraph, ShadingType, Table, TableCell, TableLayoutType, TableRow, WidthType } from 'docx'
import { blocksOf, type Block, type DocxWriting, type Place } from './docx-blocks.ts'
import { PAPER_GREY } from './docx-styles.ts'

/** Twips of a page's text. */
const PAGE_WIDTH = 9_026
const MOST_SPAN = 100

/** Rows of header cells only are repeated on every page. */
export function writeTable(table: JsonNode, place: Place, writing: DocxWriting): Block[] {
  const rows = (table.content ?? []).filter(({ content = [] }) => content.length > 0)
  if (rows.length === 0) return []
  const columns = Math.max(
    1,
    ...rows.map(({ content = [] }) => content.reduce((sum, cell) => sum + span(cell, 'colspan'), 0)),
  )
  return [
    new Table({
      width: { size: PAGE_WIDTH, type: WidthType.DXA },
      layout: TableLayoutType.AUTOFIT,
      columnWidths: Array.from({ length: columns }, () => Math.floor(PAGE_WIDTH / columns)),
      rows: rows.map((row, index) => writeRow(row, rows.length - index, writing)),
    }),
    // Two tables without a paragraph between them are one.
    ...(place.level < 0 ? [new Paragraph({ spacing: { after: 0 } })] : []),
  ]
}

function writeRow({ content = [] }: JsonNode, rowsLeft: number, writing: DocxWriting): TableRow {
  return new TableRow({
    ...(content.every(({ type }) => type === 'tableHeader') && { tableHeader: true }),
    cantSplit: true,
    children: content.map((cell) => writeCell(cell, rowsLeft, writing)),
  })
}

function writeCell(cell: JsonNode, rowsLeft: number, writing: DocxWriting): TableCell {
  const side = cell.attrs?.['align']
  const content = (cell.content ?? []).map((block) =>
    isAlignment(side) && block.type === 'paragraph' ? { ...block, attrs: { textAlign: side, ...block.attrs } } : block,
  )
  const blocks = blocksOf(content, { level: -1 }, writing)
  return new TableCell({
    columnSpan: span(cell, 'colspan'),
    rowSpan: Math.min(rowsLeft, span(cell, 'rowspan')),
    ...(cell.type === 'tableHeader' && { shading: { type: ShadingType.CLEAR, fill: PAPER_GREY } }),
    margins: { top: 60, bottom: 60, left: 110, right: 110 },
    // A cell ends with a paragraph, or Word calls the file damaged.
    children: blocks.at(-1) instanceof Paragraph ? blocks : [...blocks, new Paragraph({})],
  })
}

function span({ attrs }: JsonNode, name: 'colspan' | 'rowspan'): number {
  return Math.min(MOST_SPAN, Math.max(1, Math.trunc(Number(attrs?.[name])) || 1))
}
