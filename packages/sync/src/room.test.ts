import { expect, test } from 'vitest'
import { DOCUMENT, EPOCH, OneDocument, Typist, author, hold, rest, seqOf } from '../test/one-document.ts'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { Changes, Epoch, ReplicaId, RelayMessage } from './protocol.ts'

const withCode = (code: string): unknown => expect.objectContaining({ code })
const unavailable = (): never => {
  throw new SyncError('log-unavailable', 'The disk is full.')
}

test('[ROOM-1] nobody is told or shown anything before the row is durable', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  await rest()
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const ann = new Typist('ann', 1)
  let acked: number | undefined
  void rooms.push(ann.author, ann.type('hello')).then((pushed) => (acked = seqOf(pushed)))
  await rest()
  expect([acked, reader.texts]).toEqual([undefined, ''])
  disk.release()
  await rest()
  expect([acked, reader.texts]).toEqual([1, 'hello'])
})

test('[ROOM-2] a session begins with a welcome and leaves when its signal aborts', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  await rest()
  expect(reader.frames[0]).toMatchObject({ type: 'welcome', epoch: EPOCH, head: 0, resumed: false, role: 'editor' })
  expect(rooms.stats.sessions).toBe(1)
  reader.leave()
  await rest()
  expect(reader.ended).toBe('left')
  expect(rooms.stats.sessions).toBe(0)
})

test('[ROOM-3] two nodes deliver one order; a replica’s own pushes are empty slots', async () => {
  const document = new OneDocument()
  const nodes = [document.node('one'), document.node('two')]
  const [ann, bob] = [new Typist('ann', 1), new Typist('bob', 2)]
  const readers = nodes.map((rooms, index) => document.join(rooms, index === 0 ? 'ann' : 'bob'))
  await rest()
  const [one, two] = nodes
  if (one === undefined || two === undefined) throw new Error('no nodes')
  const both = (letter: string): Promise<unknown>[] => [
    one.push(ann.author, ann.type(letter)),
    two.push(bob.author, bob.type(letter)),
  ]
  await Promise.all([...'abcdefgh'].flatMap(both))
  await rest()
  const slots = readers.map((reader) =>
    reader.frames.filter((frame): frame is Changes => frame.type === 'changes').flatMap(({ updates }) => updates),
  )
  expect(slots.map((updates) => updates.length)).toEqual([16, 16])
  expect(slots[0]?.every((update, index) => (update === null) !== (slots[1]?.[index] === null))).toBe(true)
})

test('[ROOM-4] those who come while a room opens share the opening; a failed one leaves nothing behind', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  document.beforeCall = (name) => (name === 'open' ? unavailable() : undefined)
  const failed = [document.join(rooms, 'ann'), document.join(rooms, 'bob')]
  await rest()
  expect(failed.map(({ ended }) => ended)).toEqual([withCode('log-unavailable'), withCode('log-unavailable')])
  expect(document.calls.filter((name) => name === 'open').length).toBe(1)
  document.beforeCall = () => {}
  const reader = document.join(rooms, 'ann')
  await rest()
  expect(reader.frames[0]?.type).toBe('welcome')
})

test('[ROOM-5] what is pushed while an append is in flight gathers into the next', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  await rooms.push(ann.author, ann.type('a'))
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const pushes = [...'bcdef'].map((letter) => rooms.push(ann.author, ann.type(letter)))
  disk.release()
  expect((await Promise.all(pushes)).map(seqOf)).toEqual([2, 3, 4, 5, 6])
  expect(document.calls.filter((name) => name === 'append').length).toBeLessThanOrEqual(3)
})

test('[ROOM-5] an append whose answer is lost is resolved by reading: the repeat gets the first seq', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  const ann = new Typist('ann', 1)
  await rest()
  document.afterCall = (name) => (name === 'append' ? unavailable() : undefined)
  const push = ann.type('hello')
  await expect(rooms.push(ann.author, push)).rejects.toEqual(withCode('log-unavailable'))
  document.afterCall = () => {}
  expect(await rooms.push(ann.author, push)).toEqual({ seq: 1 })
  await rest()
  expect(reader.texts).toBe('hello')
  expect((await document.log.heads([DOCUMENT])).get(DOCUMENT)?.head).toBe(1)
})

test('[ROOM-6] a repeat returns its first seq even without a role; other bytes under its id are an error', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const push = ann.type('hello')
  expect(await rooms.push(ann.author, push)).toEqual({ seq: 1 })
  document.log.setLinkRole(DOCUMENT, 'viewer')
  expect(await rooms.push(ann.author, push)).toEqual({ seq: 1 })
  expect(await document.node('two').push(ann.author, push)).toEqual({ seq: 1 })
  await expect(rooms.push(ann.author, { ...ann.type('!'), pushId: 1 })).rejects.toEqual(withCode('push-id-reused'))
})

