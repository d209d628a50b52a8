import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { EPOCH, rest } from '../test/one-document.ts'
import { Disk, Wire, open, unopened, welcome, updateOf, changes, live } from '../test/one-replica.ts'
import { emptyCheck, nextCheck } from './check.ts'
import { NEXT_PHASE } from './replica-phase.ts'

test('[REP-1] every phase answers every event, and nothing leads out of the end', () => {
  const phases = Object.keys(NEXT_PHASE)
  for (const row of Object.values(NEXT_PHASE)) {
    expect(Object.keys(row).length).toBe(6)
    for (const next of Object.values(row)) expect(phases).toContain(next)
  }
  expect(new Set(Object.values(NEXT_PHASE.ended))).toEqual(new Set(['ended']))
})

test('[REP-2] what is typed in one turn is one push, which is kept and sent at once: neither waits for the other', async () => {
  const page = await open()
  const wire = await live(page)
  let write = (): void => {}
  page.disk.before = () => new Promise((resolve) => (write = resolve))
  page.type('a')
  page.type('b')
  await rest()
  expect([wire.pushes.length, page.replica.view.saving, page.disk.done]).toEqual([1, 'saving', []])
  page.type('c') // what was sent never changes again
  await rest()
  write()
  await rest()
  expect(page.disk.done).toEqual(['keep 1'])
  expect(page.disk.unsent[0]?.update).toEqual(wire.pushes[0]?.update)
})

test('[REP-4] an ack that is there before its push is kept means saved, and its text is stored', async () => {
  const page = await open()
  const wire = await live(page)
  const writes: (() => void)[] = []
  page.disk.before = () => new Promise((resolve) => writes.push(resolve))
  page.type('a')
  await rest()
  await wire.ack(1)
  expect(page.replica.view).toMatchObject({ saving: 'saved', unsentCount: 0 })
  while (writes.length > 0) {
    writes.shift()?.()
    await rest()
  }
  expect(page.disk.done).toEqual(['keep 1', 'settle 1'])
  expect([page.disk.unsent.length, page.disk.updates.length]).toEqual([0, 1])
})

test('[REP-2] what is typed before the store was read is not saved, and is sent once it was', async () => {
  const page = unopened(new Disk())
  page.type('early')
  expect(page.replica.view).toMatchObject({ saving: 'unsaved', unsentCount: 1 })
  await page.replica.start()
  expect((await live(page)).pushes.length).toBe(1)
})

test('[REP-3] typing merges into the push that was not sent, and starts the next one when it was', async () => {
  const page = await open()
  for (const letter of 'abc') page.type(letter)
  await rest()
  expect(page.disk.unsent.map(({ pushId }) => pushId)).toEqual([1])
  const wire = await live(page)
  const sent = wire.pushes[0]
  for (const letter of 'def') page.type(letter)
  await rest()
  expect(page.disk.unsent.map(({ pushId }) => pushId)).toEqual([1, 2])
  await wire.refuse('socket-closed')
  page.replica.detach()
  const next = await live(page)
  expect(next.pushes[0]?.update).toEqual(sent?.update)
  expect(next.pushes[0]?.pushId).toBe(1)
})

test('[REP-4] only an ack means saved', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('a')
  await rest()
  wire.frame(changes(1, [null]))
  expect(page.replica.view).toMatchObject({ saving: 'saving', unsentCount: 1 })
  await wire.ack(1)
  expect(page.replica.view).toMatchObject({ saving: 'saved', unsentCount: 0 })
  expect(page.disk.unsent).toEqual([])
})

test('[REP-4] without a link it is unsaved, and it is sent when there is one again', async () => {
  const page = await open()
  const first = await live(page)
  page.replica.detach()
  page.type('a')
  await rest()
  expect(page.replica.view).toMatchObject({ phase: 'offline', saving: 'unsaved', keeping: 'device' })
  expect(first.pushes).toEqual([])
  const wire = await live(page)
  expect(wire.pushes.length).toBe(1)
})

test('[REP-5] one push in flight at a time', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('a')
  await rest()
  page.type('b')
  await rest()
  expect(wire.pushes.map(({ pushId }) => pushId)).toEqual([1])
  await wire.ack(1)
  expect(wire.pushes.map(({ pushId }) => pushId)).toEqual([1, 2])
})

test('[REP-6] a push that can never be accepted becomes a copy with everything after it', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('refused')
  await rest()
  page.type(' and more')
  await wire.refuse('not-allowed')
  expect(page.replica.view).toMatchObject({ phase: 'ended', readOnly: true, error: { code: 'not-allowed' } })
  const copy = new Y.Doc()
  Y.applyUpdate(copy, page.disk.copy?.whole ?? new Uint8Array())
  expect(copy.getText('body').toString()).toBe('refused and more')
  expect(page.disk.unsent).toEqual([])
})

test('[REP-6] refusals that ask for patience are repeated after a pause with the same bytes, hopeless ones end', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('a')
  await rest()
  await wire.refuse('log-unavailable')
  expect(page.replica.view.saving).toBe('unsaved')
  expect(wire.pushes.length).toBe(1)
  page.timers.shift()?.()
  expect(wire.pushes.map(({ pushId, update }) => [pushId, update])).toEqual(
    Array.from({ length: 2 }, () => [1, wire.pushes[0]?.update]),
  )
  for (let round = 0; round < 10 && page.replica.view.phase !== 'ended'; round += 1) {
    await wire.refuse('missing-updates')
    page.timers.shift()?.()
    wire.frame(welcome({ resumed: true }))
  }
  expect(page.replica.view).toMatchObject({ phase: 'ended', error: { code: 'missing-updates' } })
  expect(page.disk.copy).toBeDefined()
})

