import { EditorState, TextSelection } from '@tiptap/pm/state'
import { afterEach, expect, test } from 'vitest'
import { documentOf, element, openPage, setCaret, type } from '../test/pages.ts'
import type { HeadlessEditor } from '../test/headless-editor.ts'
import { type CaretAwareness, yCursorPlugin } from './cursor-plugin.ts'
import { yCursorPluginKey, ySyncPluginKey } from './plugin-keys.ts'
import { relativeSelection } from './selections.ts'

const pages: HeadlessEditor[] = []
afterEach(() => {
  for (const page of pages.splice(0)) page.destroy()
})

/** Somebody whose carets are these, by number. */
function awarenessOf(carets: ReadonlyMap<number, unknown>): CaretAwareness {
  return {
    clientID: 1,
    getLocalState: () => null,
    getStates: () =>
      new Map([...carets].map(([id, cursor]) => [id, { cursor, user: { name: 'Bob', color: '#123456' } }])),
    setLocalStateField: () => undefined,
    on: () => undefined,
    off: () => undefined,
  }
}

function withCarets(page: HeadlessEditor, carets: ReadonlyMap<number, unknown>): void {
  const plugin = yCursorPlugin(awarenessOf(carets))
  page.state = page.state.reconfigure({ plugins: [...page.state.plugins, plugin] })
}

/** Where carets and selections are drawn. */
function drawn(page: HeadlessEditor): (readonly [number, number])[] {
  return (yCursorPluginKey.getState(page.state)?.find() ?? []).map(({ from, to }) => [from, to] as const)
}

function place(page: HeadlessEditor, anchor: number, head: number): unknown {
  const { binding } = ySyncPluginKey.getState(page.state)!
  const selection = TextSelection.create(page.state.doc, anchor, head)
  return JSON.parse(JSON.stringify(relativeSelection(binding, selection))) as unknown
}

function opened(): HeadlessEditor {
  const page = openPage(documentOf(element('paragraph', {}, 'some words'), element('paragraph', {}, 'more')))
  pages.push(page)
  return page
}

test('a caret is drawn where it is, a selection as far as it goes, and one’s own not at all', () => {
  const page = opened()
  withCarets(
    page,
    new Map([
      [1, place(page, 2, 2)],
      [2, place(page, 3, 3)],
      [3, place(page, 6, 10)],
    ]),
  )
  expect(drawn(page)).toHaveLength(3)
  expect(drawn(page)).toEqual(
    expect.arrayContaining([
      [3, 3],
      [10, 10],
      [6, 10],
    ]),
  )
})

test('a caret follows what is written before it, here and elsewhere', () => {
  const page = opened()
  withCarets(page, new Map([[2, place(page, 6, 6)]]))
  type(page, 1, 'xx')
  expect(drawn(page)).toEqual([[8, 8]])
  const bob = openPage(page)
  pages.push(bob)
  type(bob, 1, 'y')
  page.receive(bob)
  expect(drawn(page)).toEqual([[9, 9]])
})

test.each([
  undefined,
  null,
  7,
  'x',
  {},
  { anchor: {}, head: {} },
  { anchor: { tname: '__proto__' }, head: { tname: 'other' } },
  { anchor: { item: { client: 'x' } }, head: null },
])('what is no place is not drawn: %j', (cursor) => {
  const page = opened()
  withCarets(page, new Map([[2, cursor]]))
  expect(drawn(page)).toEqual([])
  setCaret(page, 3)
  expect([...page.doc.share.keys()]).toEqual(['body'])
})

test('without the sync plugin nothing is drawn', () => {
  const state = EditorState.create({
    doc: opened().state.doc,
    plugins: [yCursorPlugin(awarenessOf(new Map([[2, null]])))],
  })
  expect(yCursorPluginKey.getState(state)?.find()).toEqual([])
})
