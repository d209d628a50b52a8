import { mergedUpdates } from './merged-updates.ts'
import type { ReplicaStore, StoredReplica, Unsent } from './ports.ts'
import type { DocumentId } from './protocol.ts'

interface Kept extends Unsent {
  /** [REP-3] It was sent once, maybe: its bytes never change again. */
  readonly frozen: boolean
}

/** A push grows by merging until it is sent, but not beyond this; what is typed then starts the next. */
const MERGED_BYTES = 256 * 1024

/**
 * What a replica has yet to get acked, oldest first. Typing gathers, is merged into the newest push that was
 * not sent yet, and is kept in the store before it may be sent.
 */
export class UnsentWork {
  readonly #documentId: DocumentId
  readonly #schemaVersion: number
  readonly #store: ReplicaStore
  readonly #changed: () => void
  #kept: readonly Kept[]
  #typed: Uint8Array[] = []
  #lastPushId: number
  #keeping: Promise<void> | undefined
  #settling: Promise<void> = Promise.resolve()
  #keptNowhere = false

  /** `changed` is called whenever something became sendable, was acked, or the store refused. */
  constructor(options: {
    documentId: DocumentId
    schemaVersion: number
    store: ReplicaStore
    stored: StoredReplica
    changed: () => void
  }) {
    this.#documentId = options.documentId
    this.#schemaVersion = options.schemaVersion
    this.#store = options.store
    this.#changed = options.changed
    this.#kept = options.stored.unsent.map((unsent) => ({ ...unsent, frozen: true }))
    this.#lastPushId = options.stored.lastPushId
  }

  /** Pushes, and what is not part of one yet. 0: everything typed is acked. */
  get count(): number {
    return this.#kept.length + (this.#typed.length > 0 ? 1 : 0)
  }

  /** The store refused: this work is only in memory. */
  get keptNowhere(): boolean {
    return this.#keptNowhere
  }

  get updates(): readonly Uint8Array[] {
    return [...this.#kept.map(({ update }) => update), ...this.#typed]
  }

  add(update: Uint8Array): void {
    this.#typed.push(update)
    this.#keeping ??= this.#keep()
  }

  /** [REP-2] The oldest push that is kept; frozen from now on. Undefined: nothing that could be sent yet. */
  takeOldest(): Unsent | undefined {
    const [oldest, ...later] = this.#kept
    if (oldest === undefined || (this.#keeping !== undefined && later.length === 0 && !oldest.frozen)) return undefined
    if (!oldest.frozen) this.#kept = [{ ...oldest, frozen: true }, ...later]
    return oldest
  }

  /** [REP-4] An ack: only this removes work. It stays in the store as something received. */
  settle(pushId: number): void {
    this.#kept = this.#kept.filter((unsent) => unsent.pushId !== pushId)
    this.#settling = this.#settling.then(() => this.#attempt(() => this.#store.settle(this.#documentId, pushId)))
    this.#changed()
  }

  /** Resolves when nothing is being written to the store. */
  async written(): Promise<void> {
    await this.#keeping
    await this.#settling
  }

  /** One write at a time; what is typed meanwhile is merged into the next one. */
  async #keep(): Promise<void> {
    while (this.#typed.length > 0) {
      const { pushId, update } = this.#gather()
      await this.#attempt(() => this.#store.keep(this.#documentId, { pushId, update }, this.#schemaVersion))
    }
    this.#keeping = undefined
    this.#changed()
  }

  #gather(): Kept {
    const newest = this.#kept.at(-1)
    const grows = newest !== undefined && !newest.frozen && newest.update.byteLength < MERGED_BYTES
    const update = mergedUpdates(grows ? [newest.update, ...this.#typed] : this.#typed)
    if (!grows) this.#lastPushId += 1
    const unsent: Kept = { pushId: this.#lastPushId, update, frozen: false }
    this.#typed = []
    this.#kept = [...(grows ? this.#kept.slice(0, -1) : this.#kept), unsent]
    return unsent
  }

  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write()
    } catch {
      // Without a store the work is still here, and still sent; the view says that it is kept nowhere.
      this.#keptNowhere = true
      this.#changed()
    }
  }
}