test('[REP-6] signed out: nothing is lost, the next page sends it', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('a')
  await rest()
  await wire.refuse('not-signed-in')
  expect(page.replica.view).toMatchObject({ phase: 'ended', unsentCount: 1 })
  expect(page.disk.unsent.length).toBe(1)
  const next = await open(page.disk)
  expect((await live(next)).pushes.length).toBe(1)
})

test('[REP-7] the token moves over what was applied and is stored with it; an ack does not move it', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('mine')
  await rest()
  await wire.ack(1)
  expect(page.disk.token).toBeUndefined()
  const other = updateOf('theirs')
  const check = nextCheck(emptyCheck(EPOCH), other)
  wire.frame(changes(1, [null, other], check))
  await rest()
  expect(page.disk.token).toEqual({ epoch: EPOCH, seq: 2, check })
  const next = await open(page.disk)
  expect([...next.text].sort()).toEqual([...'minetheirs'].sort())
  const again = new Wire()
  next.replica.attach(again)
  expect(again.joins[0]?.resume).toEqual({ epoch: EPOCH, seq: 2, check })
})

test('[REP-7] frames out of order are not applied: it joins again from where it is', async () => {
  const page = await open()
  const wire = await live(page)
  wire.frame(changes(2, [updateOf('later')]))
  expect(page.text).toBe('')
  expect(page.replica.view.phase).toBe('offline')
  page.timers.shift()?.()
  expect(wire.joins.length).toBe(2)
  expect(wire.joins[1]?.resume).toEqual(wire.joins[0]?.resume ?? { epoch: EPOCH, seq: 0, check: emptyCheck(EPOCH) })
})

test('[REP-8] a store that fails costs nothing but the store', async () => {
  const page = await open()
  const wire = await live(page)
  page.disk.before = () => Promise.reject(new Error('QuotaExceededError'))
  page.type('a')
  await rest()
  expect(page.replica.view.keeping).toBe('nowhere')
  await wire.ack(1)
  wire.frame(changes(1, [null, updateOf('b')]))
  await rest()
  expect(page.replica.view.saving).toBe('saved')
  expect([...page.text].sort().join('')).toBe('ab')
  page.disk.before = () => {}
  wire.frame(changes(3, [updateOf('c')]))
  await rest()
  expect(page.disk.token, 'a token that covers what was not stored').toBeUndefined()
})

test('[REP-8] a store that cannot be read means starting empty', async () => {
  const disk = new Disk()
  disk.before = () => Promise.reject(new Error('corrupt'))
  const page = await open(disk)
  expect(page.replica.view).toMatchObject({ phase: 'offline', keeping: 'nowhere' })
  const wire = await live(page)
  page.type('a')
  await rest()
  expect(wire.pushes.length).toBe(1)
})

test('[EPOCH-2] a log of another life is not merged: unsent work becomes a copy', async () => {
  const disk = new Disk()
  disk.token = { epoch: EPOCH, seq: 4, check: '00000000000000aa' }
  disk.updates = [updateOf('old')]
  const page = await open(disk)
  page.type(' and mine')
  await rest()
  const wire = new Wire()
  page.replica.attach(wire)
  wire.frame(welcome({ resumed: false }))
  await rest()
  expect(wire.pushes).toEqual([])
  expect(page.replica.view.error?.code).toBe('other-epoch')
  expect([disk.copy?.reason, disk.updates, disk.token]).toEqual(['other-epoch', [], undefined])
})

test('[EPOCH-2] what was acked in the other life is in the copy too; from nothing there is nothing to keep', async () => {
  for (const [seq, updates] of [
    [4, [updateOf('acked')]],
    [0, []],
  ] as const) {
    const disk = new Disk()
    disk.token = { epoch: EPOCH, seq, check: '00000000000000aa' }
    disk.updates = [...updates]
    const page = await open(disk)
    const wire = new Wire()
    page.replica.attach(wire)
    wire.frame(welcome({ resumed: false }))
    await rest()
    expect([disk.copy?.reason, disk.token]).toEqual([seq > 0 ? 'other-epoch' : undefined, undefined])
  }
})

test('[WIRE-3] the pieces of a snapshot are applied together, and open the document', async () => {
  const page = await open()
  const wire = new Wire()
  page.replica.attach(wire)
  const bytes = updateOf('a long text')
  const check = '00000000000000aa'
  wire.frame(welcome({ head: 5, check }))
  wire.frame({ type: 'snapshot', throughSeq: 5, check, part: 1, of: 2, bytes: bytes.slice(0, 7) })
  expect([page.text, page.replica.view.open, page.replica.view.progress]).toEqual(['', false, 0.5])
  wire.frame({ type: 'snapshot', throughSeq: 5, check, part: 2, of: 2, bytes: bytes.slice(7) })
  expect([page.text, page.replica.view.open, page.replica.view.phase]).toEqual(['a long text', true, 'live'])
})
