import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { EPOCH, rest } from '../test/one-document.ts'
import { changes, Disk, live, open } from '../test/one-replica.ts'

/** Two people make the same words bold at once: whoever receives both removes the marks that say it twice. */
function boldTwice(): readonly Uint8Array[] {
  const [ann, ben] = [new Y.Doc(), new Y.Doc()]
  for (const [client, doc] of [ann, ben].entries()) doc.clientID = client + 1
  ann.getText('body').insert(0, 'bold words')
  const start = Y.encodeStateAsUpdate(ann)
  Y.applyUpdate(ben, start)
  return [
    start,
    ...[ann, ben].map((doc) => {
      const before = Y.encodeStateVector(doc)
      doc.getText('body').format(0, 4, { bold: true })
      return Y.encodeStateAsUpdate(doc, before)
    }),
  ]
}

/** What Yjs writes by itself while `updates` arrive one after the other. */
function tidying(updates: readonly Uint8Array[]): number {
  const doc = new Y.Doc()
  doc.getText('body') // Yjs tidies texts, and does not know yet that it is one
  let count = 0
  doc.on('update', (_update: Uint8Array, origin: unknown) => {
    if (origin !== 'arrived') count += 1
  })
  for (const update of updates) Y.applyUpdate(doc, update, 'arrived')
  return count
}

test('[REP-10] what Yjs tidies up when it receives is not unsent work of who may not write', async () => {
  const updates = boldTwice()
  expect(tidying(updates)).toBeGreaterThan(0)
  const page = await open()
  const wire = await live(page, { role: 'viewer', head: 1 })
  for (const [index, update] of updates.entries()) wire.frame(changes(index + 1, [update]))
  await rest()
  expect(page.replica.view).toMatchObject({ unsentCount: 0, saving: 'saved' })
  expect([wire.pushes, page.disk.unsent, page.replica.view.error]).toEqual([[], [], undefined])
})

test('[REP-10] it is sent by who may write, and by who may write later', async () => {
  const page = await open()
  const wire = await live(page, { role: 'viewer', head: 1 })
  for (const [index, update] of boldTwice().entries()) wire.frame(changes(index + 1, [update]))
  wire.frame({ ...changes(4, []), fromSeq: 4, head: 3, access: { role: 'editor', schemaVersion: 1 } })
  await rest()
  expect(wire.pushes).toHaveLength(1)

  const writer = await open()
  const line = await live(writer, { role: 'editor', head: 1 })
  for (const [index, update] of boldTwice().entries()) line.frame(changes(index + 1, [update]))
  await rest()
  expect(line.pushes).toHaveLength(1)
})

test('[REP-10] nor is it unsent work when it happens to what is stored', async () => {
  const disk = new Disk()
  disk.updates = [...boldTwice()]
  disk.token = { epoch: EPOCH, seq: 3, check: '00000000000000aa' }
  const page = await open(disk)
  await rest()
  expect(page.replica.view).toMatchObject({ unsentCount: 0 })
})

test('[REP-10] what is typed by who may not write is still kept', async () => {
  const page = await open()
  await live(page, { role: 'viewer', head: 0 })
  page.type('typed by the page')
  await rest()
  expect(page.replica.view).toMatchObject({ unsentCount: 1 })
})
