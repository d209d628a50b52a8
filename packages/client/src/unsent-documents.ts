import type { Clock, DocumentId } from '@tandem/sync'
import type { ReplicaStorage } from './replica-storage.ts'

/** What is on its way for less than this is not said to wait. */
const WAITS_MS = 1_000

/**
 * Documents with work on this device that the server has not, whichever page of this browser typed it, for as long as somebody subscribes.
 * One is in it once the same piece of its work has waited for a second, until there is none of it left. What cannot be read is looked at
 * the next time something happens.
 */
export class UnsentDocuments {
  readonly #storage: Pick<ReplicaStorage, 'unsentWork' | 'onUnsentWork'>
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  /** Since when this page has seen each piece, ms. */
  #seen: ReadonlyMap<string, number> = new Map()
  #documents: ReadonlySet<DocumentId> = new Set()
  #looks = 0
  #stopHearing: () => void = () => undefined
  #cancelLook: () => void = () => undefined

  constructor(storage: Pick<ReplicaStorage, 'unsentWork' | 'onUnsentWork'>, clock: Clock) {
    this.#storage = storage
    this.#clock = clock
  }

  /** The same set until it changes. */
  readonly getSnapshot = (): ReadonlySet<DocumentId> => this.#documents

  /** Called after every change of the snapshot. Returns unsubscribe. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) {
      this.#stopHearing = this.#storage.onUnsentWork(() => this.look())
      this.look()
    }
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop()
    }
  }

  /** For what nobody has told: another version of the page may be open, too. */
  look(): void {
    if (this.#listeners.size > 0) void this.#look((this.#looks += 1))
  }

  async #look(look: number): Promise<void> {
    const pieces = await this.#storage.unsentWork().catch(() => undefined)
    if (pieces === undefined || look !== this.#looks) return
    const nowMs = this.#clock.now()
    // Never in the future, whatever became of the wall clock.
    this.#seen = new Map(pieces.map(({ name }) => [name, Math.min(nowMs, this.#seen.get(name) ?? nowMs)]))
    const leftMs = (name: string): number => (this.#seen.get(name) ?? nowMs) + WAITS_MS - nowMs
    const waiting = pieces.filter(({ documentId, name }) => this.#documents.has(documentId) || leftMs(name) <= 0)
    this.#show(new Set(waiting.map(({ documentId }) => documentId)))
    this.#cancelLook()
    const nextMs = Math.min(...pieces.map(({ name }) => leftMs(name)).filter((ms) => ms > 0))
    if (nextMs !== Infinity) this.#cancelLook = this.#clock.after(nextMs, () => this.look())
  }

  #show(documents: ReadonlySet<DocumentId>): void {
    const isSame =
      documents.size === this.#documents.size && [...documents].every((documentId) => this.#documents.has(documentId))
    if (isSame) return
    this.#documents = documents
    for (const listener of this.#listeners) listener()
  }

  #stop(): void {
    this.#looks += 1
    this.#cancelLook()
    this.#stopHearing()
  }
}
