import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { DOCUMENT, EPOCH, OneDocument, Typist, hold, rest } from '../test/one-document.ts'
import { CompactionWish } from './compaction-wish.ts'
import { KnownLog } from './known-log.ts'
import { LIMITS } from './limits.ts'
import { MemoryRelayHub } from './memory-relay.ts'
import { PROTOCOL_VERSION, type ReplicaId, type UserId } from './protocol.ts'
import { emptyCheck, nextCheck } from './check.ts'

const withCode = (code: string): unknown => expect.objectContaining({ code })

/** What a node knows of a log that it follows row by row. */
function followed(): { readonly known: KnownLog; add(update: Uint8Array): void } {
  const head = { epoch: EPOCH, head: 0, check: emptyCheck(EPOCH), accessVersion: 1, schemaVersion: 1 }
  const nothing = {
    snapshotSeq: 0,
    snapshotVector: new Map(),
    snapshotBytes: 0,
    snapshotStructs: 0,
    tail: [],
    owners: new Map(),
  }
  const known = new KnownLog({ ...head, ...nothing })
  const userId = 'user-ann-1' as UserId
  return {
    known,
    add: (update) => {
      const { head: seq, check } = known.head
      const names = { userId, replicaId: 'replica-ann' as ReplicaId, pushId: seq + 1, at: 0 }
      known.follow({ ...names, seq: seq + 1, check: nextCheck(check, update), update })
    },
  }
}

const updateOf = (bytes: number): Uint8Array => new Typist('ann', 1).type('x'.repeat(bytes)).update
const small = updateOf(1)

test('[ROOM-10] a room keeps the newest rows within both limits, however large one is', () => {
  const { known, add } = followed()
  for (let count = 0; count < LIMITS.roomTailRows + 10; count += 1) add(small)
  expect(known.tail.rows).toBeLessThanOrEqual(LIMITS.roomTailRows)
  expect(known.tail.rows).toBeGreaterThan(LIMITS.roomTailRows / 4)
  for (const bytes of [1_000, 600_000, 900_000, 1_000_000, 10]) {
    add(updateOf(bytes))
    expect(known.tail.bytes).toBeLessThanOrEqual(LIMITS.roomTailBytes)
  }
  expect(known.rowsAfter({ epoch: EPOCH, seq: 1, check: emptyCheck(EPOCH) })).toBeUndefined()
})

test('[ROOM-10] what memory still has follows a token right before it, if that is of this very history', () => {
  const { known, add } = followed()
  add(small)
  add(small)
  const rows = known.rowsAfter({ epoch: EPOCH, seq: 0, check: emptyCheck(EPOCH) })
  expect(rows?.map(({ seq }) => seq)).toEqual([1, 2])
  expect(known.rowsAfter({ epoch: EPOCH, seq: 0, check: '00000000000000aa' })).toBeUndefined()
})

test('[ROOM-11] one compaction at a time, and the next when as many rows have gathered anew', async () => {
  const { known, add } = followed()
  let asked = 0
  type Made = Awaited<ReturnType<ConstructorParameters<typeof CompactionWish>[1]['request']>>
  let answer = (_: Made): void => {}
  const request = (): Promise<Made> => {
    asked += 1
    return new Promise((resolve) => {
      answer = resolve
    })
  }
  const wish = new CompactionWish(DOCUMENT, { request })
  const grow = (rows: number): void => {
    for (let count = 0; count < rows; count += 1) {
      add(small)
      wish.look(known)
    }
  }
  grow(LIMITS.compactAfterRows - 1)
  expect(asked).toBe(0)
  grow(10)
  expect(asked).toBe(1)
  answer({ throughSeq: known.head.head, bytes: 100, structs: 1 })
  await rest()
  grow(LIMITS.compactAfterRows - 1)
  expect(asked).toBe(1)
  grow(1)
  expect(asked).toBe(2)
  // Nothing could be compacted: it does not ask with every row from now on.
  answer(undefined)
  await rest()
  grow(LIMITS.compactAfterRows - 1)
  expect(asked).toBe(2)
})

test('[ROOM-11] many structs in a document that may be full of them are compacted early, however few rows they are in', async () => {
  const { known, add } = followed()
  const asked: number[] = []
  const request = async () => {
    asked.push(known.sinceSnapshot.structs)
    return { throughSeq: known.head.head, bytes: 100, structs: asked.length * 450_000 }
  }
  const wish = new CompactionWish(DOCUMENT, { request })
  const eachStructs = 20_000
  for (let row = 0; row < 40; row += 1) {
    add(manyStructs(row, eachStructs))
    wish.look(known)
    await rest()
  }
  // 520,000 of them: more than half. Then 450,000 and 100,000 more; at 900,000 every 100,000.
  expect(asked).toEqual([520_000, LIMITS.compactAfterStructs, LIMITS.compactAfterStructs])
})

