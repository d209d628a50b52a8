import { Fragment, Slice } from '@tiptap/pm/model'
import { afterEach, expect, test } from 'vitest'
import type * as Y from 'yjs'
import type { HeadlessEditor } from '../test/headless-editor.ts'
import { documentOf, element, openPage } from '../test/pages.ts'
import { schema } from '../test/schemas.ts'
import { unsupportedClipboard } from './unsupported-clipboard.ts'

const pages: HeadlessEditor[] = []
afterEach(() => {
  for (const page of pages.splice(0)) page.destroy()
})

const LONG = 'buy milk '.repeat(40)
const kanban = () => element('kanban', {}, element('card', {}, LONG), element('card', {}, 'eggs'))

function open(): HeadlessEditor {
  const page = openPage(documentOf(kanban(), element('paragraph', {}, 'see ', element('badge', {}, 'seven'), '.')))
  pages.push(page)
  return page
}

const plugin = unsupportedClipboard()
type Transform = (slice: Slice, view: HeadlessEditor, plain: boolean) => Slice
const copy = (page: HeadlessEditor) =>
  (plugin.props.transformCopied as unknown as Transform).call(
    plugin,
    new Slice(page.state.doc.content, 0, 0),
    page,
    false,
  )
const paste = (slice: Slice, page: HeadlessEditor) =>
  (plugin.props.transformPasted as unknown as Transform).call(plugin, slice, page, false)

test('what is copied says all of its text, and is itself where it is pasted in its document, also after a cut', () => {
  const page = open()
  const copied = copy(page)
  expect(copied.content.child(0).attrs['preview']).toBe(`${LONG}\neggs`)
  expect(copied.content.child(1).child(1).attrs['preview']).toBe('seven')
  expect(paste(copied, page)).toBe(copied)
  page.dispatch(page.state.tr.delete(0, page.state.doc.content.size))
  expect(paste(copied, page)).toBe(copied)
})

test('in another document it is text', () => {
  const pasted = paste(copy(open()), openPage(documentOf(element('paragraph', {}, ''))))
  expect(pasted.content.toJSON()).toMatchObject([
    { type: 'paragraph', content: [{ text: LONG }] },
    { type: 'paragraph', content: [{ text: 'eggs' }] },
    { type: 'paragraph', content: [{ text: 'see seven.' }] },
  ])
})

test('what is nothing of ours is left as it is', () => {
  const page = open()
  const slice = new Slice(Fragment.from(schema.node('paragraph', null, schema.text('a'))), 1, 1)
  expect([copy.length, paste(slice, page)]).toEqual([1, slice])
})

test('pasted over something else that the editor cannot read it takes its place, in the document and on every page', () => {
  const page = openPage(
    documentOf(kanban(), element('paragraph', {}, 'between'), element('chart', {}, element('bar', {}, '7'))),
  )
  const other = openPage(page)
  pages.push(page, other)
  const [first, , last] = page.state.doc.content.content
  if (first === undefined || last === undefined) throw new Error('There are three.')
  const end = page.state.doc.content.size
  page.dispatch(page.state.tr.delete(0, first.nodeSize)) // cut
  page.dispatch(page.state.tr.replaceWith(end - first.nodeSize - last.nodeSize, end - first.nodeSize, first))
  const stored = (of: HeadlessEditor) => of.fragment.toArray().map((part) => (part as Y.XmlElement).nodeName)
  expect(stored(page)).toEqual(['paragraph', 'kanban'])
  other.receive(page)
  for (const each of [page, other]) expect(each.state.doc.lastChild?.attrs['name']).toBe('kanban')
})
