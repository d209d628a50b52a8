import 'katex/dist/katex.min.css'
import { formulaMarkup } from './formula-markup.ts'

/** Draws a formula, with MathML for screen readers; says why not, when it is wrong. Nothing in it can load, link or run. */
export function drawFormula(
  element: HTMLElement,
  latex: string,
  { display }: { display: boolean },
): string | undefined {
  try {
    element.innerHTML = formulaMarkup(latex, { display, output: 'htmlAndMathml' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^KaTeX parse error: /, '') : 'This is not a formula.'
  }
}