test('[VAL-4] what the log has already under another push id is acked without a row, and only once it is durable', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const push = ann.type('hello')
  const [first, adopted] = await Promise.all([
    rooms.push(ann.author, push),
    rooms.push(ann.author, { ...push, replicaId: 'replica-other' as ReplicaId }),
  ])
  expect([first, adopted]).toEqual([{ seq: 1 }, { seq: 1 }])
  expect((await document.log.heads([DOCUMENT])).get(DOCUMENT)?.head).toBe(1)
})

test('[VAL-4] what is known only from a push of the same batch is not acked when that fails', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  const push = ann.type('hello')
  let appends = 0
  document.beforeCall = (name) => (name === 'append' && (appends += 1) === 1 ? unavailable() : undefined)
  const adopted = { ...push, replicaId: 'replica-other' as ReplicaId }
  const [first, second] = await Promise.allSettled([rooms.push(ann.author, push), rooms.push(ann.author, adopted)])
  const rejected = { status: 'rejected', reason: withCode('log-unavailable') }
  expect([first, second]).toEqual([rejected, rejected])
  expect((await document.log.heads([DOCUMENT])).get(DOCUMENT)?.head).toBe(0)
  expect(await rooms.push(ann.author, adopted)).toEqual({ seq: 1 })
})

test('[ROOM-7] a room nobody needs is put away, not before', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'ann')
  await rest()
  document.nowMs += LIMITS.idleRoomMs
  await rooms.heartbeat()
  expect(rooms.stats.rooms).toBe(1)
  reader.leave()
  await rest()
  await rooms.heartbeat()
  expect(rooms.stats.rooms).toBe(1)
  document.nowMs += LIMITS.idleRoomMs
  await rooms.heartbeat()
  expect(rooms.stats.rooms).toBe(0)
})

test('[ROOM-8] a draining node refuses what is new, ends its sessions and finishes what is in flight', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  const ann = new Typist('ann', 1)
  await rest()
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const inFlight = rooms.push(ann.author, ann.type('hello'))
  await rest()
  const drained = rooms.drain()
  await expect(rooms.push(ann.author, ann.type('!'))).rejects.toEqual(withCode('node-draining'))
  await rest()
  expect(reader.ended).toEqual(withCode('node-draining'))
  disk.release()
  await drained
  expect(await inFlight).toEqual({ seq: 1 })
})

test('[ROOM-9] an overtaken append delivers what it missed and goes again on top of it', async () => {
  const document = new OneDocument()
  // Relays that never meet: only the log connects these nodes.
  const [one, two] = [document.node('one'), document.node('two', new OneDocument().hub.relay())]
  const reader = document.join(two, 'carl')
  await rest()
  const [ann, bob] = [new Typist('ann', 1), new Typist('bob', 2)]
  await one.push(ann.author, ann.type('hello'))
  expect(await two.push(bob.author, bob.type('?'))).toEqual({ seq: 2 })
  await rest()
  expect([...reader.texts].sort().join('')).toBe('?ehllo')
})

test('[GAP-4] a push that leans on what this node has not seen makes it read before it refuses', async () => {
  const document = new OneDocument()
  const [one, two] = [document.node('one'), document.node('two', new OneDocument().hub.relay())]
  document.join(two, 'carl')
  await rest()
  const ann = new Typist('ann', 1)
  await one.push(ann.author, ann.type('hello'))
  expect(await two.push(ann.author, ann.type(' world'))).toEqual({ seq: 2 })
})

test('[VAL-5] [REP-6] what nobody has is refused with rejoin, and the room goes on', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  ann.type('lost')
  await expect(rooms.push(ann.author, ann.type('hello'))).rejects.toEqual(withCode('missing-updates'))
  const bob = new Typist('bob', 2)
  expect(await rooms.push(bob.author, bob.type('fine'))).toEqual({ seq: 1 })
})

test('[OUT-4] rows that arrive while a session catches up are neither lost nor repeated', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  await rooms.push(ann.author, ann.type('a'))
  const reading = hold()
  document.beforeCall = (name) => (name === 'read' ? reading.held : undefined)
  const reader = document.join(rooms, 'bob')
  await rest()
  await rooms.push(ann.author, ann.type('b'))
  reading.release()
  await rooms.push(ann.author, ann.type('c'))
  await rest()
  expect(reader.texts).toBe('abc')
  const seqs = reader.frames.flatMap((frame) =>
    frame.type === 'changes' ? frame.updates.map((_, index) => frame.fromSeq + index) : [],
  )
  expect(seqs).toEqual([1, 2, 3])
})

