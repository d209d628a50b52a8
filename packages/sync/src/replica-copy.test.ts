import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { DOCUMENT } from '../test/one-document.ts'
import { Disk, updateOf } from '../test/one-replica.ts'
import { ReplicaCopy } from './replica-copy.ts'

/** What it is made of: each client's structs, by their clocks. */
const structsOf = (update: Uint8Array) =>
  Y.decodeUpdate(update).structs.map(({ id, length }) => `${id.clock}..${id.clock + length}`)

test('[TAB-1] what another tab told is new once, also while it waits here for what only the log has', () => {
  const other = new Y.Doc()
  Y.applyUpdate(other, updateOf('from the log '))
  const logged = Y.encodeStateVector(other)
  const body = other.getText('body')
  for (const word of ['one ', 'two ', 'three ']) body.insert(body.length, word)
  const all = Y.encodeStateAsUpdate(other, logged)

  const doc = new Y.Doc()
  const copy = new ReplicaCopy({ documentId: DOCUMENT, doc, schemaVersion: 1 }, new Disk(), () => undefined)
  expect(structsOf(copy.takeFromTab(all))).toEqual(['0..14'])
  expect(doc.store.pendingStructs).not.toBeNull() // it goes on where the log ends, of which nothing is here
  body.insert(body.length, 'four')
  expect(structsOf(copy.takeFromTab(Y.encodeStateAsUpdate(other, logged)))).toEqual(['14..18'])
  expect(structsOf(copy.takeFromTab(all))).toEqual([])
})
