import { CALLOUT_KINDS, COLOURS } from '@tandem/schema'
import { FORMULA_STYLES } from './word-formulas.ts'

const CODE_STYLES = ['Code', 'HTML Preformatted', 'Source Code', 'Preformatted Text', 'Plain Text']
/** Stands in an empty line of code, which would be left out otherwise. No text has it. */
export const EMPTY_LINE = '\uFDD0'
/** A paragraph that is a formula and nothing else. */
const FORMULA_ALONE = 'Formula Alone'

/** Styles of Word, and of our own exports (document/export/docx-styles.ts), as the HTML that the schema reads. */
export const WORD_STYLES: readonly string[] = [
  "p[style-name='Title'] => h1.title:fresh",
  "p[style-name='Subtitle'] => p:fresh",
  ...['Quote', 'Intense Quote', 'Block Text', 'Quotations'].map(
    (name) => `p[style-name='${name}'] => blockquote > p:fresh`,
  ),
  "p[style-name='Code Start'] => pre:fresh",
  ...CODE_STYLES.map((name) => `p[style-name='${name}'] => pre:separator('\\n')`),
  ...['Code Text', 'Code Char', 'HTML Code', 'Verbatim Char', 'Source Text'].map(
    (name) => `r[style-name='${name}'] => code`,
  ),
  `r.${FORMULA_STYLES.inline} => span[data-type='inlineMath']:fresh`,
  `r.${FORMULA_STYLES.block} => span[data-type='inlineMath']:fresh`,
  `p[style-name='${FORMULA_ALONE}'] => div[data-type='blockMath']:fresh`,
  "r[style-name='Formula'] => span[data-type='inlineMath']",
  "p[style-name='Formula Block'] => div[data-type='blockMath']:separator('\\n')",
  "p[style-name='Toggle'] => details:fresh > summary:fresh",
  "p[style-name='Toggle Text'] => details > div[data-type='detailsContent'] > p:fresh",
  ...CALLOUT_KINDS.map(
    (kind) => `p[style-name='Callout ${kind}'] => div[data-type='callout'][data-kind='${kind}'] > p:fresh`,
  ),
  "p[style-name='Task'] => ul.tasks > li:fresh",
  "p[style-name='Task 2'] => ul.tasks > li > ul.tasks > li:fresh",
  "p[style-name='Task 3'] => ul.tasks > li > ul.tasks > li > ul.tasks > li:fresh",
  "r[style-name='Highlight'] => mark",
  ...COLOURS.map((colour) => `r[style-name='Highlight ${colour}'] => mark[data-color='${colour}']`),
  ...COLOURS.map((colour) => `r[style-name='Colour ${colour}'] => span[data-color='${colour}']`),
  'highlight => mark',
  'u => u',
  'strike => s',
  ...['center', 'right'].flatMap((side) => [
    `p[style-name='Aligned ${side}'] => p[align='${side}']:fresh`,
    ...[1, 2, 3].map((level) => `p[style-name='Heading ${level} ${side}'] => h${level}[align='${side}']:fresh`),
  ]),
]

interface WordElement {
  readonly type: string
  readonly value?: string
  readonly alignment?: string | null
  readonly styleId?: string | null
  readonly styleName?: string | null
  readonly numbering?: unknown
  readonly children?: readonly WordElement[]
}

/**
 * What mammoth would pass over: it tells styles apart and not sides, so a paragraph in the middle or on the right gets a style
 * that says so, and an empty line of code gets EMPTY_LINE.
 */
export function prepared(element: WordElement): WordElement {
  const children = element.children?.map(prepared)
  const isCode = element.type === 'paragraph' && CODE_STYLES.includes(element.styleName ?? '')
  if (isCode && isBlank(element)) return { ...element, children: [{ type: 'text', value: EMPTY_LINE }] }
  const same = children === undefined ? element : { ...element, children }
  if (isFormulaAlone(element)) return { ...same, styleId: null, styleName: FORMULA_ALONE }
  const side = element.alignment === 'center' || element.alignment === 'right' ? element.alignment : undefined
  if (element.type !== 'paragraph' || side === undefined || element.numbering) return same
  const heading = /^heading ([123])$/i.exec(element.styleName ?? '')?.[1]
  if (heading !== undefined) return { ...same, styleId: null, styleName: `Heading ${heading} ${side}` }
  const isPlain =
    element.styleName === undefined || element.styleName === null || /^(?:normal|body text)$/i.test(element.styleName)
  return isPlain ? { ...same, styleId: null, styleName: `Aligned ${side}` } : same
}

function isFormulaAlone({ type, numbering, children = [] }: WordElement): boolean {
  const [only, ...others] = children.filter((child) => !isBlank(child))
  return type === 'paragraph' && !numbering && others.length === 0 && only?.styleId === FORMULA_STYLES.block
}

/** Paragraphs and runs without a letter, a break or anything else in them. */
function isBlank({ type, value, children }: WordElement): boolean {
  if (type === 'text') return value === ''
  return children !== undefined && children.every(isBlank)
}
