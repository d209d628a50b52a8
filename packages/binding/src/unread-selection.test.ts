import { Plugin } from '@tiptap/pm/state'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HeadlessEditor } from '../test/headless-editor.ts'
import { documentOf, element, openPage, setCaret, type } from '../test/pages.ts'

let ann: HeadlessEditor
let bob: HeadlessEditor

beforeEach(() => {
  ann = openPage(documentOf(element('paragraph', {}, 'one'), element('paragraph', {}, 'two')))
  bob = openPage(ann)
  setCaret(bob, 9)
})
afterEach(() => {
  for (const page of [ann, bob]) page.destroy()
})

test('a caret that has moved is read before others’ edits are drawn, and goes where they push it', () => {
  bob.movedTo = 6
  type(ann, 1, 'xx')
  bob.receive(ann)
  expect(bob.movedTo).toBeUndefined()
  expect(bob.state.selection.head).toBe(8)
  expect(bob.written).toEqual([])
})

test('it is not read while an input method composes: that is the browser’s alone', () => {
  bob.compose()
  bob.movedTo = 6
  type(ann, 1, 'xx')
  bob.receive(ann)
  expect(bob.movedTo).toBe(6)
})

test('who writes because the caret moved does not write in the middle of others’ edits', () => {
  const onMoving = new Plugin({
    appendTransaction: ([first], _before, { tr }) => (first?.selectionSet ? tr.insertText('!', 1) : null),
  })
  bob.state = bob.state.reconfigure({ plugins: [...bob.state.plugins, onMoving] })
  bob.movedTo = 6
  type(ann, 1, 'xx')
  bob.receive(ann)
  expect(bob.writtenWhileReceiving).toEqual([])
  expect(bob.state.doc.eq(ann.state.doc)).toBe(true)
})
