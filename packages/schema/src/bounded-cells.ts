import { TableCell, TableHeader } from '@tiptap/extension-table'
import { isAlignment, type Alignment } from './palette.ts'

/** A table's map has a place for every row and column of every cell: one cell of a billion columns would hang whoever opens it. */
const MOST_SPAN = 100
const MOST_WIDTH_PX = 10_000

/** What is pasted is bounded; a cell that an update brings with more than that is shown as unsupported content, and kept as it is. */
const spans = {
  colspan: span('colspan'),
  rowspan: span('rowspan'),
}

function span(name: 'colspan' | 'rowspan') {
  return {
    default: 1,
    parseHTML: (cell: HTMLElement) => {
      const count = Number.parseInt(cell.getAttribute(name) ?? '', 10)
      return Number.isNaN(count) ? 1 : Math.min(MOST_SPAN, Math.max(1, count))
    },
    validate: (value: unknown) => {
      if (!isCount(value, MOST_SPAN)) throw new RangeError(`A cell's ${name} is 1 to ${MOST_SPAN}.`)
    },
  }
}

const widths = {
  default: null,
  parseHTML: (cell: HTMLElement) => {
    const said = cell.getAttribute('colwidth')?.split(',').map(Number) ?? null
    return areWidths(said) ? said : null
  },
  validate: (value: unknown) => {
    if (!areWidths(value)) throw new RangeError(`A cell's colwidth is null or up to ${MOST_SPAN} widths in pixels.`)
  },
}

/** What is stored is written into a style by the stock cells, whatever it says. */
const side = {
  default: null,
  parseHTML: (cell: HTMLElement) => {
    const said = cell.style.textAlign || cell.getAttribute('align')
    return isSide(said) ? said : null
  },
  renderHTML: ({ align }: Record<string, unknown>) => (isSide(align) ? { style: `text-align: ${align}` } : {}),
}

function isSide(value: unknown): value is 'left' | Alignment {
  return value === 'left' || isAlignment(value)
}

function areWidths(value: unknown): boolean {
  if (value === null) return true
  return Array.isArray(value) && value.length <= MOST_SPAN && value.every(isWidth)
}

function isWidth(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= MOST_WIDTH_PX
}

function isCount(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
}

export const BoundedCell = TableCell.extend({
  addAttributes() {
    return { ...this.parent?.(), ...spans, align: side, colwidth: widths }
  },
})

export const BoundedHeader = TableHeader.extend({
  addAttributes() {
    return { ...this.parent?.(), ...spans, align: side, colwidth: widths }
  },
})
