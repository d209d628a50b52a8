// @vitest-environment jsdom
import { Document, Packer, Paragraph } from 'docx'
import { strFromU8, unzipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { docxToHtml } from '../../home/import/docx-to-html.ts'
import { formulaMarkup } from '../editor/blocks/formula-markup.ts'
import { wordFormula } from './word-formula.ts'

/** As Word has it, and the TeX that comes back. */
async function roundTrip(latex: string, display = true): Promise<{ word: string; tex: string }> {
  const formula = wordFormula(latex, { display })
  if (formula === undefined) throw new Error(`not in Word: ${latex}`)
  const file = new Uint8Array(
    await Packer.toArrayBuffer(new Document({ sections: [{ children: [new Paragraph({ children: [formula] })] }] })),
  )
  const xml = strFromU8(unzipSync(file)['word/document.xml']!)
  const { html, formulas } = await docxToHtml(file)
  expect(formulas).toBe(0)
  const holder = document.createElement('div')
  holder.innerHTML = html
  return { word: /<m:oMath>.*<\/m:oMath>/.exec(xml)![0], tex: holder.querySelector('[data-type]')!.textContent }
}

describe('formulas go to Word and come back', () => {
  test.each([
    ['e^{i\\pi}+1=0', 'e^{i\\pi}+1=0'],
    ['\\frac{a}{b}', '\\frac{a}{b}'],
    ["x_{1}^{2}+y'", "x_1^2+y'"],
    ['\\sqrt{x}+\\sqrt[3]{y}', '\\sqrt{x}+\\sqrt[3]{y}'],
    ['\\sum_{i=1}^{n} i^{2}=x', '\\sum_{i=1}^n i^2=x'],
    ['\\int_{0}^{1} f(x)\\,dx', '\\int_0^1 f(x)\\,dx'],
    ['\\iint_D f', '\\iint_D f'],
    ['\\left(\\frac{a}{b}\\right]', '\\left(\\frac{a}{b}\\right]'],
    ['\\left.\\frac{a}{b}\\right|_{x}', '{\\left.\\frac{a}{b}\\right|}_x'],
    ['\\begin{pmatrix}a & b \\\\ c & d\\end{pmatrix}', '\\begin{pmatrix}a & b \\\\ c & d\\end{pmatrix}'],
    ['\\begin{aligned}a&=b \\\\ &=c\\end{aligned}', '\\begin{aligned}a & =b \\\\ & =c\\end{aligned}'],
    [
      '\\begin{aligned}a&=b & c&=d \\\\ e&=f & g&=h\\end{aligned}',
      '\\begin{aligned}a & =b & c & =d \\\\ e & =f & g & =h\\end{aligned}',
    ],
    ['\\begin{aligned}a&=b & c\\end{aligned}', '\\begin{aligned}a & =b & c\\end{aligned}'],
    ['\\begin{cases}a & x>0 \\\\ b & y\\end{cases}', '\\begin{cases}a & x>0 \\\\ b & y\\end{cases}'],
    ['\\hat{x}\\vec{v}\\dot{a}\\overline{AB}\\underline{x}', '\\hat{x}\\vec{v}\\dot{a}\\overline{AB}\\underline{x}'],
    ['\\lim_{x\\to 0}\\sin x', '\\lim_{x\\to 0} \\sin x'],
    ['\\sin^{2} x', '\\sin^2 x'],
    ['\\ln|x|+1', '\\ln |x|+1'],
    ['\\overrightharpoon{x}', '\\overrightharpoon{x}'],
    ['E=mc^2\\tag{1.a}', 'E=mc^2\\tag{1.a}'],
    ['\\tag*{[1]} \\frac{a}{b}', '\\frac{a}{b}\\tag*{[1]}'],
    ['\\binom{n}{k}', '\\binom{n}{k}'],
    ['\\mathbb{R}\\mathbf{v}\\mathrm{d}\\mathcal{L}', '\\mathbb{R}\\mathbf{v}\\mathrm{d}\\mathcal{L}'],
    ['a \\text{ if } b', 'a\\text{ if }b'],
    ['\\overbrace{a+b}^{n}', '\\overbrace{a+b}^n'],
    ['\\boxed{x}\\cancel{y}', '\\boxed{x}\\cancel{y}'],
    ['\\operatorname{rank}A', '\\operatorname{rank} A'],
    ['a\\quad b\\;c', 'a\\quad b\\;c'],
    ['\\alpha\\le\\beta\\in\\{1,\\dots\\}', '\\alpha \\le \\beta \\in \\{1,\\ldots \\,\\}'],
    ['\\stackrel{!}{=}', '\\overset{!}{=}'],
    ['\\underset{x}{y}+\\overset{a}{b}', '\\underset{x}{y}+\\overset{a}{b}'],
    ['{\\sum x}^2', '{\\sum x}^2'],
    ['\\overline{\\sum x}', '\\overline{\\sum x}'],
    ['\\left\\uparrow x\\right\\downarrow', '\\left\\uparrow x\\right\\downarrow'],
    ['|x|\\,\\|y\\|', '|x|\\,\\|y\\|'],
    ['\\begin{align}a&=b\\end{align}', '\\begin{aligned}a & =b\\end{aligned}'],
    ['x\\ne y\\%\\#\\_', 'x\\ne y\\%\\#\\_'],
    ['\\hat{\\sum}x+\\underbrace{\\sum}y', '\\hat{\\sum}x+\\underbrace{\\sum}y'],
    ['\\begin{matrix}a & b\\end{matrix}', '\\begin{matrix}a & b\\end{matrix}'],
    ['\\begin{vmatrix}a & b\\end{vmatrix}', '\\begin{vmatrix}a & b\\end{vmatrix}'],
    ['\\begin{Vmatrix}a & b\\end{Vmatrix}', '\\begin{Vmatrix}a & b\\end{Vmatrix}'],
    ['a\\!b', 'ab'],
  ])('%s', async (latex, expected) => {
    const out = await roundTrip(latex)
    expect(out.tex).toBe(expected)
    // What came back says the same.
    expect((await roundTrip(out.tex)).word).toBe(out.word)
  })

  test.each([
    ['\\sum_i x=y', 'x'],
    ['(\\sum_i x)y', 'x'],
    ['\\sum_i (x=y)z', '(x=y)z'],
    ['\\sum_i -x=y', '−x'],
    ['\\sum_i |a+b|+c', '|a+b|'],
    ['\\sum_i \\|a+b\\|+c', '‖a+b‖'],
    ['\\sum_i \\bigl|a+b\\bigr|+c', '|a+b|'],
    ['\\sum_i |a+b|^2|c+d|_1+e', '|a+b|2|c+d|1'],
    ['\\sum_i \\, ||a|-|b||+c', '\u2009||a|−|b||'],
    ['\\sum_i a_i|b+|c||+d', 'ai|b+|c||'],
    ['|\\sum_i a|b', 'a'],
    ['|\\sum_i |a|!|b', '|a|!'],
    ['\\sum_i |\\sum_j a_j|=b', '|jaj|'],
    ['P(\\sum_i |a|+b|c)', '|a|'],
    ['\\sum_i a|b=c', 'a'],
    ['\\sum_i a|_{b}=c', 'a|b'],
    ['\\sum_i a\\mid b+c\\mid d', 'a'],
    ['\\sum_i (a+b)^2=c', '(a+b)2'],
    ['\\sum_i |(a)+b|+c', '|(a)+b|'],
  ])('of %s the sum takes %s', async (latex, operand) => {
    const { word } = await roundTrip(latex)
    expect(/<m:sup\/><m:e>(.*)<\/m:e><\/m:nary>/.exec(word)?.[1]?.replaceAll(/<[^>]+>/g, '')).toBe(operand)
  })

  test.each(['\\hat{\\sum}', '\\underbrace{\\sum}', '\\overline{\\int}', '(\\prod)'])(
    'the sign of %s, which is of nothing, is a sign like others',
    async (latex) => {
      const { word } = await roundTrip(latex)
      expect(word).not.toContain('<m:nary>')
      expect(word).toMatch(/<m:r><m:t xml:space="preserve">[∑∫∏]<\/m:t><\/m:r>/)
    },
  )

  test('of a function before bars all between them is what it is of', async () => {
    const operand = async (latex: string) => {
      const [, content = ''] = /<\/m:fName><m:e>(.*?)<\/m:e><\/m:func>/.exec((await roundTrip(latex)).word) ?? []
      return [...content.matchAll(/<m:t[^>]*>([^<]*)<\/m:t>/g)].map(([, text]) => text).join('')
    }
    expect(await operand('\\ln|x|+1')).toBe('|x|')
    expect(await operand('\\ln x|y|')).toBe('x')
    expect(await operand('\\ln\\|x\\|')).toBe('‖x‖')
  })

  test('what is aligned in two pairs of columns has a gap between the pairs', async () => {
    expect((await roundTrip('\\begin{aligned}a&=b & c&=d\\end{aligned}')).word).not.toContain('<m:cGp m:val="0"/>')
  })

  test('a line of text has its formulas within it', async () => {
    expect((await roundTrip('\\sum_{i}^{n} i', false)).tex).toBe('\\sum_i^n i')
  })

  test.each([
    '\\begin{gather*}x\\tag{1} \\\\ y\\end{gather*}',
    '\\frac{a',
    '',
    '\\phase{x}',
    '\\href{https://a.example/}{x}',
    '\\begin{array}{c|c}a&b\\end{array}',
  ])('%s stays its source', (latex) => expect(wordFormula(latex, { display: true })).toBeUndefined())
})

test('a sign that XML has not is in no file', async () => {
  expect((await roundTrip('a\\char"FFFF b')).word).not.toMatch(/[\uFFFE\uFFFF]/)
})

test('what comes back is drawn', async () => {
  for (const latex of ['\\sqrt[n]{x}', 'a\\wedge b', '\\widehat{abc}', '\\xrightarrow{f}', '\\prod\\limits_i x'])
    expect(() => formulaMarkup(latex, { display: true, output: 'mathml' })).not.toThrow()
  const out = await roundTrip('\\widehat{abc}\\xrightarrow{f}\\prod_{i} x_{i}')
  expect(formulaMarkup(out.tex, { display: true, output: 'mathml' })).not.toContain('error')
})
