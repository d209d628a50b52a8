import { calloutKind, formulaOf, isAlignment } from '@tandem/schema'
import { allowedText, textOf, type JsonNode } from '@tandem/schema/export'
import {
  BorderStyle,
  CheckBox,
  HeadingLevel,
  Paragraph,
  TextRun,
  type IParagraphOptions,
  type ParagraphChild,
  type Table,
} from 'docx'
import { INLINE_RUNS, runsOf } from './docx-inline.ts'
import {
  BULLETS,
  CALLOUT_LOOKS,
  DEEPEST_LEVEL,
  LEVEL_INDENT,
  QUOTE_LOOK,
  STYLE,
  boxed,
  calloutStyle,
  paragraphStyleId,
  taskStyle,
} from './docx-styles.ts'
import { writeFile, writeImage } from './docx-media.ts'
import { writeTable } from './docx-table.ts'
import { wordFormula } from './word-formula.ts'
import type { ExportSettings } from './export-settings.ts'

export type Block = Paragraph | Table

/** Where a block stands: Word has no blocks in blocks, so every paragraph says by itself what it is in. */
export interface Place {
  /** Of plain paragraphs. */
  readonly style?: string
  /** Beside a style of its own, as headings and list items have. */
  readonly look?: Pick<IParagraphOptions, 'border' | 'shading'>
  /** Lists around it; -1: none. */
  readonly level: number
}

/** Where the lists of a document are made up. */
export interface Lists {
  /** A new numbered list's reference. */
  numbered(start: number): string
}

export interface DocxWriting extends ExportSettings {
  readonly lists: Lists
}

type WriteBlock = (node: JsonNode, place: Place, writing: DocxWriting) => Block[]

const HEADINGS = [HeadingLevel.HEADING_1, HeadingLevel.HEADING_2, HeadingLevel.HEADING_3]

/** One writer for every block of the schema, which a test checks. What only exists within others is written by them. */
export const BLOCK_PARAGRAPHS: Readonly<Record<string, WriteBlock>> = {
  doc: inside,
  paragraph: (node, place, writing) => [paragraph(node, place, runsOf(node.content ?? [], writing))],
  heading: (node, place, writing) => {
    const level = Math.min(3, Math.max(1, Math.trunc(Number(node.attrs?.['level'])) || 1))
    const heading = HEADINGS[level - 1] ?? HeadingLevel.HEADING_1
    return [new Paragraph({ heading, ...place.look, ...aligned(node), children: runsOf(node.content ?? [], writing) })]
  },
  blockquote: (node, place, writing) =>
    inside(node, { ...place, style: STYLE.quote, look: boxed(QUOTE_LOOK) }, writing),
  callout: (node, place, writing) => {
    const kind = calloutKind(node.attrs?.['kind'])
    return inside(node, { ...place, style: calloutStyle(kind), look: boxed(CALLOUT_LOOKS[kind]) }, writing)
  },
  details: (node, place, writing) => inside(node, place, writing),
  detailsSummary: (node, place, writing) => [
    new Paragraph({
      style: paragraphStyleId(STYLE.toggle),
      ...place.look,
      children: runsOf(node.content ?? [], writing),
    }),
  ],
  detailsContent: (node, place, writing) => inside(node, { ...place, style: place.style ?? STYLE.toggleText }, writing),
  bulletList: (node, place, writing) => items(node, place, writing, BULLETS),
  orderedList: (node, place, writing) => {
    const start = Math.min(30_000, Math.max(0, Math.trunc(Number(node.attrs?.['start'] ?? 1)) || 0))
    return items(node, place, writing, writing.lists.numbered(start))
  },
  taskList: tasks,
  codeBlock: (node, place) =>
    textOf(node)
      .split('\n')
      .map((line, index) => {
        const style = paragraphStyleId(index === 0 ? STYLE.codeStart : STYLE.code)
        return new Paragraph({ style, ...place.look, children: [new TextRun(allowedText(line))] })
      }),
  blockMath: ({ attrs }) => {
    const latex = allowedText(formulaOf(attrs?.['latex']))
    const formula = wordFormula(latex, { display: true })
    if (formula !== undefined) return [new Paragraph({ children: [formula] })]
    const style = paragraphStyleId(STYLE.formulaBlock)
    return latex.split('\n').map((line) => new Paragraph({ style, children: [new TextRun(line)] }))
  },
  horizontalRule: () => [
    new Paragraph({ border: { bottom: { style: BorderStyle.SINGLE, size: 6, space: 1, color: 'C4C6C8' } } }),
  ],
  image: writeImage,
  file: writeFile,
  columns: inside,
  column: inside,
  table: writeTable,
}

