import { formulaOf, isColour, isDay, isSafeLink, mentionOf, mentionText } from '@tandem/schema'
import { allowedText, textOf, type JsonMark, type JsonNode } from '@tandem/schema/export'
import { ExternalHyperlink, ShadingType, TextRun, type IRunOptions, type ParagraphChild } from 'docx'
import { STYLE, colourStyle, highlightStyle, lettersOf, runStyleId, washOf } from './docx-styles.ts'
import { wordFormula } from './word-formula.ts'
import type { ExportSettings } from './export-settings.ts'

type Run = { -readonly [Key in keyof IRunOptions]?: IRunOptions[Key] }

/** What each mark does to a run; a test holds it against the schema. Links are made around runs. */
export const MARK_RUNS: Readonly<Record<string, (mark: JsonMark, run: Run) => void>> = {
  bold: (_, run) => (run.bold = true),
  italic: (_, run) => (run.italics = true),
  strike: (_, run) => (run.strike = true),
  underline: (_, run) => (run.underline = {}),
  code: (_, run) => Object.assign(run, { style: runStyleId(STYLE.codeText), font: 'Consolas' }),
  highlight: ({ attrs }, run) => {
    const named = attrs?.['color']
    const colour = isColour(named) ? named : undefined
    run.style ??= runStyleId(highlightStyle(colour))
    run.shading = { type: ShadingType.CLEAR, fill: washOf(colour) }
  },
  textStyle: ({ attrs }, run) => {
    const colour = attrs?.['color']
    if (!isColour(colour)) return
    run.style ??= runStyleId(colourStyle(colour))
    run.color = lettersOf(colour)
  },
  link: () => undefined,
}

type WriteInline = (node: JsonNode, run: Run, settings: ExportSettings) => ParagraphChild[]

/** Nodes within a line; a test holds them and the blocks' together against the schema. */
export const INLINE_RUNS: Readonly<Record<string, WriteInline>> = {
  text: (node, run) => [new TextRun({ ...run, text: allowedText(textOf(node)) })],
  hardBreak: (_, run) => [new TextRun({ ...run, break: 1 })],
  inlineMath: ({ attrs }, run) => {
    const latex = allowedText(formulaOf(attrs?.['latex']))
    const formula = wordFormula(latex, { display: false })
    return [formula ?? new TextRun({ ...run, style: runStyleId(STYLE.formula), text: latex })]
  },
  date: (node, run, { day }) => {
    const date = node.attrs?.['date']
    return [new TextRun({ ...run, text: isDay(date) ? allowedText(day(date)) : '?' })]
  },
  mention: ({ attrs = {} }, run, { base }) => {
    const text = new TextRun({ ...run, text: allowedText(mentionText(attrs)) })
    const mention = mentionOf(attrs)
    if (mention?.kind !== 'document') return [text]
    return [new ExternalHyperlink({ children: [text], link: new URL(`/d/${mention.id}`, base).href })]
  },
}

/** A line's content as runs and links. Of what is not known its text stays. */
export function runsOf(content: readonly JsonNode[], settings: ExportSettings): ParagraphChild[] {
  return content.flatMap((node) => {
    const runs = write(node, runOf(node), settings)
    const href = node.marks?.find(({ type }) => type === 'link')?.attrs?.['href']
    return isSafeLink(href) && node.type !== 'mention' ? [linkTo(href, runs, settings)] : runs
  })
}

/** Where a picture or link leads, as something to click. */
export function linkTo(href: string, children: readonly ParagraphChild[], { base }: ExportSettings): ParagraphChild {
  return new ExternalHyperlink({ children, link: new URL(href, base).href })
}

/** A run with the look of a link. */
export function linkRun(text: string): ParagraphChild {
  return new TextRun({ text: allowedText(text), style: 'Hyperlink' })
}

function write(node: JsonNode, run: Run, settings: ExportSettings): ParagraphChild[] {
  const writeInline = Object.hasOwn(INLINE_RUNS, node.type) ? INLINE_RUNS[node.type] : undefined
  if (writeInline !== undefined) return writeInline(node, run, settings)
  return [new TextRun({ ...run, text: allowedText(textOf(node)) })]
}

function runOf({ marks = [] }: JsonNode): Run {
  const run: Run = {}
  for (const mark of marks) if (Object.hasOwn(MARK_RUNS, mark.type)) MARK_RUNS[mark.type]?.(mark, run)
  const href = marks.find(({ type }) => type === 'link')?.attrs?.['href']
  if (isSafeLink(href)) run.style ??= 'Hyperlink'
  return run
}
