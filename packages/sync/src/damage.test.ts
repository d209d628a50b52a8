import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { DOCUMENT, EPOCH, OneDocument, Typist, hold, rest, seqOf, type Reader } from '../test/one-document.ts'
import { changes, live, open, updateOf } from '../test/one-replica.ts'
import { emptyCheck } from './check.ts'
import type { Epoch, ResumeToken, Welcome } from './protocol.ts'
import type { Rooms } from './rooms.ts'

const withCode = (code: string): unknown => expect.objectContaining({ code })
const damagedAt = (reader: Reader): number | undefined => (reader.frames[0] as Welcome).damagedAfter

/** `12345`, a row each, written by Ann one second apart. */
async function counted(document: OneDocument, rooms: Rooms): Promise<{ ann: Typist; tokens: ResumeToken[] }> {
  const ann = new Typist('ann', 1)
  const tokens: ResumeToken[] = [{ epoch: EPOCH, seq: 0, check: emptyCheck(EPOCH) }]
  for (const letter of '12345') {
    document.nowMs += 1_000
    const seq = seqOf(await rooms.push(ann.author, ann.type(letter)))
    tokens.push({ epoch: EPOCH, seq, check: (await document.log.heads([DOCUMENT])).get(DOCUMENT)?.check ?? '' })
  }
  return { ann, tokens }
}

test('[DAMAGE-1] a damaged document opens up to the damage, and says until when it is whole', async () => {
  const document = new OneDocument()
  const startedMs = document.nowMs
  await counted(document, document.node('before'))
  document.log.damageRow(DOCUMENT, 4)
  const reader = document.join(document.node(), 'bob')
  await rest()
  expect(reader.frames[0]).toMatchObject({ type: 'welcome', head: 3, role: 'editor', damagedAfter: startedMs + 3_000 })
  expect(reader.texts).toBe('123')
})

test('[DAMAGE-1] a room that was open begins anew with the next heartbeat; whoever joins again keeps what is beyond', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const { tokens } = await counted(document, rooms)
  const reader = document.join(rooms, 'bob')
  await rest()
  document.log.damageRow(DOCUMENT, 4)
  await rooms.heartbeat()
  await rest()
  expect(reader.ended).toEqual(withCode('not-joined'))
  const [ahead, before] = [tokens[5], tokens[1]] as [ResumeToken, ResumeToken]
  const again = document.join(rooms, 'bob', { resume: ahead })
  const late = document.join(rooms, 'cid', { resume: before })
  await rest()
  expect(again.frames).toEqual([expect.objectContaining({ type: 'welcome', resumed: true, head: 3 })])
  expect([late.frames[0], late.texts]).toEqual([expect.objectContaining({ resumed: true, head: 3 }), ''])
  expect(late.frames.slice(1)).toMatchObject([{ type: 'changes', fromSeq: 2, head: 3 }])
  expect(damagedAt(again)).toBe(damagedAt(late))
  await rooms.heartbeat()
  await rest()
  expect([again.ended, late.ended]).toEqual([undefined, undefined])
})

test('[DAMAGE-1] damage that a joining session finds is told to those who were there', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  await counted(document, rooms)
  const before = document.join(rooms, 'bob')
  await rest()
  document.log.damageRow(DOCUMENT, 2)
  // Its token is not of this history: only the log can say so. (From nothing it would be served from memory.)
  const finder = document.join(rooms, 'cid', { resume: { epoch: EPOCH, seq: 3, check: '00000000000000aa' } })
  await rest()
  expect([before.ended, finder.ended]).toEqual([withCode('not-joined'), withCode('not-joined')])
  const again = document.join(rooms, 'cid')
  await rest()
  expect([again.ended, again.texts]).toEqual([undefined, '1'])
})

test('[DAMAGE-2] a push into a damaged document is refused, whatever the role; a repeated one is answered', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const { ann } = await counted(document, rooms)
  const bob = new Typist('bob', 2)
  const first = bob.type('a')
  const seq = seqOf(await rooms.push(bob.author, first))
  document.log.damageRow(DOCUMENT, 4)
  // This node does not know yet: the log refuses, and then it does.
  await expect(rooms.push(ann.author, ann.type('6'))).rejects.toEqual(withCode('document-damaged'))
  await expect(rooms.push(ann.author, ann.type('7'))).rejects.toEqual(withCode('document-damaged'))
  document.log.setLinkRole(DOCUMENT, 'viewer')
  await expect(rooms.push(bob.author, bob.type('b'))).rejects.toEqual(withCode('document-damaged'))
  expect(seqOf(await rooms.push(bob.author, first))).toBe(seq)
  expect((await document.log.open(DOCUMENT))?.tail.length).toBe(3)
})

test('[DAMAGE-2] an append that is on its way when the damage is found writes nothing and acks nothing', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const { ann } = await counted(document, rooms)
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  const answers: unknown[] = []
  void rooms.push(ann.author, ann.type('6')).catch((error: unknown) => answers.push(error))
  await rest()
  document.log.damageRow(DOCUMENT, 4)
  disk.release()
  await rest()
  expect(answers).toEqual([withCode('document-damaged')])
})

