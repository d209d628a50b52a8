import * as Y from 'yjs'
import { expect, test } from 'vitest'
import { DOCUMENT, rest } from '../test/one-document.ts'
import { Disk } from '../test/one-replica.ts'
import type { ReplicaId } from './protocol.ts'
import { UnsentWork } from './unsent-work.ts'

/** Edits of one tab, each with how far it brings whoever has those before it. */
function editsOf(tab: string, texts: readonly string[]) {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  for (const text of texts) doc.getText('body').insert(doc.getText('body').length, text)
  return updates.map((update, index) => ({ update, reach: { [tab]: index + 1 } }))
}

async function unsentWork() {
  const store = new Disk()
  const stored = await store.load()
  const work = new UnsentWork({
    documentId: DOCUMENT,
    schemaVersion: 1,
    store,
    stored,
    clock,
    changed: () => undefined,
  })
  return { work, own: stored.replicaId }
}

const clock = { now: () => 0 }

const hasHole = (update: Uint8Array) => Y.decodeUpdate(update).structs.some((struct) => struct instanceof Y.Skip)

test('[TAB-1] work is not merged over what only the log has: each push stays well-formed', async () => {
  const { work, own } = await unsentWork()
  const [first, second, third] = editsOf('other', ['one ', 'two ', 'three'])
  if (!first || !second || !third) throw new RangeError('Three were made.')
  const mine = editsOf(own, ['mine'])[0]
  work.addOf(first, { goesOn: true })
  await rest()
  work.add(mine?.update ?? first.update)
  await rest()
  expect(work.pieces).toHaveLength(1)
  work.settleThrough(second.reach) // it never heard the second
  expect(work.count).toBe(1) // its own is not in the log
  work.addOf(third, { goesOn: true })
  await rest()
  expect(work.pieces.map(({ update }) => hasHole(update))).toEqual([false, false])
})

test('[TAB-1] work that stands apart is merged with nothing: not with what is older, nor with what is typed next', async () => {
  const { work, own } = await unsentWork()
  const [first, second, third] = editsOf('other', ['one ', 'two ', 'three'])
  const [mine, next] = editsOf(own, ['mine', ' next'])
  if (!first || !second || !third || !mine || !next) throw new RangeError('They were made.')
  work.add(mine.update)
  work.addOf(second, { goesOn: false })
  work.add(first.update, { isApart: true }) // a tab that is gone had left it; the log may have it long since
  work.add(next.update)
  work.addOf(third, { goesOn: true })
  await rest()
  const ownOf = ({ update }: { update: Uint8Array }) => Y.decodeUpdate(update).structs.map(({ length }) => length)
  expect(work.pieces.map(ownOf)).toEqual([[4], [4], [4], [5, 5]])
  expect(work.pieces.map(({ update }) => hasHole(update))).toEqual([false, false, false, false])
})

test('[TAB-3] a push is settled only by what reaches over all of it, and the oldest ack says nothing of later ones', async () => {
  const { work } = await unsentWork()
  const [first, second] = editsOf('other', ['one ', 'two '])
  if (!first || !second) throw new RangeError('Two were made.')
  work.addOf(first, { goesOn: true })
  await rest()
  expect(work.takeOldest()).toMatchObject({ pushId: 1 })
  work.addOf(second, { goesOn: true })
  await rest()
  work.settleThrough(first.reach)
  expect([work.count, work.saved]).toEqual([1, first.reach])
  expect(work.traces.last).toEqual({ savedAtMs: 0, waits: undefined }) // another tab sent it
  work.settle(2)
  expect([work.count, work.saved]).toEqual([0, second.reach])
})

test('[TAB-3] an ack also settles what of other tabs is in the log by then', async () => {
  const { work, own } = await unsentWork()
  const [mine] = editsOf(own, ['mine '])
  const [others] = editsOf('other', ['other '])
  if (!mine || !others) throw new RangeError('They were made.')
  work.add(mine.update)
  await rest()
  expect(work.takeOldest()).toMatchObject({ pushId: 1 })
  work.addOf(others, { goesOn: false })
  await rest()
  work.settleThrough(others.reach)
  expect(work.count).toBe(2) // the second goes with the first
  work.settle(1)
  expect(work.count).toBe(0)
})

test('[TAB-3] of what an earlier page left, an ack of one push settles no other', async () => {
  const store = new Disk()
  store.unsent = editsOf('gone', ['one ', 'two ']).map(({ update }, index) => ({ pushId: index + 1, update }))
  const stored = await store.load()
  const work = new UnsentWork({
    documentId: DOCUMENT,
    schemaVersion: 1,
    store,
    stored,
    clock,
    changed: () => undefined,
  })
  expect(stored.replicaId satisfies ReplicaId).toBeDefined()
  work.settle(1)
  expect(work.count).toBe(1)
  work.settle(1) // heard twice
  await rest()
  expect(store.done).toEqual(['settle 1'])
})
