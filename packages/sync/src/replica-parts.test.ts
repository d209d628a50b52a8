import { afterAll, expect, test } from 'vitest'
import * as Y from 'yjs'
import { EPOCH, rest } from '../test/one-document.ts'
import { changes, Disk, live, open, updateOf } from '../test/one-replica.ts'
import { decodeUpdate } from './decoded-update.ts'
import { LIMITS } from './limits.ts'
import type { Changes, ReplicaId } from './protocol.ts'
import { splitUpdate } from './split-update.ts'
import type { TabMessage, Tabs } from './tab-sharing.ts'

/** For this file. */
const PART_BYTES = 400
const { updateBytes } = LIMITS
Object.assign(LIMITS, { updateBytes: PART_BYTES })
afterAll(() => Object.assign(LIMITS, { updateBytes }))

const TEXT = 'a table of many words '.repeat(40)
const goesOn = (frame: Changes): Changes => ({ ...frame, goesOn: true })

test('[PART-1] a big edit goes in parts under one push id, each after the one before it, and the last ack saves it', async () => {
  const page = await open()
  const wire = await live(page)
  page.type(TEXT)
  await rest()
  for (let sent = 1; wire.pushes.at(-1)?.part?.part !== wire.pushes.at(-1)?.part?.of; sent += 1) {
    expect(wire.pushes).toHaveLength(sent)
    expect(page.replica.view.saving).not.toBe('saved')
    await wire.hold()
  }
  await wire.ack(3)
  expect(page.replica.view.saving).toBe('saved')
  expect(wire.pushes.length).toBeGreaterThan(2)
  expect(new Set(wire.pushes.map(({ pushId }) => pushId))).toEqual(new Set([1]))
  for (const { update } of wire.pushes) expect(decodeUpdate(update)).toBeDefined()
  const copy = new Y.Doc()
  for (const { update } of wire.pushes) Y.applyUpdate(copy, update)
  expect(copy.getText('body').toString()).toBe(TEXT)
})

test('[PART-4] a node that has lost the parts before gets all of them again', async () => {
  const page = await open()
  const wire = await live(page)
  page.type(TEXT)
  await rest()
  await wire.hold()
  await wire.refuse('overloaded')
  page.timers.splice(0).forEach((run) => run())
  await wire.hold()
  await wire.refuse('parts-missing')
  page.timers.splice(0).forEach((run) => run())
  await rest()
  expect(wire.pushes.map(({ part }) => part?.part)).toEqual([1, 2, 2, 3, 1])
  expect(page.replica.view.saving).not.toBe('saved')
})

test('[PART-4] over another link it begins with the first part', async () => {
  const page = await open()
  const wire = await live(page)
  page.type(TEXT)
  await rest()
  await wire.hold()
  page.replica.detach()
  const other = await live(page)
  expect(other.pushes.map(({ part }) => part?.part)).toEqual([1])
  // The old node's answer comes late and sends nothing.
  await wire.hold()
  expect([wire.pushes.length, other.pushes.length]).toEqual([2, 1])
})

test('[PART-2] an edit of too many parts is not sent at all; it is kept as a copy', async () => {
  const page = await open()
  const wire = await live(page)
  page.type('x'.repeat(PART_BYTES * (LIMITS.editParts + 1)))
  await rest()
  expect(wire.pushes).toHaveLength(0)
  expect(page.replica.view.error?.code).toBe('update-too-large')
  await page.replica.stop()
  expect(page.disk.copy?.reason).toBe('update-too-large')
})

test('[PART-5] nobody sees half an edit: its rows are applied in one transaction, and the token moves past all of them', async () => {
  const page = await open()
  const wire = await live(page)
  const parts = splitUpdate(updateOf(TEXT), PART_BYTES)
  const seen: string[] = []
  page.doc.getText('body').observe(() => seen.push(page.text))
  for (const [index, part] of parts.slice(0, -1).entries()) wire.frame(goesOn(changes(index + 1, [part])))
  await rest()
  expect([page.text, seen, page.disk.token?.seq]).toEqual(['', [], undefined])
  wire.frame(changes(parts.length, parts.slice(-1)))
  await rest()
  expect([seen, page.disk.token?.seq]).toEqual([[TEXT], parts.length])
})

test('[PART-5] a link cut within an edit shows and stores nothing of it; the next join asks from before it', async () => {
  const page = await open()
  const wire = await live(page)
  wire.frame(changes(1, [updateOf('before ')]))
  const [first = new Uint8Array()] = splitUpdate(updateOf(TEXT), PART_BYTES)
  wire.frame(goesOn(changes(2, [first])))
  page.replica.detach()
  await rest()
  expect([page.text, page.disk.token?.seq]).toEqual(['before ', 1])
  const other = await live(page)
  expect(other.joins[0]?.resume).toMatchObject({ epoch: EPOCH, seq: 1 })
  other.frame(changes(2, [updateOf('whole')]))
  expect(page.text).toContain('whole')
  expect(page.text).not.toContain('table')
})

test('[PART-5] of a stored copy nothing is shown while a part of it waits for what another tab has yet to settle', async () => {
  const doc = new Y.Doc()
  const typed = (text: string): Uint8Array => {
    const before = Y.encodeStateVector(doc)
    const body = doc.getText('body')
    body.insert(body.length, text)
    return Y.encodeStateAsUpdate(doc, before)
  }
  const [shown, otherTabs, later] = [typed('shown '), typed('of the other tab '), typed('later')]
  const disk = new Disk()
  disk.updates = [shown, later]
  disk.token = { epoch: EPOCH, seq: 1, check: '00000000000000aa' }
  const page = await open(disk)
  expect(page.replica.view.open).toBe(false)
  const wire = await live(page, { head: 3 })
  expect(page.replica.view.open).toBe(false)
  wire.frame(changes(2, [otherTabs, later]))
  expect([page.replica.view.open, page.text]).toEqual([true, 'shown of the other tab later'])

  disk.updates = [shown, otherTabs, later]
  expect((await open(disk)).replica.view.open).toBe(true)

  disk.updates = [shown, later]
  let hear: (message: TabMessage) => void = () => undefined
  const tabs: Tabs = {
    tell: () => undefined,
    hear: (listener) => ((hear = listener), () => undefined),
    lead: () => () => undefined,
    left: async () => ({ updates: [], forget: async () => undefined }),
  }
  const load = disk.load.bind(disk)
  disk.load = async () => ({ ...(await load()), tabs })
  const offline = await open(disk)
  expect(offline.replica.view.open).toBe(false)
  const from = 'replica-2' as ReplicaId
  hear({
    from,
    schemaVersion: 1,
    reach: { [from]: 1 },
    saved: {},
    pieces: [{ update: otherTabs, reach: { [from]: 1 } }],
  })
  expect([offline.replica.view.open, offline.text]).toEqual([true, 'shown of the other tab later'])
})
