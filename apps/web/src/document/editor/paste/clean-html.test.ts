// @vitest-environment jsdom
import { documentExtensions } from '@tandem/schema'
import { Editor, type JSONContent } from '@tiptap/core'
import { afterEach, describe, expect, test } from 'vitest'
import { dismiss, toastStore } from '../../../ui/toast-store.ts'
import { cleanHtml } from './clean-html.ts'
import { PASTE_RULES, Paste } from './paste.ts'

const editors: Editor[] = []
afterEach(() => {
  for (const { id } of toastStore.getSnapshot()) dismiss(id)
  for (const editor of editors.splice(0)) editor.destroy()
})

/** Blocks by names and attributes, marks in braces; paragraphs are their text. */
function outline({ type, text, marks = [], attrs = {}, content = [] }: JSONContent): string {
  if (text !== undefined) {
    const names = marks.map(({ type: mark, attrs: of }) => mark + (of?.['color'] ? `=${of['color']}` : ''))
    return names.length > 0 ? `{${text}|${names.join()}}` : text
  }
  if (type === 'hardBreak') return '↵'
  const inside = content.map(outline).join(type === 'paragraph' || type === 'heading' ? '' : ' ')
  if (type === 'paragraph') return inside
  const about = ['level', 'start', 'type', 'checked', 'src']
    .filter((name) => attrs[name] != null && attrs[name] !== 1 && attrs[name] !== false)
    .map((name) => `${name}=${attrs[name]}`)
  const name = (type ?? '').replace('List', '').replace('listItem', '-').replace('taskItem', '-')
  return `${name}${about.length > 0 ? `[${about.join()}]` : ''}(${inside})`
}

function pasted(html: string): string[] {
  const editor = new Editor({
    element: document.body.appendChild(document.createElement('div')),
    extensions: [...documentExtensions(), Paste],
    enablePasteRules: PASTE_RULES,
  })
  editors.push(editor)
  editor.view.pasteHTML(html, new Event('paste') as ClipboardEvent)
  editor.state.doc.check()
  const blocks = (editor.getJSON().content ?? []).map(outline)
  return blocks.slice(0, blocks.findLastIndex((block) => block !== '') + 1) // a document ends with an empty paragraph
}

const word = (level: number, sign: string, text: string, list = 'l0') =>
  `<p class=MsoListParagraph style='text-indent:-.25in;mso-list:${list} level${level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>${sign}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>${text}<o:p></o:p></p>\n`

