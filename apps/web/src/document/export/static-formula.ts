import { formulaMarkup } from '../editor/blocks/formula-markup.ts'

/** A formula as MathML, which needs no style sheet and no font; undefined when it is wrong, or too much to be drawn. */
export function staticFormula(latex: string, { display }: { readonly display: boolean }): string | undefined {
  try {
    return formulaMarkup(latex, { display, output: 'mathml' })
  } catch {
    return undefined // its source is shown
  }
}
