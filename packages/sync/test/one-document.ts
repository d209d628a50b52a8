import { setImmediate as turn } from 'node:timers/promises'
import * as Y from 'yjs'
import { MemoryLog } from '../src/memory-log.ts'
import { MemoryRelayHub } from '../src/memory-relay.ts'
import type { Access, Gate, Relay, UpdateLog } from '../src/ports.ts'
import {
  DocumentId,
  PROTOCOL_VERSION,
  type Epoch,
  type Frame,
  type Join,
  type NodeId,
  type Push,
  type Pushed,
  type ReplicaId,
  type UserId,
} from '../src/protocol.ts'
import { Rooms } from '../src/rooms.ts'
import { splitUpdate } from '../src/split-update.ts'

export const DOCUMENT = DocumentId.parse('document-1')
export const EPOCH = 'epoch-number-1' as Epoch
export const author = (name: string): { userId: UserId; name: string } => ({ userId: `user-${name}-1` as UserId, name })

/** One joined session whose frames are read as they come, while its gate is open. */
export interface Reader {
  readonly frames: Frame[]
  readonly texts: string
  readonly ended: unknown
  open: boolean
  leave(): void
}

/** One document in memory, with nodes to join it on and a log whose calls a test can hold or fail. */
export class OneDocument {
  nowMs = 1_000_000
  readonly hub = new MemoryRelayHub()
  readonly log: MemoryLog
  readonly calls: string[] = []
  /** Runs before each call of the log: throw to fail it, await to hold it. */
  beforeCall: (name: string) => Promise<void> | void = () => {}
  afterCall: (name: string) => Promise<void> | void = () => {}
  #ids = 0

  constructor(options: { schemaVersion?: number } = {}) {
    this.log = new MemoryLog({ now: () => this.nowMs })
    this.log.createDocument(DOCUMENT, { epoch: EPOCH, schemaVersion: options.schemaVersion ?? 1 })
  }

  node(name = 'one', relay: Relay = this.hub.relay()): Rooms {
    const clock = { now: () => this.nowMs, after: () => () => {} }
    const chance = { id: () => `id-${(this.#ids += 1).toString().padStart(8, '0')}`, fraction: () => 0.5 }
    const compactor = { request: async () => undefined }
    const meter = { count: () => {}, observe: () => {} }
    return new Rooms({
      node: `node-${name}-1` as NodeId,
      log: this.#watched(),
      access: this.#watched(),
      relay,
      clock,
      chance,
      compactor,
      meter,
    })
  }

  join(rooms: Rooms, name: string, input: Partial<Join> = {}): Reader {
    const abort = new AbortController()
    const resumes: (() => void)[] = []
    const frames: Frame[] = []
    let open = true
    const isOpen = (): boolean => open
    let ended: unknown
    const gate: Gate = {
      writable: async () => {
        while (!isOpen()) await new Promise<void>((resolve) => resumes.push(resolve))
      },
    }
    const whole: Join = {
      documentId: DOCUMENT,
      replicaId: `replica-${name}` as ReplicaId,
      protocolVersion: PROTOCOL_VERSION,
      schemaVersion: 1,
      ...input,
    }
    const read = async (): Promise<void> => {
      try {
        for await (const frame of rooms.join(author(name), whole, { signal: abort.signal, gate })) frames.push(frame)
        ended = 'left'
      } catch (error) {
        ended = error
      }
    }
    void read()
    return {
      frames,
      get texts() {
        return textOf(frames)
      },
      get ended() {
        return ended
      },
      get open() {
        return open
      },
      set open(value: boolean) {
        open = value
        if (value) resumes.splice(0).forEach((resume) => resume())
      },
      leave: () => abort.abort(),
    }
  }

  #watched(): UpdateLog & Access {
    const { log } = this
    const watch =
      <Args extends unknown[], T>(name: string, run: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        this.calls.push(name)
        await this.beforeCall(name)
        const result = await run(...args)
        await this.afterCall(name)
        return result
      }
    return {
      open: watch('open', (id) => log.open(id)),
      append: watch('append', (id, expected, rows) => log.append(id, expected, rows)),
      read: watch('read', (id, from, maxBytes) => log.read(id, from, maxBytes)),
      heads: watch('heads', (ids) => log.heads(ids)),
      findPush: watch('findPush', (id, push) => log.findPush(id, push)),
      lastPushId: watch('lastPushId', (id, userId, replicaId) => log.lastPushId(id, userId, replicaId)),
      rolesOf: watch('rolesOf', (id, users) => log.rolesOf(id, users)),
    }
  }
}

/** Somebody who types: each call is the next push. */
export class Typist {
  readonly doc = new Y.Doc()
  readonly author: ReturnType<typeof author>
  readonly replicaId: ReplicaId
  #pushId = 0

  constructor(name: string, clientId: number) {
    this.doc.clientID = clientId
    this.author = author(name)
    this.replicaId = `replica-${name}` as ReplicaId
  }

  /** One edit in as many parts as its text takes. */
  paste(text: string, partBytes: number): readonly Push[] {
    const { update, ...names } = this.type(text)
    const parts = splitUpdate(update, partBytes)
    return parts.map((each, index) => ({ ...names, update: each, part: { part: index + 1, of: parts.length } }))
  }

  type(text: string): Push {
    const before = Y.encodeStateVector(this.doc)
    const body = this.doc.getText('body')
    body.insert(body.length, text)
    this.#pushId += 1
    return {
      documentId: DOCUMENT,
      epoch: EPOCH,
      replicaId: this.replicaId,
      pushId: this.#pushId,
      update: Y.encodeStateAsUpdate(this.doc, before),
      schemaVersion: 1,
    }
  }
}

/** Where a push is in the log; throws when it was only held. */
export function seqOf(pushed: Pushed): number {
  if ('seq' in pushed) return pushed.seq
  throw new Error(`${pushed.held} parts are held.`)
}

/** Everything that can happen without outside help has happened. */
export async function rest(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn()
}

export function textOf(frames: readonly Frame[]): string {
  const doc = new Y.Doc()
  let pieces: number[] = []
  for (const frame of frames) {
    if (frame.type === 'changes') for (const update of frame.updates) if (update !== null) Y.applyUpdate(doc, update)
    if (frame.type === 'snapshot') {
      pieces = [...pieces, ...frame.bytes]
      if (frame.part === frame.of) Y.applyUpdate(doc, Uint8Array.from(pieces))
    }
  }
  return doc.getText('body').toString()
}

/** A held call: `release` lets it go on. */
export function hold(): { readonly held: Promise<void>; release(): void } {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  return { held, release: () => release() }
}