describe('lists', () => {
  test('a heading leaves its list with its number; what follows counts on', () => {
    expect(pasted('<ol><li>a</li><li><h2>Two</h2><p>x</p></li><li>c</li></ol>')).toEqual([
      'ordered(-(a))',
      'heading[level=2](2. Two)',
      'x',
      'ordered[start=3](-(c))',
    ])
    expect(pasted('<ul><li><h2>One</h2></li></ul>')).toEqual(['heading[level=2](One)'])
  })

  test('of Slack: a list of its own for each run of items of one depth', () => {
    const list = (indent: number, ...items: string[]) =>
      `<ul class="p-rich_text_list" data-stringify-type="unordered-list" data-indent="${indent}" data-border="0">${items
        .map((item) => `<li data-stringify-indent="${indent}">${item}</li>`)
        .join('')}</ul>`
    expect(pasted(list(0, 'a') + list(1, 'b', 'c') + list(2, 'd') + list(1, 'e') + list(0, 'f') + '<p>x</p>')).toEqual([
      'bullet(-(a bullet(-(b) -(c bullet(-(d))) -(e))) -(f))',
      'x',
    ])
    const numbered = list(1, 'c').replaceAll('ul', 'ol')
    expect(pasted(list(0, 'a') + list(1, 'b') + numbered + list(0, 'd'))).toEqual([
      'bullet(-(a bullet(-(b)) ordered(-(c))) -(d))',
    ])
    expect(pasted(list(1, 'alone') + '<p>x</p>' + list(1, 'again'))).toEqual([
      'bullet(-(alone))',
      'x',
      'bullet(-(again))',
    ])
  })

  test('an item that is only a list joins the one before', () => {
    expect(pasted('<ol><li>One</li><li><ol><li>Inner</li></ol></li><li>Two</li></ol>')).toEqual([
      'ordered(-(One ordered(-(Inner))) -(Two))',
    ])
  })

  test('an item may begin with code, a quote or a picture', () => {
    expect(pasted('<ul><li><pre>x</pre></li><li><div><blockquote>q</blockquote></div></li><li>c</li></ul>')).toEqual([
      'bullet(-( codeBlock(x)) -( blockquote(q)) -(c))',
    ])
    expect(pasted('<ul><li><p><img src="https://a.example/b.png"></p></li></ul>')).toEqual([
      'bullet(-( image[src=https://a.example/b.png]()))',
    ])
  })

  test('what stands around lists in lists stays', () => {
    expect(
      pasted('<table><tr><td>Left<ul><ol><li>a</li></ol><ol><li>b</li></ol></ul></td><td>right</td></tr></table>'),
    ).toEqual(['table(tableRow(tableCell(Left ordered(-(a)) ordered(-(b))) tableCell(right)))'])
  })

  test('tasks keep their boxes, whatever they begin with', () => {
    const box = '<input type=checkbox checked>'
    expect(pasted(`<ul><li>${box}<h3>Head</h3></li><li>${box}<ul><li>a</li></ul></li></ul>`)).toEqual([
      'task(-[checked=true]( heading[level=3](Head)) -[checked=true]( bullet(-(a))))',
    ])
  })

  test('numbered headings of Word keep the number that they had', () => {
    const heading = (sign: string, text: string) => word(2, sign, text).replaceAll(/(?<=<\/?)p\b/g, 'h2')
    expect(pasted(heading('1.1', 'Scope') + heading('1.2', 'Terms'))).toEqual([
      'heading[level=2](1.1 Scope)',
      'heading[level=2](1.2 Terms)',
    ])
    expect(pasted(heading('II.', 'Terms'))).toEqual(['heading[level=2](II. Terms)'])
  })

  test('lists in lists keep their kind', () => {
    expect(pasted('<ul><ol><li>One</li></ol><p>&nbsp;</p><ol><li>Again</li></ol></ul>')).toEqual([
      'ordered(-(One))',
      '',
      'ordered(-(Again))',
    ])
  })

  test('of Word: what begins deeper, and what passes over a level', () => {
    expect(pasted(word(2, 'o', 'Inner') + word(2, 'o', 'Next') + word(1, '·', 'Outer') + word(3, '§', 'Deep'))).toEqual(
      ['bullet(-(Inner) -(Next))', 'bullet(-(Outer bullet(-(Deep))))'],
    )
  })

  test('of Word: numbers of every kind, and where they begin', () => {
    expect(pasted(word(1, '1.1.', 'x') + word(1, '1.2.', 'y'))).toEqual(['ordered(-(x) -(y))'])
    expect(pasted(word(1, '1.', 'One') + '<p>Between</p>' + word(1, '2.', 'Two'))).toEqual([
      'ordered(-(One))',
      'Between',
      'ordered[start=2](-(Two))',
    ])
    expect(pasted(word(1, '1.', 'a') + word(2, '(a)', 'b') + word(2, '(b)', 'c') + word(3, 'iv.', 'd'))).toEqual([
      'ordered(-(a ordered[type=a](-(b) -(c ordered[start=4,type=i](-(d))))))',
    ])
    expect(pasted(word(1, '1.', 'a') + word(1, '2.', 'b') + word(1, '1.', 'c', 'l1'))).toEqual([
      'ordered(-(a) -(b))',
      'ordered(-(c))',
    ])
  })

  test('of Word: real lists among its paragraphs', () => {
    const item = (start: number, text: string) =>
      `<ol style='margin-top:0in' start=${start} type=1><li class=MsoNormal style='mso-list:l0 level1 lfo1'>${text}<o:p></o:p></li></ol>\n`
    expect(pasted(item(1, 'One') + word(2, 'a.', 'In') + item(2, 'Two'))).toEqual([
      'ordered(-(One ordered[type=a](-(In))) -(Two))',
    ])
  })

  test('of Word on the web: a list for each item, and headings that are paragraphs', () => {
    const item = (tag: string, level: number, text: string, start = 1) =>
      `<div class="ListContainerWrapper SCXW1 BCX8"><${tag} role="list" start="${start}"><li data-aria-level="${level}" data-listid="1"><p><span class="TextRun"><span class="NormalTextRun">${text}</span></span><span class="EOP SCXW1">&nbsp;</span></p></li></${tag}></div>`
    expect(pasted(item('ol', 1, 'foo') + item('ul', 2, 'bar') + item('ol', 1, 'baz', 2))).toEqual([
      'ordered(-(foo bullet(-(bar))) -(baz))',
    ])
    expect(pasted('<p role="heading" aria-level="2"><span>Title</span><span class="EOP">&nbsp;</span></p>')).toEqual([
      'heading[level=2](Title)',
    ])
  })

  test('of PowerPoint', () => {
    const line = (name: string, sign: string, text: string) =>
      `<div${name === '' ? '' : ` class=${name}`} style='margin-left:.25in'><span style='mso-special-format:bullet'>${sign}</span><span>${text}</span></div>\n`
    expect(pasted(line('', '•', 'Circle') + line('O1', '1.', 'First') + line('', '•', 'Square'))).toEqual([
      'bullet(-(Circle ordered(-(First))) -(Square))',
    ])
  })

  test('words in brackets that a list in an item begins with are not the box of that item', () => {
    const inner = '<li><ul><li>[ ] a</li><li>[x] b</li></ul></li>'
    expect(pasted(`<ul>${inner}</ul>`)).toEqual(['task(-(a) -[checked=true](b))'])
    expect(pasted(`<ul><li>x</li>${inner}</ul>`)).toEqual(['bullet(-(x task(-(a) -[checked=true](b))))'])
    expect(pasted('<ul><li>[ ] a</li><li><ol><li>[x] b</li></ol></li><li>[x] c</li></ul>')).toEqual([
      'task(-(a task(-[checked=true](b))) -[checked=true](c))',
    ])
  })

  test('boxes to press make tasks of what stands among them, wherever they stand in the item', () => {
    const box = '<div class="checkbox-wrapper"><input type="checkbox" checked><label>Milk</label></div>'
    expect(pasted(`<ol><li>${box}</li><li>Bread<ul><li>Rye</li></ul></li></ol>`)).toEqual([
      'task(-[checked=true](Milk) -(Bread bullet(-(Rye))))',
    ])
    const done =
      '<li role="checkbox" aria-checked="true"><img src="x"><p style="text-decoration:line-through">Book</p></li>'
    expect(pasted(`<ul>${done}</ul>`)).toEqual(['task(-[checked=true](Book))'])
  })
})

