import { Fragment, Slice } from '@tiptap/pm/model'
import { afterEach, expect, test } from 'vitest'
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
