// @vitest-environment jsdom
import { writeHtmlPage, writeMarkdown } from '@tandem/schema/export'
import { readMarkdown } from '@tandem/schema/markdown'
import { describe, expect, test } from 'vitest'
import { staticFormula } from '../../document/export/static-formula.ts'
import { htmlToDocument } from './html-to-document.ts'

/** All that a page can say; mentions, files and addresses without a host only our own documents know. */
const sample = `# Plan

**a** *b* ~~c~~ <u>d</u> \`e\` ==f== <mark data-color="green">g</mark> <span data-color="red">h</span> [i](https://j.example/?k=1&l=2 "m"), $x^2$, <time datetime="2026-11-22">2026-11-22</time>\\
next line, 5 < 6 & "7"

<div align="center">

## In the middle

</div>

- n
  - o
    3. p
- q

- [x] r
- [ ] s
  - [x] t

> u
>
> > v

> [!TIP]
> w

<details>
<summary>x <em>y</em></summary>

z

</details>

| A | B |
| --- | ---: |
| **c** | d<br>e |

\`\`\`typescript
const a = '<b>'

  b()
\`\`\`

$$
\\int_0^1 x \\, dx
$$

---

![a quay](https://k.example/l.png "m")

<figure data-align="center"><img src="https://k.example/n.png" alt="o" width="60%"><figcaption>p</figcaption></figure>

<div class="columns">

<div class="column">

left

</div>

<div class="column">

right

</div>

</div>
`
const markdownOf = (html: string) => writeMarkdown(htmlToDocument(html).document)

test('our own page comes in again as it was, but for what a page cannot say', () => {
  const document = readMarkdown(sample)
  const page = writeHtmlPage(document, {
    title: 'A “title” & <more>',
    titleIsInText: false,
    base: 'https://home.example/d/1',
    formula: staticFormula,
    day: (day) => day,
    picture: () => undefined,
  })
  const read = htmlToDocument(page)
  expect(read.title).toBe('A “title” & <more>')
  expect(writeMarkdown(read.document)).toBe(writeMarkdown(document))
})

describe('a file from anywhere', () => {
  test.each([
    ['is called as its title says', '<title> A  page </title><p>a</p>', 'A page'],
    ['has no name without one', '<h1>a</h1>', undefined],
  ])('%s', (_, html, title) => expect(htmlToDocument(html).title).toBe(title))

  test('addresses that meant files beside it are left out, their text is not', () => {
    expect(
      markdownOf('<p><a href="next.html">a</a> <a href="https://b.example/">b</a> <a href="javascript:x()">c</a></p>'),
    ).toBe('a [b](https://b.example/) c\n')
  })

  test('pictures that are not on the web are counted', () => {
    const { document, pictures } = htmlToDocument(
      '<p>a</p><img src="b.png"><img src="data:image/png;base64,AAAA"><img src="https://c.example/d.png" alt="d">',
    )
    expect(pictures).toBe(2)
    expect(writeMarkdown(document)).toBe('a\n\n![d](https://c.example/d.png)\n')
  })

  test('names in it stand for nothing of the page’s', () => {
    const names = [
      'body',
      'head',
      'title',
      'documentElement',
      'querySelector',
      'querySelectorAll',
      'attributes',
      'childNodes',
      'getAttribute',
      'remove',
      'textContent',
    ]
    const html = names
      .map(
        (name) =>
          `<img name="${name}"><form name="${name}"><input name="${name}"><object name="${name}"></object><p>${name}</p></form>`,
      )
      .join('')
    const markdown = markdownOf(html)
    for (const name of names) expect(markdown).toContain(name)
  })

  test('long words of links and pictures are cut, not the text', () => {
    const long = 'x'.repeat(5_000)
    const markdown = markdownOf(`<p><a href="https://a.example/" title="${long}">${long}</a></p>`)
    expect(markdown).toContain(long)
    expect(markdown.length).toBeLessThan(6_000)
  })
})
