// @vitest-environment jsdom
import { Document, Packer, Paragraph } from 'docx'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { writeMarkdown } from '@tandem/schema/export'
import { formulaMarkup } from '../../document/editor/blocks/formula-markup.ts'
import { docxToHtml } from './docx-to-html.ts'
import { htmlToDocument } from './html-to-document.ts'

/** As Word writes runs: with their font, which nobody asked for. */
const run = (text: string, look = '') =>
  `<m:r>${look === '' ? '' : `<m:rPr>${look}</m:rPr>`}<w:rPr><w:rFonts w:ascii="Cambria Math" w:hAnsi="Cambria Math"/></w:rPr><m:t>${text}</m:t></m:r>`
const control = '<m:ctrlPr><w:rPr><w:rFonts w:ascii="Cambria Math"/><w:i/></w:rPr></m:ctrlPr>'
const line = (text: string) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`

/** A file whose text is these paragraphs. */
async function fileOf(...paragraphs: string[]): Promise<Uint8Array> {
  const empty = new Document({ sections: [{ children: [new Paragraph({})] }] })
  const parts = unzipSync(new Uint8Array(await Packer.toArrayBuffer(empty)))
  const xml = strFromU8(parts['word/document.xml']!)
  const text = paragraphs.map((paragraph) => `<w:p>${paragraph}</w:p>`).join('')
  parts['word/document.xml'] = strToU8(xml.replace(/<w:p\/>|<w:p>.*?<\/w:p>/, () => text))
  return zipSync(parts)
}

async function read(...paragraphs: string[]): Promise<{ markdown: string; formulas: number }> {
  const { html, formulas } = await docxToHtml(await fileOf(...paragraphs))
  return { markdown: writeMarkdown(htmlToDocument(html).document), formulas }
}

test('a formula within a line, one on a line of its own, and several lines of one', async () => {
  const square = `<m:sSup><m:sSupPr>${control}</m:sSupPr><m:e>${run('x')}</m:e><m:sup>${run('2')}</m:sup></m:sSup>`
  const root = `<m:rad><m:radPr><m:degHide m:val="1"/>${control}</m:radPr><m:deg/><m:e>${square}${run('-4ac')}</m:e></m:rad>`
  const quadratic = `<m:f><m:fPr>${control}</m:fPr><m:num>${run('-b±')}${root}</m:num><m:den>${run('2a')}</m:den></m:f>`
  const { markdown, formulas } = await read(
    `${line('where ')}<m:oMath>${square}</m:oMath>${line(' is')}`,
    `<m:oMathPara><m:oMathParaPr><m:jc m:val="center"/></m:oMathParaPr><m:oMath>${run('x=')}${quadratic}</m:oMath></m:oMathPara>`,
    `<m:oMathPara><m:oMath>${run('a&lt;b')}</m:oMath><m:oMath>${run('c')}</m:oMath></m:oMathPara>`,
  )
  expect(formulas).toBe(0)
  expect(markdown).toBe(
    'where $x^2$ is\n\n$$\nx=\\frac{-b\\pm \\sqrt{x^2-4ac}}{2a}\n$$\n\n$$\n\\begin{gathered}a<b \\\\ c\\end{gathered}\n$$\n',
  )
})

test('of LibreOffice, which says on each formula what it is', async () => {
  const here = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
  const { markdown } = await read(
    `<m:oMathPara ${here}><m:oMathParaPr><m:jc m:val="center"/></m:oMathParaPr><m:oMath>${run('x')}</m:oMath></m:oMathPara>`,
    `${line('a ')}<m:oMath ${here}>${run('y')}</m:oMath>`,
  )
  expect(markdown).toBe('$$\nx\n$$\n\na $y$\n')
})

test('what Word leaves out means what Word means by it', async () => {
  const { markdown } = await read(
    `<m:oMath><m:nary><m:sub>${run('0')}</m:sub><m:sup/><m:e>${run('f')}</m:e></m:nary></m:oMath>`,
    `<m:oMath><m:d><m:e>${run('a')}</m:e><m:e>${run('b')}</m:e></m:d></m:oMath>`,
    `<m:oMath><m:acc><m:e>${run('a')}</m:e></m:acc><m:bar><m:e>${run('b')}</m:e></m:bar></m:oMath>`,
    `<m:oMath><m:groupChr><m:e>${run('ab')}</m:e></m:groupChr></m:oMath>`,
    `<m:oMath><m:phant><m:e>${run('a')}</m:e></m:phant></m:oMath>`,
    `<m:oMath>${run('sin', '<m:sty m:val="p"/>')}${run('if x', '<m:nor/>')}${run('R', '<m:scr m:val="double-struck"/>')}</m:oMath>`,
  )
  expect(markdown).toBe(
    '$\\int_0 f$\n\n$\\left(a\\middle| b\\right)$\n\n$\\hat{a}\\underline{b}$\n\n$\\underbrace{ab}$\n\n$a$\n\n$\\sin \\text{if x}\\mathbb{R}$\n',
  )
})

test('cases and aligned equations, as Word makes them', async () => {
  const array = (...lines: string[]) => `<m:eqArr>${lines.map((one) => `<m:e>${run(one)}</m:e>`).join('')}</m:eqArr>`
  const braces = '<m:dPr><m:begChr m:val="{"/><m:endChr m:val=""/></m:dPr>'
  const { markdown } = await read(
    `<m:oMathPara><m:oMath><m:d>${braces}<m:e>${array('0,  &amp;x&lt;0', '1,  &amp;x≥0')}</m:e></m:d></m:oMath></m:oMathPara>`,
    `<m:oMathPara><m:oMath>${array('a&amp;=b', '&amp;=c')}</m:oMath></m:oMathPara>`,
  )
  expect(markdown).toContain('\\begin{cases}0,  &x<0 \\\\ 1,  &x\\ge 0\\end{cases}')
  expect(markdown).toContain('\\begin{aligned}a&=b \\\\ &=c\\end{aligned}')
})

test('columns to the right and left in turn are aligned equations, when there are more than two', async () => {
  const matrix = (...columns: (readonly [side: string, count: number])[]) => {
    const looks = columns.map(
      ([side, count]) => `<m:mc><m:mcPr><m:count m:val="${count}"/><m:mcJc m:val="${side}"/></m:mcPr></m:mc>`,
    )
    const cells = ['a', 'b', 'c'].map((text) => `<m:e>${run(text)}</m:e>`)
    return `<m:oMath><m:m><m:mPr><m:mcs>${looks.join('')}</m:mcs>${control}</m:mPr><m:mr>${cells.join('')}</m:mr></m:m></m:oMath>`
  }
  const { markdown } = await read(
    matrix(['right', 1], ['left', 1], ['right', 1]),
    matrix(['left', 1], ['right', 1], ['left', 1]),
    matrix(['right', 1], ['left', 1]),
    matrix(['right', 1], ['left', 2], ['right', 1]),
    matrix(['center', 3]),
  )
  expect(markdown.match(/(?<=begin\{)\w+/g)).toEqual(['aligned', 'matrix', 'matrix', 'matrix', 'matrix'])
})

test('formulas beside each other are two; signs that cannot grow stand as they are; words keep their spaces', async () => {
  const between = '<m:dPr><m:sepChr m:val=","/></m:dPr>'
  const { markdown, formulas } = await read(
    `<m:oMath>${run('α')}</m:oMath><m:oMath>${run('x')}</m:oMath>`,
    `<m:oMath><m:d>${between}<m:e>${run('a')}</m:e><m:e>${run('b')}</m:e></m:d></m:oMath>`,
    `<m:oMath>${run('if x > 0 then y')}</m:oMath>`,
    `<m:oMath><m:r><w:sym w:font="Symbol" w:char="F061"/></m:r></m:oMath>`,
  )
  expect(markdown.split(/\n+/).slice(0, 3)).toEqual([
    String.raw`<code class="math">\\alpha</code><code class="math">x</code>`,
    String.raw`$\left(a,b\right)$`,
    String.raw`$if\ x > 0 then\ y$`,
  ])
  expect(formulas).toBe(1)
})

test('what was deleted is gone, what was added is there, and what is unknown leaves what it holds', async () => {
  const { markdown } = await read(
    `<m:oMath><w:del w:id="1" w:author="a">${run('x')}</w:del><w:ins w:id="2" w:author="a">${run('y')}</w:ins><m:new>${run('z')}</m:new></m:oMath>`,
  )
  expect(markdown).toBe('$yz$\n')
})

test('what is said twice, for newer programs and for older ones, is there once', async () => {
  const { markdown } = await read(
    `<m:oMath><mc:AlternateContent><mc:Choice Requires="w14">${run('x')}</mc:Choice><mc:Fallback>${run('x')}</mc:Fallback></mc:AlternateContent></m:oMath>`,
  )
  expect(markdown).toBe('$x$\n')
})

test('what is struck out both ways is; any sign may have limits', async () => {
  const strikes = '<m:borderBoxPr><m:strikeBLTR m:val="1"/><m:strikeTLBR m:val="1"/></m:borderBoxPr>'
  const union = '<m:naryPr><m:chr m:val="⊎"/><m:limLoc m:val="undOvr"/></m:naryPr>'
  const { markdown } = await read(
    `<m:oMath><m:borderBox>${strikes}<m:e>${run('x')}</m:e></m:borderBox></m:oMath>`,
    `<m:oMath><m:nary>${union}<m:sub>${run('i')}</m:sub><m:sup/><m:e>${run('A')}</m:e></m:nary></m:oMath>`,
  )
  expect(markdown).toBe('$\\xcancel{x}$\n\n$\\mathop{⊎}\\limits_i A$\n')
})

test('an item of a list that is a formula, or stands in the middle, stays in its list', async () => {
  const item = (side: string) =>
    `<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:jc w:val="${side}"/></w:pPr>`
  const { markdown } = await read(
    `${item('center')}${line('a')}`,
    `${item('left')}<m:oMathPara><m:oMath>${run('x')}</m:oMath></m:oMathPara>`,
  )
  expect(markdown).toBe('- a\n- $x$\n')
})

test('a formula that is none is left out and counted; nothing in one can be anything but TeX', async () => {
  const deep = '<m:box><m:e>'.repeat(500) + run('x') + '</m:e></m:box>'.repeat(500)
  const { markdown, formulas } = await read(
    `${line('a')}<m:oMath>${deep}</m:oMath>`,
    `${line('b')}<m:oMath>${run('x'.repeat(2_001))}</m:oMath>`,
    `${line('c')}<m:oMath>${run('$ \\href{javascript:alert(1)}{y} &lt;img src=x onerror=alert(1)&gt; #')}</m:oMath>`,
    `${line('d')}<m:oMath></m:oMath><m:oMath/>`,
  )
  expect(formulas).toBe(2)
  expect(markdown).toMatch(/^a\n\nb\n\nc<code class="math">.*<\/code>\n\nd\n$/)
  expect(markdown.replaceAll(/\\(?=[^a-z])/g, '')).toContain('\\backslash href{javascript:alert(1)}{y} <img')
})

test('another prefix and the strict namespaces are read, other encodings left alone', async () => {
  const parts = unzipSync(await fileOf(`<m:oMath>${run('x')}</m:oMath>`))
  const xml = strFromU8(parts['word/document.xml']!)
  const strict = xml
    .replaceAll(/\bm(?=:[a-z]|=")/gi, 'math')
    .replace(/xmlns:math="[^"]*"/, 'xmlns:math="http://purl.oclc.org/ooxml/officeDocument/math"')
  const { html } = await docxToHtml(zipSync({ ...parts, 'word/document.xml': strToU8(strict) }))
  expect(html).toContain('<span data-type="inlineMath">x</span>')
})

test('the number of an equation stands at the edge, as Word has it; where TeX cannot have one it stands behind', async () => {
  const numbered = (number: string, before = run('a=b')) =>
    `<m:eqArr><m:eqArrPr><m:maxDist m:val="1"/>${control}</m:eqArrPr><m:e>${before}${run('#')}${number}</m:e></m:eqArr>`
  const inBrackets = (text: string) => `<m:d><m:dPr>${control}</m:dPr><m:e>${run(text)}</m:e></m:d>`
  const block = (content: string) => `<m:oMathPara><m:oMath>${content}</m:oMath></m:oMathPara>`
  const { markdown, formulas } = await read(
    block(numbered(inBrackets('1.2'))),
    block(numbered(run('[A]'))),
    block(numbered(run('α'))),
    block(`${run('x+')}${numbered(inBrackets('2'))}`),
    `<m:oMath>${numbered(inBrackets('3'))}</m:oMath>`,
    `<m:oMathPara><m:oMath>${numbered(inBrackets('4'))}</m:oMath><m:oMath>${run('c')}</m:oMath></m:oMathPara>`,
    block(
      `<m:eqArr><m:eqArrPr><m:maxDist m:val="1"/></m:eqArrPr><m:e>${run('a&amp;=b#(5)')}</m:e><m:e>${run('c&amp;=d')}</m:e></m:eqArr>`,
    ),
    block(`<m:eqArr><m:e>${run('a#1')}</m:e></m:eqArr>`),
  )
  expect(formulas).toBe(0)
  expect(markdown).toBe(
    [
      '$$\na=b\\tag{1.2}\n$$',
      '$$\na=b\\tag*{[A]}\n$$',
      '$$\na=b\\qquad \\alpha\n$$',
      '$$\nx+a=b\\qquad (2)\n$$',
      '$a=b\\qquad (3)$',
      '$$\n\\begin{gathered}a=b\\qquad (4) \\\\ c\\end{gathered}\n$$',
      '$$\n\\begin{align*}a&=b\\tag{5} \\\\ c&=d\\end{align*}\n$$',
      '$$\n\\begin{gathered}a\\#1\\end{gathered}\n$$',
    ].join('\n\n') + '\n',
  )
  for (const [, tex] of markdown.matchAll(/^\$\$\n(.*)\n\$\$$/gm))
    expect(formulaMarkup(tex!, { display: true, output: 'mathml' })).not.toContain('#cc0000')
})

test('signs over and under a letter that KaTeX has under other names, or not at all', async () => {
  const accent = (sign: string) =>
    `<m:oMath><m:acc><m:accPr><m:chr m:val="${sign}"/></m:accPr><m:e>${run('a')}</m:e></m:acc></m:oMath>`
  const { markdown } = await read(
    ...['\u20d1', '\u20d0', '\u0330', '\u20ef', '\u033f', '\u0333', '\u0323', '\u0310'].map(accent),
  )
  expect(markdown.trim().split('\n\n')).toEqual([
    '$\\overrightharpoon{a}$',
    '$\\overleftharpoon{a}$',
    '$\\utilde{a}$',
    '$\\underrightarrow{a}$',
    '$\\overline{\\overline{a}}$',
    '$\\underline{\\underline{a}}$',
    '$\\underset{~\u0323}{a}$',
    '$\\overset{~\u0310}{a}$',
  ])
})
