import type { ReplicaStore, SetAside, StoredReplica, Unsent } from '../src/ports.ts'
import type { ReplicaId, ResumeToken } from '../src/protocol.ts'
import type { World } from './world.ts'

/** A browser's disk: what a write resolved for is there after a crash, what is still on its way is lost with the page. */
export class WorldStore implements ReplicaStore {
  readonly #world: World
  readonly lane: string
  updates: Uint8Array[] = []
  token: ResumeToken | undefined
  schemaVersion = 0
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
        schemaVersion: this.schemaVersion,
      }
    })
  }

  keep(_: unknown, unsent: Unsent, schemaVersion: number): Promise<void> {
    return this.#write(() => {
      this.unsent.set(`${this.#replicaId} ${unsent.pushId}`, { ...unsent, replicaId: this.#replicaId })
      this.schemaVersion = Math.max(this.schemaVersion, schemaVersion)
    })
  }

  settle(_: unknown, pushId: number): Promise<void> {
    return this.#write(() => {
      const key = `${this.#replicaId} ${pushId}`
      const unsent = this.unsent.get(key)
      if (unsent !== undefined) this.updates.push(unsent.update)
      this.unsent.delete(key)
    })
  }

  receive(_: unknown, token: ResumeToken, updates: readonly Uint8Array[], schemaVersion: number): Promise<void> {
    return this.#write(() => {
      this.schemaVersion = Math.max(this.schemaVersion, schemaVersion)
      this.updates.push(...updates)
      this.token = token
    })
  }

  setAside(_: unknown, copy: SetAside | undefined): Promise<void> {
    return this.#write(() => {
      this.updates = []
      this.token = undefined
      this.unsent = new Map()
      this.schemaVersion = 0
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
