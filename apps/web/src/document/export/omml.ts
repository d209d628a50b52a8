import { allowedText } from '@tandem/schema/export'
import { BuilderElement } from 'docx'

/** An element of Word's own markup for formulas (ECMA-376, part 1, 22.1). */
export type Omml = BuilderElement

class FormulaElement extends BuilderElement {
  constructor(name: string, content: readonly (Omml | string)[], attributes: Readonly<Record<string, string>>) {
    super({
      name,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, { key, value }])),
    })
    this.root.push(...content)
  }
}

/** `value` is what the element says of the one around it. */
export function omml(name: string, content: readonly (Omml | string)[], value?: string): Omml {
  return new FormulaElement(`m:${name}`, content, value === undefined ? {} : { 'm:val': value })
}

/** Letters as they are, spaces too, but for signs that XML has not. */
export function ommlText(text: string): Omml {
  return new FormulaElement('m:t', [allowedText(text)], { 'xml:space': 'preserve' })
}

/** Of a sum, a product, an integral and their kind: Word has these with limits and an operand. */
export function isNary(sign: string): boolean {
  return /^[∑∏∐∫∬∭⨌∮∯∰⋀⋁⋂⋃⨀⨁⨂⨄⨆]$/.test(sign)
}
