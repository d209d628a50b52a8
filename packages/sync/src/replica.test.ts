import { expect, test } from 'vitest'
import * as Y from 'yjs'
import { DOCUMENT, EPOCH, rest } from '../test/one-document.ts'
import { emptyCheck, nextCheck } from './check.ts'
import { SyncError } from './errors.ts'
import { NEXT_PHASE } from './replica-phase.ts'
import { Replica } from './replica.ts'
import type { Link, ReplicaStore, StoredReplica, Unsent } from './ports.ts'
import type { Changes, Frame, Join, Push, Pushed, ReplicaId, ResumeToken, SessionId, Welcome } from './protocol.ts'

/** What a browser keeps: everything here is on its disk. */
class Disk implements ReplicaStore {
  readonly done: string[] = []
  updates: Uint8Array[] = []
  unsent: Unsent[] = []
  token: ResumeToken | undefined
  copy: { reason: string; whole: Uint8Array } | undefined
  before: (name: string) => Promise<void> | void = () => {}

  async load(): Promise<StoredReplica> {
    await this.before('load')
    const lastPushId = Math.max(0, ...this.unsent.map(({ pushId }) => pushId))
    return {
      replicaId: 'replica-1' as ReplicaId,
      updates: this.updates,
      token: this.token,
      unsent: this.unsent,
      lastPushId,
    }
  }

  async keep(_: unknown, unsent: Unsent): Promise<void> {
    await this.before('keep')
    this.done.push(`keep ${unsent.pushId}`)
    this.unsent = [...this.unsent.filter(({ pushId }) => pushId !== unsent.pushId), unsent]
  }

  async settle(_: unknown, pushId: number): Promise<void> {
    await this.before('settle')
    this.done.push(`settle ${pushId}`)
    this.updates.push(...this.unsent.filter((unsent) => unsent.pushId === pushId).map(({ update }) => update))
    this.unsent = this.unsent.filter((unsent) => unsent.pushId !== pushId)
  }

  async receive(_: unknown, token: ResumeToken, updates: readonly Uint8Array[]): Promise<void> {
    await this.before('receive')
    this.done.push(`receive ${token.seq}`)
    this.updates.push(...updates)
    this.token = token
  }

  async setAside(_: unknown, copy: { reason: string; whole: Uint8Array } | undefined): Promise<void> {
    await this.before('setAside')
    this.updates = []
    this.unsent = []
    this.token = undefined
    this.copy = copy
  }
}

/** The node's side of one socket, spoken by the test. */
class Wire implements Link {
  readonly joins: Join[] = []
  readonly pushes: Push[] = []
  frame: (frame: Frame) => void = () => {}
  ended: (error: Error) => void = () => {}
  #answers: { resolve(pushed: Pushed): void; reject(error: Error): void }[] = []

  join(input: Join, on: { frame(frame: Frame): void; ended(error: Error): void }): () => void {
    this.joins.push(input)
    this.frame = on.frame
    this.ended = on.ended
    return () => {}
  }

  push(input: Push): Promise<Pushed> {
    this.pushes.push(input)
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }))
  }

  async presence(): Promise<void> {}

  async ack(seq: number): Promise<void> {
    this.#answers.shift()?.resolve({ seq })
    await rest()
  }

  async refuse(code: ConstructorParameters<typeof SyncError>[0]): Promise<void> {
    this.#answers.shift()?.reject(new SyncError(code, code))
    await rest()
  }
}

interface Page {
  readonly replica: Replica
  readonly doc: Y.Doc
  readonly disk: Disk
  readonly timers: (() => void)[]
  type(text: string): void
  readonly text: string
}

async function open(disk = new Disk()): Promise<Page> {
  const page = unopened(disk)
  await page.replica.start()
  return page
}

/** A page whose store was not read yet. */
function unopened(disk: Disk): Page {
  const doc = new Y.Doc()
  const timers: (() => void)[] = []
  const clock = {
    now: () => 0,
    after: (_: number, run: () => void) => (timers.push(run), () => void timers.splice(timers.indexOf(run), 1)),
  }
  const chance = { id: () => 'id-00000001', fraction: () => 0.5 }
  const replica = new Replica({ documentId: DOCUMENT, doc, schemaVersion: 1 }, { store: disk, clock, chance })
  const body = doc.getText('body')
  return {
    replica,
    doc,
    disk,
    timers,
    type: (text) => body.insert(body.length, text),
    get text() {
      return body.toString()
    },
  }
}

const welcome = (extra: Partial<Welcome> = {}): Welcome => ({
  type: 'welcome',
  sessionId: 'session-1' as SessionId,
  epoch: EPOCH,
  head: 0,
  check: emptyCheck(EPOCH),
  resumed: false,
  role: 'editor',
  schemaVersion: 1,
  presence: [],
  limits: { updateBytes: 1_000_000, presencePerSecond: 30 },
  ...extra,
})

function updateOf(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('body').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

function changes(fromSeq: number, updates: (Uint8Array | null)[], check = '00000000000000aa'): Changes {
  return { type: 'changes', fromSeq, head: fromSeq + updates.length - 1, check, updates }
}

async function live(page: Page): Promise<Wire> {
  const wire = new Wire()
  page.replica.attach(wire)
  wire.frame(welcome({ resumed: wire.joins[0]?.resume !== undefined }))
  await rest()
  return wire
}

test('[REP-1] every phase answers every event, and nothing leads out of the end', () => {
  const phases = Object.keys(NEXT_PHASE)
  for (const row of Object.values(NEXT_PHASE)) {
    expect(Object.keys(row).length).toBe(6)
    for (const next of Object.values(row)) expect(phases).toContain(next)
  }
  expect(new Set(Object.values(NEXT_PHASE.ended))).toEqual(new Set(['ended']))
})

test('[REP-2] what is typed is kept before it is sent', async () => {
  const page = await open()
  const wire = await live(page)
  let write = (): void => {}
  page.disk.before = () => new Promise((resolve) => (write = resolve))
  page.type('a')
  await rest()
  expect([wire.pushes.length, page.replica.view.saving]).toEqual([0, 'saving'])
  write()
  await rest()
  expect(wire.pushes.length).toBe(1)
  expect(page.disk.done).toEqual(['keep 1'])
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

test('[REP-5] a page older than the document sends nothing and is read-only', async () => {
  const page = await open()
  const wire = new Wire()
  page.replica.attach(wire)
  wire.frame(welcome({ schemaVersion: 2 }))
  page.type('a')
  await rest()
  expect(wire.pushes).toEqual([])
  expect(page.replica.view).toMatchObject({ readOnly: true, unsentCount: 1 })
  expect(page.disk.unsent.length).toBe(1)
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