test('[DAMAGE-2] late news of rows that cannot be read any more is passed over', async () => {
  const document = new OneDocument()
  const rooms = document.node('one')
  await counted(document, rooms)
  document.log.damageRow(DOCUMENT, 4)
  const two = document.node('two', document.hub.relay())
  const reader = document.join(two, 'bob')
  await rest()
  const { rows, check } = await whole(document)
  document.hub.relay().publish(`room:${DOCUMENT}`, {
    type: 'changes',
    node: 'node-late-1' as never,
    epoch: EPOCH,
    fromSeq: 4,
    head: 4,
    check,
    schemaVersion: 1,
    rows,
  })
  await rest()
  await two.heartbeat()
  await rest()
  expect([reader.texts, reader.ended]).toEqual(['123', undefined])
})

/** Row 4 as it was. */
async function whole(document: OneDocument) {
  const healthy = new OneDocument()
  await counted(healthy, healthy.node())
  const row = (await healthy.log.open(DOCUMENT))?.tail[3]
  const third = (await document.log.open(DOCUMENT))?.tail[2]
  if (row === undefined || third === undefined) throw new Error('no rows')
  const { update, userId, replicaId, pushId, at, check } = row
  return { check, rows: [{ update, userId, replicaId, pushId, at }] }
}

test('[DAMAGE-2] a replica sends nothing into a damaged document, is read-only, and keeps its unsent work', async () => {
  const page = await open()
  page.type('mine')
  await rest()
  const wire = await live(page)
  expect(wire.pushes.length).toBe(1)
  await wire.refuse('document-damaged')
  expect(page.replica.view).toMatchObject({ phase: 'live', unsentCount: 1, saving: 'unsaved', error: undefined })
  page.replica.detach()
  const again = await live(page, { damagedAfter: 1_000 })
  page.timers.splice(0).forEach((run) => run())
  await rest()
  expect(again.pushes.length).toBe(0)
  expect(page.replica.view).toMatchObject({ readOnly: true, damagedAfterMs: 1_000, saving: 'unsaved', unsentCount: 1 })
  expect(page.disk.unsent.length).toBe(1)
})

test('[DAMAGE-3] what a replica has beyond the damage stays, and goes on when the log is whole again', async () => {
  const page = await open()
  const wire = await live(page)
  wire.frame(changes(1, [updateOf('one '), updateOf('two ')]))
  await rest()
  const { text } = page
  page.type('unsent')
  page.replica.detach()
  const damaged = await live(page, { head: 1, damagedAfter: 1_000 })
  expect(damaged.joins[0]?.resume?.seq).toBe(2)
  expect(page.replica.view).toMatchObject({ phase: 'live', open: true, readOnly: true, error: undefined })
  expect([page.text, page.disk.token?.seq]).toEqual([`${text}unsent`, 2])
  page.replica.detach()
  const mended = await live(page, { head: 2 })
  expect(page.replica.view).toMatchObject({ readOnly: false, damagedAfterMs: undefined })
  expect(mended.pushes.length).toBe(1)
})

test('[DAMAGE-3] after a repair under a new epoch, what a replica has becomes a copy', async () => {
  const page = await open()
  const wire = await live(page)
  wire.frame(changes(1, [updateOf('one '), updateOf('two ')]))
  await rest()
  const { text } = page
  page.replica.detach()
  await live(page, { head: 1, damagedAfter: 1_000 })
  page.replica.detach()
  await live(page, { epoch: 'epoch-number-2' as Epoch, resumed: false })
  expect(page.replica.view.error).toEqual(withCode('other-epoch'))
  const copy = new Y.Doc()
  Y.applyUpdate(copy, page.disk.copy?.whole ?? new Uint8Array())
  expect(copy.getText('body').toString()).toBe(text)
})

test('[DAMAGE-3] rooms go on under the epoch of a repair, and in the same one when the log is whole again', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  await counted(document, rooms)
  document.log.damageRow(DOCUMENT, 4)
  const damaged = document.join(rooms, 'bob')
  await rooms.heartbeat()
  await rest()
  document.log.repair(DOCUMENT, 'epoch-number-2' as Epoch)
  await rooms.heartbeat()
  await rest()
  expect(damaged.ended).toEqual(withCode('not-joined'))
  const after = document.join(rooms, 'bob')
  await rest()
  expect([after.frames[0], after.texts]).toEqual([
    expect.objectContaining({ epoch: 'epoch-number-2', head: 3, resumed: false }),
    '123',
  ])
  expect(damagedAt(after)).toBeUndefined()
  const ann = new Typist('ann', 7)
  expect(await rooms.push(ann.author, { ...ann.type('!'), epoch: 'epoch-number-2' as Epoch })).toEqual({ seq: 4 })
})
