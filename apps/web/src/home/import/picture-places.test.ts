// @vitest-environment jsdom
import { documentExtensions, FRAGMENT } from '@tandem/schema'
import { contentOfDocument, writeMarkdown } from '@tandem/schema/export'
import { documentToMarkdown, markdownToUpdates } from '@tandem/schema/markdown'
import { getSchema } from '@tiptap/core'
import { Node } from '@tiptap/pm/model'
import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { fillPlace } from './fill-place.ts'
import { htmlToDocument } from './html-to-document.ts'
import { pictureAddress, pictureAt, type PicturePlace } from './picture-places.ts'

const SRC = `/api/uploads/${'0123456789abcdef'.repeat(2)}`
const schema = getSchema(documentExtensions())
const img = (picture: number, about = '') => `<img src="${pictureAddress(picture)}" ${about}>`

/** As it goes: read, written as Markdown, imported by the server, opened. */
function imported(html: string): { doc: Y.Doc; places: readonly PicturePlace[]; markdown: string } {
  const { document, places } = htmlToDocument(html, (src) => pictureAt(src))
  const markdown = writeMarkdown(document)
  const doc = new Y.Doc()
  for (const update of markdownToUpdates(markdown)) Y.applyUpdate(doc, update)
  return { doc, places, markdown }
}

function filled(html: string): string {
  const { doc, places } = imported(html)
  for (const place of places) expect(fillPlace(doc, place, SRC), place.words).toBe(true)
  expect(documentToMarkdown(doc)).not.toContain('picture')
  // An editor shows what the schema does not allow as something unsupported.
  expect(() => Node.fromJSON(schema, contentOfDocument(doc)).check()).not.toThrow()
  return documentToMarkdown(doc)
}

test('words stand where a picture belongs until it is there, with what is known of it', () => {
  const html = `<h1>A</h1><p>one ${img(1, 'alt="a [quay]"')}two</p><figure data-width="40">${img(0)}<figcaption>c</figcaption></figure>`
  const { places, markdown } = imported(html)
  expect(markdown).not.toContain('![')
  expect(markdown.replaceAll('\\', '')).toBe('# A\n\none\n\n[picture 1]\n\ntwo\n\n[picture 2]\n')
  expect(places.map(({ number, picture }) => [number, picture])).toEqual([
    [1, 1],
    [2, 0],
  ])
  expect(filled(html)).toContain(
    `one\n\n![a \\[quay\\]](${SRC})\n\ntwo\n\n<figure><img src="${SRC}" alt="" width="40%">`,
  )
})

test.each([
  ['alone', img(0)],
  ['first in an item of a list', `<ul><li>${img(0)}</li><li>b</li></ul>`],
  ['in a task', `<ul data-type="taskList"><li data-type="taskItem" data-checked="false">${img(0)}</li></ul>`],
  ['within an item of a list', `<ul><li><p>a</p>${img(0)}<p>b</p></li></ul>`],
  ['in a quote', `<blockquote><p>a</p>${img(0)}</blockquote>`],
  ['in a callout', `<div data-type="callout" data-kind="tip">${img(0)}<p>a</p></div>`],
  ['in a heading', `<h2>a ${img(0)}b</h2>`],
  ['alone in a cell', `<table><tr><th>h</th></tr><tr><td>${img(0)}</td></tr></table>`],
  [
    'among the lines of a cell',
    `<table><tr><th>h</th></tr><tr><td><p>a</p>${img(0)}<p>b</p>${img(1)}</td></tr></table>`,
  ],
  ['twice, side by side', `<p>${img(0)}${img(0)}</p>`],
])('a picture %s stands there, and what is beside it stays', (_, html) => {
  const markdown = filled(html)
  expect(markdown.split(SRC)).toHaveLength(html.split('<img').length)
  const said = (text: string) => text.replaceAll(/!\[\]\([^)]*\)|<br>|\W/g, '')
  expect(said(markdown)).toBe(said(imported(html.replaceAll(/<img[^>]*>/g, '')).markdown))
})

test('the words are no others of the text', () => {
  const { doc, places } = imported(`<p>[picture 1]</p>${img(0)}`)
  const [place] = places
  expect(place?.words).toBe('[picture 2. 1]')
  expect(place && fillPlace(doc, place, SRC)).toBe(true)
  expect(documentToMarkdown(doc).replaceAll('\\', '')).toBe(`[picture 1]\n\n![](${SRC})\n`)
})

test('where only a paragraph may be the first, an empty one stays before the picture', () => {
  const doc = new Y.Doc()
  for (const update of markdownToUpdates('- \\[picture 1]\n')) Y.applyUpdate(doc, update)
  expect(fillPlace(doc, { number: 1, picture: 0, words: '[picture 1]', attributes: {} }, SRC)).toBe(true)
  const [item] = contentOfDocument(doc).content?.[0]?.content ?? []
  expect(item?.content?.map(({ type }) => type)).toEqual(['paragraph', 'image'])
  expect(() => Node.fromJSON(schema, contentOfDocument(doc)).check()).not.toThrow()
})

test('within what this version does not know nothing is put', () => {
  const doc = new Y.Doc()
  const [mystery, paragraph] = [new Y.XmlElement('mystery'), new Y.XmlElement('paragraph')]
  paragraph.insert(0, [new Y.XmlText('[picture 1]')])
  mystery.insert(0, [paragraph])
  doc.getXmlFragment(FRAGMENT).insert(0, [mystery])
  const before = doc.getXmlFragment(FRAGMENT).toString()
  expect(fillPlace(doc, { number: 1, picture: 0, words: '[picture 1]', attributes: {} }, SRC)).toBe(false)
  expect(doc.getXmlFragment(FRAGMENT).toString()).toBe(before)
})

test('words that somebody changed meanwhile are left alone', () => {
  const { doc, places } = imported(img(0))
  const [place] = places
  const paragraph = doc.getXmlFragment(FRAGMENT).get(0) as Y.XmlElement
  ;(paragraph.get(0) as Y.XmlText).insert(3, '!')
  const before = documentToMarkdown(doc)
  expect(place && fillPlace(doc, place, SRC)).toBe(false)
  expect(documentToMarkdown(doc)).toBe(before)
})

test('an address that stands for no picture of this file is not a place', () => {
  expect(pictureAt('https://picture.invalid/x')).toBeUndefined()
  expect(pictureAt('https://a.example/0')).toBeUndefined()
})