test('[OUT-6] while its socket is full a session takes nothing; its memory is bounded and it has everything afterwards', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  await rest()
  reader.open = false
  const ann = new Typist('ann', 1)
  const before = reader.frames.length
  for (let count = 0; count < 30; count += 1) {
    await rooms.push(ann.author, ann.type('x'.repeat(100_000)))
    expect(rooms.stats.outboxBytes).toBeLessThanOrEqual(LIMITS.outboxBytes)
  }
  expect(reader.frames.length).toBe(before)
  reader.open = true
  await rest()
  expect(reader.texts.length).toBe(3_000_000)
})

test('[PRES-1] [PRES-2] a caret is shown with the name of its own login, and only its author moves it', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const [ann, bob] = [document.join(rooms, 'ann'), document.join(rooms, 'bob')]
  await rest()
  rooms.presenceTick()
  await rest()
  const [welcome] = ann.frames
  if (welcome?.type !== 'welcome') throw new Error('no welcome')
  const caret = {
    anchor: { type: null, tname: 'body', item: null, assoc: 0 },
    head: { type: null, tname: 'body', item: null, assoc: 0 },
  }
  const input = { documentId: DOCUMENT, sessionId: welcome.sessionId, caret }
  expect(() => rooms.presence(author('bob'), input)).toThrow(expect.objectContaining({ code: 'not-joined' }))
  rooms.presence(author('ann'), input)
  rooms.presenceTick()
  await rest()
  expect(bob.frames.at(-1)).toMatchObject({
    presence: [{ sessionId: welcome.sessionId, person: author('ann'), caret }],
  })
  expect(
    ann.frames.every(
      (frame) =>
        frame.type !== 'changes' || frame.presence?.every((change) => change.sessionId !== welcome.sessionId) !== false,
    ),
  ).toBe(true)
})

test('[PRES-7] a new name is shown on every node without waiting for its owner to move', async () => {
  const document = new OneDocument()
  const nodes = [document.node('one'), document.node('two')]
  const [ann, bob] = nodes.map((rooms, index) => document.join(rooms, index === 0 ? 'ann' : 'bob'))
  await rest()
  nodes[0]?.renamed({ ...author('ann'), name: 'Anna' })
  for (let round = 0; round < 2; round += 1) {
    for (const rooms of nodes) rooms.presenceTick()
    await rest()
  }
  expect(ann?.frames[0]?.type).toBe('welcome')
  expect(bob?.frames.at(-1)).toMatchObject({ presence: [{ person: { ...author('ann'), name: 'Anna' } }] })
})

test('[PRES-5] who opens a room on another node is told who is here', async () => {
  const document = new OneDocument()
  document.join(document.node('one'), 'ann')
  await rest()
  const two = document.node('two')
  const bob = document.join(two, 'bob')
  await rest()
  two.presenceTick()
  await rest()
  const seen = bob.frames.flatMap((frame) =>
    frame.type === 'welcome' ? frame.presence : frame.type === 'changes' ? (frame.presence ?? []) : [],
  )
  expect(seen).toContainEqual(expect.objectContaining({ person: expect.objectContaining({ name: 'ann' }) }))
})

test('[ACC-1] [ACC-2] a role taken away between the look and the append decides the push', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  await rooms.push(ann.author, ann.type('a'))
  document.beforeCall = (name) => {
    if (name !== 'append') return
    document.beforeCall = () => {}
    document.log.setLinkRole(DOCUMENT, 'viewer')
  }
  await expect(rooms.push(ann.author, ann.type('b'))).rejects.toEqual(withCode('not-allowed'))
  expect((await document.log.heads([DOCUMENT])).get(DOCUMENT)?.head).toBe(1)
})

test('[ACC-3] a changed role reaches open sessions on every node; without access they end', async () => {
  const document = new OneDocument()
  const nodes = [document.node('one'), document.node('two')]
  const readers = nodes.map((rooms) => document.join(rooms, 'bob'))
  await rest()
  document.log.setLinkRole(DOCUMENT, 'viewer')
  nodes[0]?.accessChanged(DOCUMENT)
  await rest()
  expect(readers.map(({ frames }) => frames.at(-1))).toEqual([
    expect.objectContaining({ access: { role: 'viewer', schemaVersion: 1 } }),
    expect.objectContaining({ access: { role: 'viewer', schemaVersion: 1 } }),
  ])
  document.log.setLinkRole(DOCUMENT, undefined)
  nodes[0]?.accessChanged(DOCUMENT)
  await rest()
  expect(readers.map(({ ended }) => ended)).toEqual([withCode('not-allowed'), withCode('not-allowed')])
})

