import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { keystrokes } from '../load/typists.ts'
import { authorOf, eachEdit } from './yjs-bytes.ts'

const editsOf = (update: Uint8Array): number[] => {
  const keys: number[] = []
  eachEdit(update, 0, (key) => keys.push(key))
  return keys
}

test('a keystroke is one edit, of its author', () => {
  const updates = keystrokes(2_000_000_000, 5)
  const edits = updates.map(editsOf)
  expect(edits.map((keys) => keys.length)).toEqual([1, 1, 1, 1, 1])
  expect(edits.flat().map(authorOf)).toEqual(Array(5).fill(2_000_000_000))
})

test('merged updates of two authors hold the same edits', () => {
  const updates = [...keystrokes(7, 20), ...keystrokes(2_000_000_000, 20)]
  const merged = editsOf(Y.mergeUpdates(updates))
  expect(merged.sort((one, other) => one - other)).toEqual(updates.flatMap(editsOf))
})

test('merged updates with gaps between them hold the same edits', () => {
  const updates = keystrokes(7, 20).filter((_, index) => index % 3 === 0)
  expect(editsOf(Y.mergeUpdates([...updates]))).toEqual(updates.flatMap(editsOf))
})

test('a deletion is none', () => {
  const doc = new Y.Doc()
  doc.getText('body').insert(0, 'ab')
  const deleted: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => deleted.push(update))
  doc.getText('body').delete(0, 1)
  expect(deleted.map((update) => editsOf(update).length)).toEqual([0])
})
