import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { hearOwnUpdates } from './own-updates.ts'

const RECEIVED = { name: 'the server' }

function written(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

/** What a doc becomes that is sent what was heard. */
function textOf(updates: readonly Uint8Array[]): string {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc.getText('text').toJSON()
}

test('what was received is not heard, and what is written before and after it is', () => {
  const doc = new Y.Doc()
  const heard: Uint8Array[] = []
  hearOwnUpdates(doc, RECEIVED, (update) => heard.push(update))
  doc.getText('text').insert(0, 'a')
  Y.applyUpdate(doc, written('received'), RECEIVED)
  expect(heard).toHaveLength(1)
  Y.applyUpdate(doc, written('more'), RECEIVED)
  doc.getText('own').insert(0, 'b')
  Y.applyUpdate(doc, written('of another kind'), 'an import')
  expect(heard).toHaveLength(3)
  expect(textOf(heard)).toContain('a')
})

test('Yjs encodes nothing anew for what was received', () => {
  const doc = new Y.Doc()
  const listens = vi.fn(() => doc._observers.has('update'))
  hearOwnUpdates(doc, RECEIVED, () => undefined)
  doc.on('afterTransactionCleanup', listens)
  Y.applyUpdate(doc, written('received'), RECEIVED)
  doc.getText('text').insert(0, 'a')
  expect(listens.mock.results.map(({ value }) => value as boolean)).toEqual([false, true])
})

test('what is written because something was received is heard', () => {
  const doc = new Y.Doc()
  const heard: unknown[] = []
  hearOwnUpdates(doc, RECEIVED, () => heard.push('own'))
  doc.on('afterTransaction', ({ origin }) => {
    if (origin === RECEIVED) doc.transact(() => doc.getText('answer').insert(0, 'x'), 'an answer')
  })
  Y.applyUpdate(doc, written('received'), RECEIVED)
  expect(heard).toEqual(['own'])
})

test('nothing is heard once it is stopped', () => {
  const doc = new Y.Doc()
  const hear = vi.fn()
  const stop = hearOwnUpdates(doc, RECEIVED, hear)
  doc.getText('text').insert(0, 'a')
  stop()
  doc.getText('text').insert(0, 'b')
  expect(hear).toHaveBeenCalledOnce()
})
