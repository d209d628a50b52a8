import katex from 'katex'
import 'katex/dist/katex.min.css'

/** Expansions of macros, and ems of a single thing: a formula comes from anybody and must not hold up or hide the page. */
const MOST_EXPANSIONS = 500
const LARGEST_EMS = 20

/** Draws a formula, with MathML for screen readers; says why not, when it is wrong. Nothing in it can load, link or run. */
export function drawFormula(
  element: HTMLElement,
  latex: string,
  { display }: { display: boolean },
): string | undefined {
  try {
    katex.render(latex, element, {
      displayMode: display,
      maxExpand: MOST_EXPANSIONS,
      maxSize: LARGEST_EMS,
      strict: 'ignore',
      trust: false,
    })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : 'This is not a formula.'
  }
}
