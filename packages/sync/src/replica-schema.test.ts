import { expect, test } from 'vitest'
import { EPOCH, rest } from '../test/one-document.ts'
import { Disk, Wire, open, welcome, updateOf, changes, live } from '../test/one-replica.ts'
import { SyncError } from './errors.ts'

test('[REP-9] a page older than what is stored is read-only without a link, and sends and keeps nothing over one', async () => {
  const disk = new Disk()
  disk.token = { epoch: EPOCH, seq: 1, check: '00000000000000aa' }
  disk.updates = [updateOf('newer')]
  disk.unsent = [{ pushId: 1, update: updateOf(' work') }]
  disk.schemaVersion = 2
  const page = await open(disk)
  expect(page.replica.view).toMatchObject({ open: true, readOnly: true, isTooOld: true, unsentCount: 1 })
  expect(page.text).toContain('newer')
  page.type('an editor that cannot read it')
  const wire = await live(page, { head: 1, schemaVersion: 1 })
  page.type('once more')
  await rest()
  expect(page.replica.view).toMatchObject({ phase: 'live', readOnly: true, unsentCount: 1, saving: 'unsaved' })
  expect([wire.pushes, disk.done, disk.unsent.length]).toEqual([[], [], 1])
})

test('[REP-9] the store is told the schema of the page that types, and of the document that is received', async () => {
  const page = await open()
  const wire = await live(page, { head: 1, schemaVersion: 0 })
  wire.frame(changes(1, [updateOf('old')]))
  await rest()
  expect(page.disk.schemaVersion).toBe(0)
  page.type('typed')
  await rest()
  expect(page.disk.schemaVersion).toBe(1)
  wire.frame({ ...changes(2, [updateOf('new')]), access: { role: 'editor', schemaVersion: 3 } })
  await rest()
  expect(page.disk.schemaVersion).toBe(3)
  const same = await open(new Disk())
  const joined = await live(same, { head: 1, schemaVersion: 4 })
  joined.frame(changes(1, [updateOf('old')]))
  await rest()
  expect(same.disk.schemaVersion).toBe(4)
})

test('[REP-9] a copy that is put aside says how new a page has to be: its own version, or the document’s', async () => {
  const typed = await open()
  const first = await live(typed, { schemaVersion: 0 })
  typed.type('refused')
  await rest()
  await first.refuse('not-allowed')
  expect(typed.disk.copy?.schemaVersion).toBe(1)

  const heard = await open()
  const second = await live(heard)
  heard.type('unsent')
  await rest()
  second.frame({ ...changes(1, [updateOf('new')]), access: { role: 'editor', schemaVersion: 3 } })
  second.ended(new SyncError('not-allowed', 'No longer.'))
  await rest()
  expect(heard.disk.copy?.schemaVersion).toBe(3)
})

test('[REP-5] a page older than the document sends nothing, is read-only, and keeps only what was typed before it knew', async () => {
  const page = await open()
  const wire = new Wire()
  page.replica.attach(wire)
  page.type('typed before it knew')
  wire.frame(welcome({ schemaVersion: 2 }))
  page.type('what its editor makes of nodes that it cannot read')
  await rest()
  expect(wire.pushes).toEqual([])
  expect(page.replica.view).toMatchObject({ readOnly: true, unsentCount: 1 })
  expect(page.disk.unsent.length).toBe(1)
})
