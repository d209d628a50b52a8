// @vitest-environment jsdom
import { Editor } from '@tiptap/core'
import { afterEach, describe, expect, test } from 'vitest'
import { documentExtensions } from './document-extensions.ts'
import { imageLook } from './image-look.ts'
import { readMarkdown } from './markdown-reader.ts'
import { writeMarkdown } from './markdown-writer.ts'
import { fileOf, sizeText, uploadIdOf } from './upload.ts'

const ID = '0123456789abcdef'.repeat(2)
const SRC = `/api/uploads/${ID}`
const editors: Editor[] = []
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy()
})

function open(content: unknown): Editor {
  const editor = new Editor({ extensions: documentExtensions(), content: content as never })
  editors.push(editor)
  return editor
}

const image = (attrs: object) => ({ type: 'doc', content: [{ type: 'image', attrs: { src: SRC, ...attrs } }] })
const file = (attrs: object) => ({ type: 'doc', content: [{ type: 'file', attrs: { src: SRC, ...attrs } }] })

describe('as HTML and back', () => {
  test.each([
    ['a picture alone', image({ alt: 'a <b>' })],
    ['one with everything', image({ alt: 'a', title: 't', caption: 'c "d" <i>', width: 40, align: 'center' })],
    ['one with a side alone', image({ align: 'right' })],
    ['a file', file({ name: 'a "plan" <1>.pdf', size: 1234, type: 'application/pdf' })],
  ])('%s stays what it is', (_name, document) => {
    const { content } = open(open(document).getHTML()).getJSON()
    expect(content?.[0]).toMatchObject(document.content[0] ?? {})
  })

  test('a figure of another page is a picture with its caption; one that holds more is not swallowed', () => {
    const other =
      '<figure class="x"><img src="https://e.com/a.png" alt="A"><figcaption> Said <b>so</b> </figcaption></figure>'
    expect(open(other).getJSON().content?.[0]?.attrs).toMatchObject({ alt: 'A', caption: 'Said so', width: null })
    const table = '<figure><table><tr><td><p>cell</p></td></tr></table><img src="https://e.com/a.png"></figure>'
    expect(open(table).getText()).toContain('cell')
  })
})

describe('attributes from the wire are believed only where they are ours', () => {
  const evil = '40%;background:url(//e.vil)" onclick="x'
  test('of a picture', () => {
    const html = open(image({ src: 'javascript:alert(1)', caption: { a: 1 }, width: evil, align: evil })).getHTML()
    expect(html).not.toMatch(/vil|onclick|javascript|figure/)
    expect(imageLook({ width: Number.NaN })).toEqual({ caption: '', width: undefined, align: undefined })
    expect(imageLook({ width: 1e9, caption: 'x'.repeat(10_000) })).toMatchObject({ width: 100 })
    expect(imageLook({ caption: 'x'.repeat(10_000) }).caption).toHaveLength(500)
    expect(imageLook({ width: -3 }).width).toBe(10)
  })

  test.each([
    'javascript:alert(1)',
    'https://e.vil/x',
    `${SRC}/../../auth/sign-out`,
    `//e.vil${SRC}`,
    `${SRC}?x`,
    7,
    null,
  ])('a file at %j opens nothing, and its name stays', (src) => {
    expect(uploadIdOf(src)).toBeUndefined()
    const html = open(file({ src, name: 'a <plan>', size: -1, type: evil })).getHTML()
    expect(html).not.toMatch(/href|vil|onclick/)
    expect(html).toContain('a &lt;plan&gt;')
  })

  test('a file’s size and type are numbers and types, or nothing', () => {
    expect(fileOf({ src: SRC, name: ' ', size: 1.5, type: 'a b' })).toEqual({
      src: SRC,
      name: 'file',
      size: undefined,
      type: 'application/octet-stream',
    })
  })
})

describe('as Markdown', () => {
  test('a plain picture is written as ever, one with a look as HTML on one line', () => {
    expect(writeMarkdown(image({ alt: 'a' }))).toBe(`![a](${SRC})\n`)
    expect(writeMarkdown(image({ alt: 'a', caption: 'b\n\n<c>', width: 50 }))).toBe(
      `<figure><img src="${SRC}" alt="a" width="50%"><figcaption>b&#10;&#10;&#60;c&#62;</figcaption></figure>\n`,
    )
  })

  test('HTML that only looks like ours stays what it is', () => {
    for (const html of [
      '<figure><img src="javascript:alert(1)" alt=""></figure>',
      '<figure><img src="x" alt="" onerror="alert(1)"></figure>',
      '<div class="file"><a href="https://e.vil/x">x</a></div>',
    ])
      expect(readMarkdown(html).content).toMatchObject([{ type: 'codeBlock', attrs: { language: 'html' } }])
  })

  test('the caption of a picture in a table’s cell is text after it', () => {
    const cell = { type: 'tableHeader', content: image({ caption: 'so|what' }).content }
    const table = { type: 'table', content: [{ type: 'tableRow', content: [cell] }] }
    const read = readMarkdown(writeMarkdown({ type: 'doc', content: [table] }))
    expect(JSON.stringify(read)).toContain('so|what')
  })
})

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1536, '1.5 KB'],
  [10 * 1024, '10 KB'],
  [52_428_800, '50 MB'],
  [5e12, '4657 GB'],
])('%i bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))
