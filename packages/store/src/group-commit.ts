import { setTimeout } from 'node:timers/promises'
import type { DocumentId, Head, NewRow } from '@tandem/sync'

/** One document's rows on their way into the log, and what they expect to find there. */
export interface Append {
  readonly documentId: DocumentId
  readonly expected: Head
  readonly rows: readonly NewRow[]
}

/** Where an append's rows ended up; undefined: nothing of it was written, the log was not as expected. */
export type Written = { readonly fromSeq: number; readonly at: number } | undefined

/** Writes appends of different documents in one transaction, and answers in their order once that is durable. */
export type GroupWriter = (group: readonly Append[]) => Promise<readonly Written[]>

interface Waiting {
  readonly append: Append
  readonly resolve: (written: Written) => void
  readonly reject: (error: unknown) => void
}

/**
 * A disk that syncs in half a millisecond would get a transaction for every single push, and transactions are what costs: the next
 * begins this long after the one before. Whoever comes after a pause waits for nothing.
 */
const PACE_MS = 6
/** Monotonic, ms. */
interface PaceClock {
  now(): number
  pause(durationMs: number): Promise<void>
}
const REAL: PaceClock = { now: () => performance.now(), pause: (durationMs) => setTimeout(durationMs) }

/** What one transaction takes at most. */
const GROUP_APPENDS = 500
const GROUP_BYTES = 8 * 1024 * 1024

/** One transaction in flight; appends made meanwhile share the next. A document has at most one append in each. */
export class GroupCommit {
  readonly #write: GroupWriter
  readonly #clock: PaceClock
  #waiting: Waiting[] = []
  #running = false
  #beganAtMs = -Infinity

  constructor(write: GroupWriter, clock: PaceClock = REAL) {
    this.#write = write
    this.#clock = clock
  }

  append(append: Append): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    await this.#pace()
    while (this.#waiting.length > 0) {
      this.#beganAtMs = this.#clock.now()
      await this.#commit(this.#takeGroup())
      if (this.#waiting.length > 0) await this.#pace()
    }
    this.#running = false
  }

  /** A turn later in any case, so that appends made in one turn are written together. */
  async #pace(): Promise<void> {
    const leftMs = this.#beganAtMs + PACE_MS - this.#clock.now()
    await (leftMs >= 1 ? this.#clock.pause(leftMs) : undefined)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const written = await this.#write(group.map(({ append }) => append))
      for (const [index, { resolve }] of group.entries()) resolve(written[index])
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  #takeGroup(): readonly Waiting[] {
    const group = new Map<DocumentId, Waiting>()
    const later: Waiting[] = []
    let bytes = 0
    for (const waiting of this.#waiting) {
      const { documentId, rows } = waiting.append
      const size = rows.reduce((sum, row) => sum + row.update.byteLength, 0)
      const fits = group.size === 0 || (group.size < GROUP_APPENDS && bytes + size <= GROUP_BYTES)
      if (group.has(documentId) || !fits) {
        later.push(waiting)
        continue
      }
      group.set(documentId, waiting)
      bytes += size
    }
    this.#waiting = later
    return [...group.values()]
  }
}
