import katex from 'katex'

/** Of macros that come with KaTeX: what they stand for is short. */
const MOST_EXPANSIONS = 500
/** Signs that a formula's own macros may become, all together: a tenth of a second's work. KaTeX counts expansions, not how long each is. */
const MOST_EXPANDED = 20_000
const LARGEST_EMS = 20
/** Elements within each other, of a formula as it is drawn; a tab of Chromium ends at some two thousand. */
const DEEPEST = 200
/** In UTF-16 units, as HTML; a matrix of two thousand columns would take seconds to be laid out. */
const LARGEST = 250_000
const DEFINES = /\\(?:[gex]?def|let|futurelet|(?:re)?newcommand|providecommand)(?![a-z])/i

export interface FormulaLook {
  readonly display: boolean
  /** HTML needs KaTeX's style sheet, and has MathML for screen readers beside it; MathML alone needs nothing. */
  readonly output: 'htmlAndMathml' | 'mathml'
}

/**
 * A formula as markup, which comes from anybody and must not hold up, end, hide or leave the page: nothing in it links or loads,
 * its own macros stay short, and what is drawn is not too deep or large. Throws an Error that says why when it is not drawn.
 */
export function formulaMarkup(latex: string, { display, output }: FormulaLook): string {
  const defines = DEFINES.test(latex)
  if (defines && latex.includes('#'))
    throw new Error('A command that is defined in a formula cannot have arguments here.')
  const markup = katex.renderToString(latex, {
    displayMode: display,
    output,
    maxExpand: defines ? Math.min(MOST_EXPANSIONS, Math.floor(MOST_EXPANDED / latex.length)) : MOST_EXPANSIONS,
    maxSize: LARGEST_EMS,
    strict: 'ignore',
    trust: false,
  })
  if (markup.length > LARGEST) throw new Error('This formula is too large to be drawn.')
  if (depthOf(markup) > DEEPEST) throw new Error('This formula is nested too deeply to be drawn.')
  return markup
}

/** Of KaTeX's own markup, in which every `<` begins or ends an element. */
function depthOf(markup: string): number {
  let [depth, deepest] = [0, 0]
  for (const [tag] of markup.matchAll(/<\/|\/>|</g)) {
    depth += tag === '<' ? 1 : -1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