/** Nodes that are written by the block they stand in. */
export const INNER_NODES = ['listItem', 'taskItem', 'tableRow', 'tableHeader', 'tableCell'] as const

/** Blocks one after the other. Of what is not known its text stays. */
export function blocksOf(content: readonly JsonNode[], place: Place, writing: DocxWriting): Block[] {
  return content.flatMap((node) => {
    const write = Object.hasOwn(BLOCK_PARAGRAPHS, node.type) ? BLOCK_PARAGRAPHS[node.type] : undefined
    if (write !== undefined) return write(node, place, writing)
    if (isInline(node)) return [paragraph(node, place, runsOf([node], writing))]
    const isLine = (node.content ?? []).some(isInline)
    return isLine ? [paragraph(node, place, runsOf(node.content ?? [], writing))] : inside(node, place, writing)
  })
}

function isInline({ type }: JsonNode): boolean {
  return Object.hasOwn(INLINE_RUNS, type)
}

function inside(node: JsonNode, place: Place, writing: DocxWriting): Block[] {
  return blocksOf(node.content ?? [], place, writing)
}

function paragraph(node: JsonNode, { style, look, level }: Place, children: readonly ParagraphChild[]): Paragraph {
  // In a list what it is in is drawn, and the style is the list's.
  if (level >= 0) {
    return new Paragraph({ ...look, ...aligned(node), indent: { left: LEVEL_INDENT * (level + 1) }, children })
  }
  return new Paragraph({ ...(style !== undefined && { style: paragraphStyleId(style) }), ...aligned(node), children })
}

function aligned({ attrs }: JsonNode): Pick<IParagraphOptions, 'alignment'> {
  const side = attrs?.['textAlign']
  return isAlignment(side) ? { alignment: side } : {}
}

/** The first line of an item has its sign; what comes below it stands under its text. */
function items(list: JsonNode, place: Place, writing: DocxWriting, reference: string): Block[] {
  const level = Math.min(DEEPEST_LEVEL, place.level + 1)
  return (list.content ?? []).flatMap(({ content = [] }) => {
    const [first, ...rest] = content
    const isText = first?.type === 'paragraph'
    const line = new Paragraph({
      numbering: { reference, level },
      ...place.look,
      children: isText ? runsOf(first.content ?? [], writing) : [],
    })
    return [line, ...blocksOf(isText ? rest : content, { ...place, level }, writing)]
  })
}

function tasks(list: JsonNode, place: Place, writing: DocxWriting): Block[] {
  const level = Math.min(DEEPEST_LEVEL, place.level + 1)
  return (list.content ?? []).flatMap(({ attrs, content = [] }) => {
    const [first, ...rest] = content
    const isText = first?.type === 'paragraph'
    const line = new Paragraph({
      style: paragraphStyleId(taskStyle(level + 1)),
      indent: { left: LEVEL_INDENT * (level + 1), hanging: 320 },
      ...place.look,
      children: [
        new CheckBox({ checked: attrs?.['checked'] === true }),
        new TextRun(' '),
        ...(isText ? runsOf(first.content ?? [], writing) : []),
      ],
    })
    return [line, ...blocksOf(isText ? rest : content, { ...place, level }, writing)]
  })
}