describe('text', () => {
  test('smaller headings are the smallest of ours, and empty ones are none', () => {
    expect(pasted('<h5>Small</h5><h2>&nbsp;</h2><p><o:p>&nbsp;</o:p></p><p>x</p>')).toEqual([
      'heading[level=3](Small)',
      '',
      '',
      'x',
    ])
  })

  test('spaces between words beside a block stay', () => {
    expect(pasted('<p>x</p><span>one</span> <b>two</b> <i>three</i>')).toEqual(['x', 'one {two|bold} {three|italic}'])
  })

  test('signs that Markdown would take are text', () => {
    expect(pasted('<p>*before* 2 ** 3 ** 4 and __init__ ~~x~~ `y` ==z==</p>')).toEqual([
      '*before* 2 ** 3 ** 4 and __init__ ~~x~~ `y` ==z==',
    ])
  })

  test('of Slack: half a line between paragraphs', () => {
    const half =
      '<span class="c-mrkdwn__br" data-stringify-type="paragraph-break" style="display:block;height:8px"></span>'
    expect(pasted(`<meta charset="utf-8"><span>a <b>line</b></span>${half}<span>next</span><br>more${half}`)).toEqual([
      'a {line|bold}',
      'next↵more',
    ])
    expect(pasted(`<blockquote>a${half}b</blockquote>`)).toEqual(['blockquote(a↵b)'])
  })

  test('of Word: signs of its symbol fonts, breaks that end a paragraph, pages, and what reviewers said', () => {
    expect(
      pasted(
        '<p>a <span style="font-family:Wingdings;mso-char-type:symbol">à</span> <span style="font-family:Symbol">b</span><br><!--[if !supportLineBreakNewLine]--><br><!--[endif]--></p>' +
          '<p>b<span><br clear=all style="page-break-before:always"></span></p>' +
          '<div style="mso-element:comment-list"><p>said</p></div>',
      ),
    ).toEqual(['a → β', 'b'])
  })

  test('what is pressed on a page is no text, and a row that is not shown is none', () => {
    expect(pasted('<p>a<button>Copy</button><svg><text>x</text></svg></p><select><option>o</select>')).toEqual(['a'])
    expect(pasted('<table><tr><td>a</td></tr><tr style="display:none"><td></td></tr></table>')).toEqual([
      'table(tableRow(tableCell(a)))',
    ])
  })

  test('a button that is a heading or a word is text', () => {
    expect(pasted('<h3><button>What?</button></h3><p>Press <button>Save</button> to keep</p>')).toEqual([
      'heading[level=3](What?)',
      'Press Save to keep',
    ])
  })

  test('sections beside blocks get no empty paragraphs', () => {
    expect(pasted('<h1>T</h1><section><p>x</p><p>y</p></section><p>z</p>')).toEqual(['heading(T)', 'x', 'y', 'z'])
    expect(pasted('<p>x</p><section>y</section><i>z</i>')).toEqual(['x', 'y', '{z|italic}'])
    expect(pasted('<p>x</p><b><p>y</p></b><i>z</i>')).toEqual(['x', '{y|bold}', '{z|italic}'])
  })

  test('a formula that a page draws beside its source is there once; in words it stays in them', () => {
    const math = (display: string) =>
      `<math display="${display}"><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>`
    const drawn = `<span class="mwe-math-element"><span style="display:none">${math('inline')}</span><img src="https://a.example/x.svg"></span>`
    const shown = (html: string) => pasted(html).map((block) => block.replaceAll('inlineMath()', '$'))
    expect(shown(`<p>so ${drawn} is</p>`)).toEqual(['so $ is'])
    expect(shown(`<p><span class="katex-display">${math('block')}</span></p><p>then ${math('block')} is</p>`)).toEqual([
      'blockMath()',
      'then $ is',
    ])
  })

  test('a page that cannot be cleaned is pasted as it came, but for its forms', () => {
    // jsdom has no `style` of MathML, as Chrome had none before 2023.
    const html = '<form><h5>Title</h5></form><math><mi style="font-family:serif">x</mi></math>'
    expect(cleanHtml(html)).toEqual({ html: html.replaceAll('form>', 'div>'), pictures: 0 })
  })

  test('the words of a toggle that stand in a paragraph are its words', () => {
    expect(pasted('<details open><summary><p>Toggle</p></summary><p>Inside</p></details>')[0]).toBe(
      'details(detailsSummary(Toggle) detailsContent(Inside))',
    )
  })
})

