import * as Y from 'yjs'
import { Replica } from '../src/replica.ts'
import type { ReplicaStore, StoredReplica, Unsent } from '../src/ports.ts'
import type { ReplicaId, ResumeToken, UserId } from '../src/protocol.ts'
import type { WorldNode } from './world-node.ts'
import type { World } from './world.ts'
import { WorldLink } from './world-link.ts'

/** A browser's disk: what a write resolved for is there after a crash, what is still on its way is lost with the page. */
class WorldStore implements ReplicaStore {
  readonly #world: World
  readonly lane: string
  updates: Uint8Array[] = []
  token: ResumeToken | undefined
  unsent = new Map<string, Unsent & { replicaId: ReplicaId }>()
  copies: { reason: string; whole: Uint8Array }[] = []
  refuses = false
  #page = 0
  #replicaId: ReplicaId

  constructor(world: World, lane: string) {
    this.#world = world
    this.lane = lane
    this.#replicaId = world.random.id() as ReplicaId
  }

  crash(): void {
    this.#page += 1
  }

  /** Adopts what earlier pages left, under fresh push ids of a new replica. */
  load(): Promise<StoredReplica> {
    return this.#write(() => {
      this.#replicaId = this.#world.random.id() as ReplicaId
      const left = [...this.unsent.values()]
      const adopted = left.map((unsent, index) => ({
        pushId: index + 1,
        update: unsent.update,
        replicaId: this.#replicaId,
      }))
      this.unsent = new Map(adopted.map((unsent) => [`${unsent.replicaId} ${unsent.pushId}`, unsent]))
      return {
        replicaId: this.#replicaId,
        updates: [...this.updates],
        token: this.token,
        unsent: adopted,
        lastPushId: adopted.length,
      }
    })
  }

  keep(_: unknown, unsent: Unsent): Promise<void> {
    return this.#write(
      () => void this.unsent.set(`${this.#replicaId} ${unsent.pushId}`, { ...unsent, replicaId: this.#replicaId }),
    )
  }

  settle(_: unknown, pushId: number): Promise<void> {
    return this.#write(() => {
      const key = `${this.#replicaId} ${pushId}`
      const unsent = this.unsent.get(key)
      if (unsent !== undefined) this.updates.push(unsent.update)
      this.unsent.delete(key)
    })
  }

  receive(_: unknown, token: ResumeToken, updates: readonly Uint8Array[]): Promise<void> {
    return this.#write(() => {
      this.updates.push(...updates)
      this.token = token
    })
  }

  setAside(_: unknown, copy: { reason: string; whole: Uint8Array } | undefined): Promise<void> {
    return this.#write(() => {
      this.updates = []
      this.token = undefined
      this.unsent = new Map()
      if (copy !== undefined) this.copies.push(copy)
    })
  }

  #write<T>(write: () => T): Promise<T> {
    const page = this.#page
    return new Promise((resolve, reject) => {
      this.#world.schedule.add(() => {
        if (page !== this.#page) return
        if (this.refuses) reject(new Error('QuotaExceededError'))
        else resolve(write())
      }, this.lane)
    })
  }
}

/** A person with a browser: types, loses the network, reloads the page, moves to another node. */
export class WorldReplica {
  readonly name: string
  readonly userId: UserId
  readonly world: World
  readonly store: WorldStore
  doc = new Y.Doc()
  replica!: Replica
  link: WorldLink | undefined
  #typed = 0

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
    this.userId = `user-${name}-xx` as UserId
    this.store = new WorldStore(world, `store:${name}`)
    this.#startPage()
  }

  get text(): string {
    return this.doc.getText('body').toString()
  }

  get saving(): 'saved' | 'saving' | 'unsaved' {
    return this.replica.view.saving
  }

  get isConnected(): boolean {
    return this.link !== undefined
  }

  /** At a place the seed decides, unless given. */
  type(text: string, at?: number): void {
    // Nobody gives an ended replica an editor.
    if (this.replica.view.phase === 'ended') return
    const body = this.doc.getText('body')
    body.insert(Math.min(at ?? this.world.random.int(body.length + 1), body.length), text)
  }

  /** A word nobody else types, so that it can be found again; at the end it splits no other word. */
  typeWord(at?: 'end'): void {
    this.#typed += 1
    this.type(`<${this.name}${this.#typed}>`, at === 'end' ? Infinity : undefined)
  }

  delete(at: number, length: number): void {
    const body = this.doc.getText('body')
    if (at < body.length) body.delete(at, Math.min(length, body.length - at))
  }

  connect(node: WorldNode): void {
    if (this.link !== undefined) this.disconnect()
    if (node.rooms === undefined) return
    this.link = new WorldLink(this, node)
    this.replica.attach(this.link)
  }

  /** The socket is gone: both ends hear of it, the node possibly later. */
  disconnect(): void {
    const { link } = this
    this.link = undefined
    link?.cut()
    this.replica.detach()
  }

  /** The page is gone, with everything that was not written to the browser's disk; a new page starts over it. */
  reload(): void {
    this.disconnect()
    this.store.crash()
    void this.replica.stop()
    this.doc = new Y.Doc()
    this.#startPage()
  }

  #startPage(): void {
    const { random, schedule, documentId } = this.world
    this.doc.clientID = random.int(2 ** 31)
    const clock = {
      now: () => schedule.nowMs,
      after: (delayMs: number, run: () => void) => schedule.after(delayMs, run),
    }
    this.replica = new Replica(
      { documentId, doc: this.doc, schemaVersion: 1 },
      { store: this.store, clock, chance: random },
    )
    void this.replica.start()
  }
}
