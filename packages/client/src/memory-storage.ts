import {
  mergedUpdates,
  ReplicaId,
  type Chance,
  type DocumentId,
  type ReplicaStore,
  type ResumeToken,
  type StoredReplica,
  type Unsent,
} from '@tandem/sync'
import {
  LOOSE_UPDATES,
  continuesLife,
  joinedCopies,
  type HeldReplicaStore,
  type KeptCopy,
  type ReplicaStorage,
  type UnsentPiece,
} from './replica-storage.ts'

interface Received {
  /** Names this life of the stored copy: a replica that began with an earlier one must not add to it. */
  readonly life: string
  token: ResumeToken | undefined
  readonly updates: Uint8Array[]
  /** How many at the end of `updates` have not been merged. */
  loose: number
  /** The newest schema that `updates` may need. */
  schemaVersion: number
}

interface KeptPush {
  readonly update: Uint8Array
  readonly schemaVersion: number
}

interface Kept {
  readonly documentId: DocumentId
  /** By push id, in the order they were first kept. */
  readonly unsent: Map<number, KeptPush>
  isHeld: boolean
}

/** Keeps everything for as long as the object lives: scripts, tests, and browsers that forbid storage. */
export class MemoryStorage implements ReplicaStorage {
  readonly isLasting = false
  readonly #chance: Chance
  readonly #received = new Map<DocumentId, Received>()
  readonly #kept = new Map<ReplicaId, Kept>()
  readonly #copies = new Map<string, KeptCopy>()
  readonly #unsentListeners = new Set<() => void>()

  constructor(chance: Chance) {
    this.#chance = chance
  }

  replicaStore(): HeldReplicaStore {
    return new MemoryReplicaStore({
      received: this.#received,
      kept: this.#kept,
      copies: this.#copies,
      chance: this.#chance,
      unsentChanged: () => this.#unsentListeners.forEach((changed) => changed()),
    })
  }

  async leftDocuments(): Promise<readonly DocumentId[]> {
    const left = [...this.#kept.values()].filter(({ isHeld, unsent }) => !isHeld && unsent.size > 0)
    return [...new Set(left.map(({ documentId }) => documentId))]
  }

  async unsentWork(): Promise<readonly UnsentPiece[]> {
    return [...this.#kept].flatMap(([replicaId, { documentId, unsent }]) =>
      Array.from(unsent.keys(), (pushId) => ({ documentId, name: `${replicaId} ${pushId}` })),
    )
  }

  onUnsentWork(changed: () => void): () => void {
    this.#unsentListeners.add(changed)
    return () => this.#unsentListeners.delete(changed)
  }

  async copies(): Promise<readonly KeptCopy[]> {
    return [...this.#copies.values()]
  }

  async forgetCopy(id: string): Promise<void> {
    this.#copies.delete(id)
  }

  async close(): Promise<void> {
    this.#received.clear()
    this.#kept.clear()
  }
}

interface Memory {
  readonly received: Map<DocumentId, Received>
  readonly kept: Map<ReplicaId, Kept>
  readonly copies: Map<string, KeptCopy>
  readonly chance: Chance
  unsentChanged(): void
}

class MemoryReplicaStore implements HeldReplicaStore {
  readonly #memory: Memory
  #own: Kept | undefined
  #life: string | undefined
  /** Waits until nothing is unsent: a stored token must not cover a push that is only kept as unsent. */
  #heldToken: ResumeToken | undefined

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async load(documentId: DocumentId): Promise<StoredReplica> {
    const { received, kept, chance } = this.#memory
    await this.release()
    const replicaId = ReplicaId.parse(chance.id())
    const unsent: Kept['unsent'] = new Map()
    for (const [id, left] of kept) {
      if (left.documentId !== documentId || left.isHeld) continue
      for (const push of left.unsent.values()) unsent.set(unsent.size + 1, push)
      kept.delete(id)
    }
    this.#own = { documentId, unsent, isHeld: true }
    kept.set(replicaId, this.#own)
    const empty = { life: chance.id(), token: undefined, updates: [], loose: 0, schemaVersion: 0 }
    const stored: Received = received.get(documentId) ?? empty
    received.set(documentId, stored)
    this.#life = stored.life
    return {
      replicaId,
      updates: [...stored.updates],
      token: stored.token,
      unsent: Array.from(unsent, ([pushId, { update }]) => ({ pushId, update })),
      lastPushId: unsent.size,
      schemaVersion: Math.max(stored.schemaVersion, ...Array.from(unsent.values(), (push) => push.schemaVersion)),
    }
  }

  async keep(_: DocumentId, { pushId, update }: Unsent, schemaVersion: number): Promise<void> {
    this.#own?.unsent.set(pushId, { update, schemaVersion })
    this.#memory.unsentChanged()
  }

  async settle(documentId: DocumentId, { pushId, update }: Unsent, pageSchema: number): Promise<void> {
    const schemaVersion = this.#own?.unsent.get(pushId)?.schemaVersion ?? pageSchema
    this.#own?.unsent.delete(pushId)
    this.#memory.unsentChanged()
    this.#add(documentId, this.#heldToken, [update], schemaVersion)
  }

  async receive(...[documentId, token, updates, schemaVersion]: Parameters<ReplicaStore['receive']>): Promise<void> {
    this.#add(documentId, token, updates, schemaVersion)
  }

  async setAside(documentId: DocumentId, copy: Parameters<ReplicaStore['setAside']>[1]): Promise<void> {
    const { received, copies, chance } = this.#memory
    const id = this.#life ?? chance.id()
    const before = copies.get(id)
    const kept = copy && { id, documentId, ...copy }
    if (kept) copies.set(id, before ? joinedCopies(before, kept) : kept)
    if (received.get(documentId)?.life === this.#life) received.delete(documentId)
    this.#own?.unsent.clear()
    this.#memory.unsentChanged()
  }

  async release(): Promise<void> {
    if (this.#own) this.#own.isHeld = false
    this.#own = undefined
  }

  #add(
    documentId: DocumentId,
    token: ResumeToken | undefined,
    updates: readonly Uint8Array[],
    schemaVersion: number,
  ): void {
    const stored = this.#memory.received.get(documentId)
    if (stored === undefined || !continuesLife(stored, this.#life, token)) return
    stored.updates.push(...updates)
    stored.schemaVersion = Math.max(stored.schemaVersion, schemaVersion)
    stored.loose += updates.length
    this.#heldToken = token
    if (token && this.#own?.unsent.size === 0 && token.seq >= (stored.token?.seq ?? 0)) stored.token = token
    if (stored.loose < LOOSE_UPDATES) return
    stored.updates.push(mergedUpdates(stored.updates.splice(-stored.loose)))
    stored.loose = 0
  }
}
