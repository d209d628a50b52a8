import { expect, test } from 'vitest'
import { DOCUMENT, EPOCH, OneDocument, Typist, hold, rest } from '../test/one-document.ts'
import { LIMITS } from './limits.ts'
import type { DocumentId, Epoch } from './protocol.ts'
import { RecentSnapshots } from './recent-snapshots.ts'

const snapshot = (bytes: number) => ({ throughSeq: 1, check: '00000000000000aa', bytes: new Uint8Array(bytes) })
const id = (name: string): DocumentId => name as DocumentId
const reads = ({ calls }: OneDocument): number => calls.filter((name) => name === 'read').length

/** A document of three rows, two of them in a snapshot, and its node. */
async function compacted() {
  const document = new OneDocument()
  const ann = new Typist('ann', 1)
  const writer = document.node('writer')
  for (const letter of 'ab') await writer.push(ann.author, ann.type(letter))
  document.log.compact(DOCUMENT, 2)
  await writer.push(ann.author, ann.type('c'))
  return { document, ann, rooms: document.node('reader') }
}

test('[ROOM-14] who opens a document after another costs no read, and has what was written since', async () => {
  const { document, ann, rooms } = await compacted()
  const first = document.join(rooms, 'bob')
  await rest()
  expect([first.texts, reads(document)]).toEqual(['abc', 1])
  await rooms.push(ann.author, ann.type('d'))
  const later = ['cid', 'dan'].map((name) => document.join(rooms, name))
  await rest()
  expect(later.map(({ texts }) => texts)).toEqual(['abcd', 'abcd'])
  expect(later[0]?.frames.slice(0, 3)).toMatchObject([
    { type: 'welcome', head: 4, resumed: false },
    { type: 'snapshot', throughSeq: 2 },
    { type: 'changes', fromSeq: 3, head: 4 },
  ])
  expect(reads(document)).toBe(1)
})

test('[ROOM-14] a document without a snapshot is opened from memory from the first on', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  await rooms.push(ann.author, ann.type('a'))
  const reader = document.join(rooms, 'bob')
  await rest()
  expect([reader.texts, reads(document)]).toEqual(['a', 0])
})

test('[ROOM-14] those who open a document at once share one read, and one that fails is not remembered', async () => {
  const { document, ann, rooms } = await compacted()
  await rooms.push(ann.author, ann.type('d'))
  const reading = hold()
  document.beforeCall = (name) => (name === 'read' ? reading.held : undefined)
  const readers = ['bob', 'cid', 'dan', 'eve'].map((name) => document.join(rooms, name))
  await rest()
  await rooms.push(ann.author, ann.type('e'))
  reading.release()
  await rest()
  expect(readers.map(({ texts }) => texts)).toEqual(['abcde', 'abcde', 'abcde', 'abcde'])
  expect(reads(document)).toBe(1)

  const other = document.node('another')
  document.beforeCall = (name) => {
    if (name === 'read') throw new Error('no')
  }
  const refused = document.join(other, 'bob')
  await rest()
  expect(refused.ended).toBeInstanceOf(Error)
  document.beforeCall = () => undefined
  const served = document.join(other, 'cid')
  await rest()
  expect(served.texts).toBe('abcde')
})

test('[ROOM-14] when memory no longer reaches back to the snapshot, the log is read, and the newer one is kept', async () => {
  const { document, ann, rooms } = await compacted()
  const first = document.join(rooms, 'bob')
  await rest()
  first.leave()
  for (let count = 0; count < 4; count += 1) await rooms.push(ann.author, ann.type('x'.repeat(400_000)))
  document.log.compact(DOCUMENT, 3)
  await rest() // the node of the writer reads rows that are too large for the relay
  const before = reads(document)
  const [second, third] = [document.join(rooms, 'cid'), document.join(rooms, 'dan')]
  await rest()
  const fourth = document.join(rooms, 'eve')
  await rest()
  expect(new Set([second, third, fourth].map(({ texts }) => texts)).size).toBe(1)
  expect(second.texts.length).toBe(3 + 4 * 400_000)
  expect(reads(document) - before).toBe(1)
})

test('[ROOM-14] a damaged document, and one of another life, are never opened from memory', async () => {
  const { document, ann, rooms } = await compacted()
  document.join(rooms, 'bob')
  await rest()
  document.log.damageRow(DOCUMENT, 3)
  await expect(rooms.push(ann.author, ann.type('d'))).rejects.toMatchObject({ code: expect.any(String) as string })
  await rooms.heartbeat()
  await rest()
  const before = reads(document)
  const reader = document.join(rooms, 'cid')
  await rest()
  expect(reads(document)).toBeGreaterThan(before)
  expect(reader.texts).toBe('ab')

  const snapshots = new RecentSnapshots()
  snapshots.keep(DOCUMENT, { epoch: EPOCH, snapshot: snapshot(10) })
  expect(snapshots.of(DOCUMENT, 'epoch-number-2' as Epoch)).toBeUndefined()
  expect(snapshots.of(DOCUMENT, EPOCH)?.bytes.byteLength).toBe(10)
})

test('[ROOM-14] over its bound the snapshots that were asked for longest ago go first; one that is larger than all is not kept', () => {
  const snapshots = new RecentSnapshots()
  const third = Math.floor(LIMITS.snapshotCacheBytes / 3)
  for (const name of ['one', 'two', 'three']) snapshots.keep(id(name), { epoch: EPOCH, snapshot: snapshot(third) })
  snapshots.of(id('one'), EPOCH)
  snapshots.keep(id('four'), { epoch: EPOCH, snapshot: snapshot(third) })
  const kept = (): string[] => ['one', 'two', 'three', 'four'].filter((name) => snapshots.of(id(name), EPOCH))
  expect(kept()).toEqual(['one', 'three', 'four'])
  expect(snapshots.bytes).toBe(3 * third)
  snapshots.keep(id('one'), { epoch: EPOCH, snapshot: snapshot(LIMITS.snapshotCacheBytes + 1) })
  snapshots.forget(id('nobody'))
  expect(kept()).toEqual(['three', 'four'])
  snapshots.forget(id('three'))
  expect(snapshots.bytes).toBe(third)
})