/** Runs that do not go on where another ends. */
function manyStructs(client: number, count: number): Uint8Array {
  const doc = new Y.Doc()
  doc.clientID = 100 + client
  doc.transact(() => {
    for (let index = 0; index < count; index += 1) doc.getText('body').insert(0, 'x')
  })
  return Y.encodeStateAsUpdate(doc)
}

test('[ROOM-12] what a node cannot keep waiting is refused, and taken when there is room again', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const typists = [new Typist('ann', 1), new Typist('bob', 2)].map((typist) => ({
    author: typist.author,
    push: typist.type('x'.repeat(1_000_000)),
  }))
  const pushes = Array.from({ length: 17 }, (_, index) => {
    const { author, push } = typists[index % 2]!
    return () => rooms.push(author, { ...push, pushId: index + 1 })
  })
  const sent = pushes.map((push) => push())
  await expect(sent.at(-1)).rejects.toEqual(withCode('overloaded'))
  disk.release()
  await Promise.all(sent.slice(0, -1))
  expect(await pushes.at(-1)?.()).toEqual({ seq: expect.any(Number) })
})

test('[GAP-5] a large row is announced on the relay, not carried, and shown on the other node without a heartbeat', async () => {
  const document = new OneDocument()
  const [one, two] = [document.node('one'), document.node('two')]
  const carried: number[] = []
  document.hub.relay().subscribe(`room:${DOCUMENT}`, (message) => {
    if (message.type === 'changes') carried.push(message.rows.length)
  })
  const reader = document.join(two, 'bob')
  await rest()
  const ann = new Typist('ann', 1)
  for (const bytes of [10, 100_000]) await one.push(ann.author, ann.type('x'.repeat(bytes)))
  await rest()
  expect(carried).toEqual([1, 0])
  expect(reader.texts.length).toBe(100_010)
})

test('[GAP-6] when the relay may have lost messages, every open room reads its log at once', async () => {
  const document = new OneDocument()
  const hub = new MemoryRelayHub()
  // The writer's messages never arrive; only the suspicion does.
  const [one, two] = [document.node('one'), document.node('two', hub.relay())]
  const reader = document.join(two, 'bob')
  await rest()
  const ann = new Typist('ann', 1)
  await one.push(ann.author, ann.type('hello'))
  await rest()
  expect(reader.texts).toBe('')
  hub.interrupt()
  await rest()
  expect(reader.texts).toBe('hello')
})

test('[ACC-5] a role that is taken away while its answer is on its way lets nobody in', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const before = document.join(rooms, 'bob')
  await rest()
  before.leave()
  await rest()
  const answer = hold()
  document.afterCall = (name) => (name === 'rolesOf' ? answer.held : undefined)
  const ann = document.join(rooms, 'ann')
  await rest()
  // Nobody is in the room: this is the moment in which it learns of the change, and has no one to tell.
  document.log.setLinkRole(DOCUMENT, undefined)
  rooms.accessChanged(DOCUMENT)
  await rest()
  answer.release()
  await rest()
  expect(ann.ended).toEqual(withCode('not-allowed'))
  expect(document.join(rooms, 'carl').frames).toEqual([])
})

test('[WIRE-4] a page of another protocol version is told to reload', async () => {
  const document = new OneDocument()
  const old = document.join(document.node(), 'ann', { protocolVersion: PROTOCOL_VERSION - 1 })
  await rest()
  expect([old.frames, old.ended]).toEqual([[], withCode('client-too-old')])
})

test('[ROOM-9] an append that is overtaken again and again is given up, and the next one is tried anew', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const { log } = document
  const append = log.append.bind(log)
  log.append = async () => {
    const head = (await log.heads([DOCUMENT])).get(DOCUMENT)
    if (head === undefined) return { status: 'gone' }
    return { status: 'overtaken', head, missed: [] }
  }
  const push = ann.type('a')
  await expect(rooms.push(ann.author, push)).rejects.toEqual(withCode('overloaded'))
  expect(document.calls.filter((name) => name === 'append')).toHaveLength(10)
  log.append = append
  await expect(rooms.push(ann.author, push)).resolves.toEqual({ seq: 1 })
})

test('[ROOM-6] pushes of replicas that are not known yet are looked up together, not one after the other', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  document.join(rooms, 'reader')
  await rest()
  const lookup = hold()
  document.beforeCall = (name) => (name === 'lastPushId' ? lookup.held : undefined)
  const people = ['ann', 'bob', 'cem'].map((name, index) => new Typist(name, index + 1))
  const pushes = people.map((typist) => rooms.push(typist.author, typist.type(typist.author.name)))
  await rest()
  expect(document.calls.filter((name) => name === 'lastPushId')).toHaveLength(3)
  lookup.release()
  await Promise.all(pushes)
})
