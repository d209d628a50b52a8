import * as Y from 'yjs'
import { DOCUMENT, EPOCH, rest } from './one-document.ts'
import { emptyCheck } from '../src/check.ts'
import { SyncError } from '../src/errors.ts'
import { Replica } from '../src/replica.ts'
import type { Clock, Link } from '../src/ports.ts'
import type { ReplicaStore, SetAside, StoredReplica, Unsent } from '../src/replica-store.ts'
import type { Changes, Frame, Join, Push, Pushed, ReplicaId, ResumeToken, SessionId, Welcome } from '../src/protocol.ts'

/** What a browser keeps: everything here is on its disk. */
export class Disk implements ReplicaStore {
  readonly done: string[] = []
  updates: Uint8Array[] = []
  unsent: Unsent[] = []
  token: ResumeToken | undefined
  schemaVersion = 0
  copy: SetAside | undefined
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
      schemaVersion: this.schemaVersion,
    }
  }

  async keep(_: unknown, unsent: Unsent, schemaVersion: number): Promise<void> {
    await this.before('keep')
    this.schemaVersion = Math.max(this.schemaVersion, schemaVersion)
    this.done.push(`keep ${unsent.pushId}`)
    this.unsent = [...this.unsent.filter(({ pushId }) => pushId !== unsent.pushId), unsent]
  }

  async settle(_: unknown, { pushId, update }: Unsent): Promise<void> {
    await this.before('settle')
    this.done.push(`settle ${pushId}`)
    this.updates.push(update)
    this.unsent = this.unsent.filter((unsent) => unsent.pushId !== pushId)
  }

  async receive(_: unknown, token: ResumeToken, updates: readonly Uint8Array[], schemaVersion: number): Promise<void> {
    await this.before('receive')
    this.schemaVersion = Math.max(this.schemaVersion, schemaVersion)
    this.done.push(`receive ${token.seq}`)
    this.updates.push(...updates)
    this.token = token
  }

  async setAside(_: unknown, copy: SetAside | undefined): Promise<void> {
    await this.before('setAside')
    this.updates = []
    this.unsent = []
    this.token = undefined
    this.schemaVersion = 0
    this.copy = copy
  }
}

/** The node's side of one socket, spoken by the test. */
export class Wire implements Link {
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

  async ack(seq: number, more: { heldMs?: number } = {}): Promise<void> {
    this.#answers.shift()?.resolve({ seq, ...more })
    await rest()
  }

  /** The node keeps this part and waits for the next. */
  async hold(): Promise<void> {
    this.#answers.shift()?.resolve({ held: this.pushes.at(-1)?.part?.part ?? 1 })
    await rest()
  }

  async refuse(code: ConstructorParameters<typeof SyncError>[0]): Promise<void> {
    this.#answers.shift()?.reject(new SyncError(code, code))
    await rest()
  }
}

export interface Page {
  readonly replica: Replica
  readonly doc: Y.Doc
  readonly disk: Disk
  readonly timers: (() => void)[]
  /** Of its clock. */
  nowMs: number
  type(text: string): void
  readonly text: string
}

export async function open(disk = new Disk()): Promise<Page> {
  const page = unopened(disk)
  await page.replica.start()
  return page
}

/** A page whose store was not read yet. */
export function unopened(disk: Disk): Page {
  const doc = new Y.Doc()
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => page.nowMs,
    after: (_: number, run: () => void) => (timers.push(run), () => void timers.splice(timers.indexOf(run), 1)),
  }
  const chance = { id: () => 'id-00000001', fraction: () => 0.5 }
  const replica = new Replica({ documentId: DOCUMENT, doc, schemaVersion: 1 }, { store: disk, clock, chance })
  const body = doc.getText('body')
  const page = {
    replica,
    doc,
    disk,
    timers,
    nowMs: 0,
    type: (text: string) => body.insert(body.length, text),
    get text() {
      return body.toString()
    },
  }
  return page
}

export const welcome = (extra: Partial<Welcome> = {}): Welcome => ({
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

export function updateOf(text: string): Uint8Array {
  const doc = new Y.Doc()
  doc.getText('body').insert(0, text)
  return Y.encodeStateAsUpdate(doc)
}

export function changes(fromSeq: number, updates: (Uint8Array | null)[], check = '00000000000000aa'): Changes {
  return { type: 'changes', fromSeq, head: fromSeq + updates.length - 1, check, updates }
}

export async function live(page: Page, extra: Partial<Welcome> = {}): Promise<Wire> {
  const wire = new Wire()
  page.replica.attach(wire)
  wire.frame(welcome({ resumed: wire.joins[0]?.resume !== undefined, ...extra }))
  await rest()
  return wire
}