test('[ACC-3] who joins while access changes is judged by the new roles, not taken for a stranger', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = document.join(rooms, 'ann')
  const bobBefore = document.join(rooms, 'bob')
  await rest()
  bobBefore.leave()
  await rest()
  const table = hold()
  let asked = 0
  document.afterCall = (name) => (name === 'rolesOf' && (asked += 1) === 1 ? table.held : undefined)
  document.log.setRole(DOCUMENT, author('ann').userId, 'owner')
  rooms.accessChanged(DOCUMENT)
  await rest()
  // The node still knows his role from before, so he is in at once, while the new roles of the others are on their way.
  const bob = document.join(rooms, 'bob')
  await rest()
  table.release()
  await rest()
  expect([ann.ended, bob.ended]).toEqual([undefined, undefined])
  expect(ann.frames.at(-1)).toMatchObject({ access: { role: 'owner' } })
})

test('[ACC-4] [REP-9] every page is told of a newer schema before its update reaches it: older ones turn read-only, others store it', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const readers = [document.join(rooms, 'bob'), document.join(rooms, 'ann', { schemaVersion: 2 })]
  const [ann, bob] = [new Typist('ann', 1), new Typist('bob', 2)]
  await rest()
  await rooms.push(ann.author, { ...ann.type('new'), schemaVersion: 2 })
  await rest()
  for (const { frames } of readers) {
    const first = frames.find((frame): frame is Changes => frame.type === 'changes' && frame.updates.length > 0)
    expect(first?.access).toMatchObject({ schemaVersion: 2 })
  }
  await expect(rooms.push(bob.author, bob.type('old'))).rejects.toEqual(withCode('client-too-old'))
})

test('[EPOCH-1] [WIRE-2] a token of another history is not continued, and a replaced log ends the sessions', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  await rooms.push(ann.author, ann.type('a'))
  const stranger = document.join(rooms, 'bob', { resume: { epoch: EPOCH, seq: 1, check: '0123456789abcdef' } })
  await rest()
  expect(stranger.frames[0]).toMatchObject({ type: 'welcome', resumed: false })
  expect(stranger.texts).toBe('a')
  document.log.deleteDocument(DOCUMENT)
  await rooms.heartbeat()
  await rest()
  expect(stranger.ended).toEqual(withCode('document-deleted'))
})

test('[EPOCH-1] a push into another epoch is refused', async () => {
  const document = new OneDocument()
  const ann = new Typist('ann', 1)
  const push = { ...ann.type('a'), epoch: 'epoch-number-2' as Epoch }
  await expect(document.node().push(ann.author, push)).rejects.toEqual(withCode('other-epoch'))
})

test('[WIRE-3] a large snapshot travels in pieces and is whole at the end', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const ann = new Typist('ann', 1)
  for (let count = 0; count < 8; count += 1) await rooms.push(ann.author, ann.type('x'.repeat(90_000)))
  document.log.compact(DOCUMENT, 8)
  const reader = document.join(document.node('two'), 'bob')
  await rest()
  const pieces = reader.frames.filter(({ type }) => type === 'snapshot')
  expect(pieces.length).toBe(Math.ceil(720_000 / LIMITS.chunkBytes))
  expect(reader.texts.length).toBe(720_000)
})

test('[GAP-1] forged, repeated and garbled messages on the relay show nothing', async () => {
  const document = new OneDocument()
  const rooms = document.node('one')
  const outside = document.hub.relay()
  const reader = document.join(rooms, 'bob')
  const ann = new Typist('ann', 1)
  await rest()
  await rooms.push(ann.author, ann.type('a'))
  const { update, replicaId } = ann.type('forged')
  const row = { update, userId: ann.author.userId, replicaId, pushId: 9, at: 0 }
  const node = 'node-evil-1' as RelayMessage['node']
  for (const head of [1, 2, 50]) {
    const forged: RelayMessage = {
      type: 'changes',
      node,
      epoch: EPOCH,
      fromSeq: head,
      head,
      check: '0123456789abcdef',
      schemaVersion: 1,
      rows: [row],
    }
    outside.publish(`room:${DOCUMENT}`, forged)
    outside.publish(`room:${DOCUMENT}`, { ...forged, rows: [] })
  }
  await rest()
  expect(reader.texts).toBe('a')
})