describe('marks', () => {
  test('colours of letters, but not black, not grey, not of links, and not what a browser says of a page', () => {
    expect(
      pasted(
        '<p><span style="color:#cc0000">red</span> <font color="#0000ff">blue</font> <span style="color:#1f1f1f">ink</span> <span style="color:#44546a">slate</span> ' +
          '<span style="color: rgb(200,0,0); display: inline !important; float: none; background-color: rgb(255,255,0)">page</span> ' +
          '<a href="https://a.example/"><span style="color:#1155cc;text-decoration:underline">link</span></a></p>',
      ),
    ).toEqual(['{red|textStyle=red} {blue|textStyle=blue} ink slate page {link|link}'])
  })

  test('of Excel: what its classes say', () => {
    expect(
      pasted(
        '<style>.xl65 {font-weight:700; text-decoration:line-through;}</style><table><tr><td class=xl65>Head</td><td class=xl66>b</td></tr></table>',
      ),
    ).toEqual(['table(tableRow(tableCell({Head|bold,strike}) tableCell(b)))'])
  })

  test('links within the page, and without a host, are text; underlined is no mark of a link', () => {
    expect(
      pasted(
        '<p><a href="#_ftn1">[1]</a> <a href="/issues/1">one</a> <u><a href="https://a.example/">b</a></u> <u>c</u> <a href="https://a.example/"><u>d</u></a></p>',
      ),
    ).toEqual(['[1] one {b|link} {c|underline} {d|link}'])
  })
})

describe('pictures', () => {
  test('what is nowhere to be had is left out, and said', () => {
    const at = (src: string) => `<p>Before <img src="${src}"> after</p>`
    expect(pasted(at('file:///C:/a.png') + '<p><img src="cid:1"></p>' + at('data:image/png;base64,AAAA'))).toEqual([
      'Before after',
      'Before after',
    ])
    expect(toastStore.getSnapshot().map(({ title }) => title)).toEqual(['3 pictures were not pasted'])
  })

  test('one without an address is none', () => {
    expect(cleanHtml('<p>a<img src=""><img></p>')).toEqual({ html: '<p>a</p>', pictures: 0 })
  })

  test('a paragraph that is a picture is the picture', () => {
    expect(pasted('<p>a</p><p><span><img src="https://a.example/b.png"></span></p>')).toEqual([
      'a',
      'image[src=https://a.example/b.png]()',
    ])
  })
})
