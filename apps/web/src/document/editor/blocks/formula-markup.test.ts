import { describe, expect, test } from 'vitest'
import { formulaMarkup } from './formula-markup.ts'

const drawn = (latex: string) => formulaMarkup(latex, { display: true, output: 'htmlAndMathml' })

describe('a formula’s own macros', () => {
  test.each(['\\def\\R{\\mathbb R} x \\in \\R', '\\newcommand{\\half}{\\frac12} \\half', '\\let\\a\\alpha \\a'])(
    '%s is drawn',
    (latex) => expect(drawn(latex)).toContain('katex-html'),
  )

  test.each([
    ['long', `\\def\\a{${'x'.repeat(1_000)}}${'\\a'.repeat(400)}`],
    ['endless', '\\def\\a{\\a\\a}\\a'],
    ['with arguments', `\\newcommand{\\a}[1]{${'#1'.repeat(500)}}\\a{x}`],
    ['with arguments by another name', `\\gdef\\a#1{${'#1'.repeat(500)}}\\a{x}`],
  ])('%s are refused', (_, latex) => expect(() => drawn(latex)).toThrow(/Too many expansions|cannot have arguments/))
})

describe('a formula that would end or hold up the page', () => {
  test.each([
    ['deep roots', `${'\\sqrt{'.repeat(150)}x${'}'.repeat(150)}`, /too deeply/],
    ['deep powers', `x${'^{y'.repeat(400)}${'}'.repeat(400)}`, /too deeply/],
    ['two thousand columns', `\\begin{matrix}${'&'.repeat(1_900)}\\end{matrix}`, /too large/],
  ])('%s is not drawn', (_, latex, why) => expect(() => drawn(latex)).toThrow(why))

  test('what people write is', () => {
    const fraction = Array.from({ length: 10 }).reduce<string>((inside) => `1 + \\cfrac{1}{${inside}}`, 'x')
    const matrix = `\\begin{pmatrix}${Array.from({ length: 10 }, () => 'a & b & c & d & e & f & g & h & i & j').join('\\\\')}\\end{pmatrix}`
    for (const latex of [fraction, matrix, '\\sqrt{\\sqrt{\\sqrt{\\frac{x^{y^{z}}}{2}}}}'])
      expect(drawn(latex)).toContain('katex-html')
  })
})

test.each([
  '\\href{javascript:alert(1)}{x}',
  '\\url{https://a.b}',
  '\\includegraphics{https://a.b/c.png}',
  '\\htmlData{a=b}{x}',
  '\\htmlStyle{color:red}{x}',
])('%s links and loads nothing', (latex) => expect(drawn(latex)).not.toMatch(/<a\b|<img\b|(?:href|src|data-a)=/))
