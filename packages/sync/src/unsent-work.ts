import { mergedUpdates } from './merged-updates.ts'
import type { Clock } from './ports.ts'
import type { DocumentId, ReplicaId } from './protocol.ts'
import { covers, joined, type Reach } from './reach.ts'
import type { ReplicaStore, StoredReplica, Unsent } from './replica-store.ts'
import { SaveTraces, type Sent } from './save-traces.ts'

/** A part of the unsent work. */
export interface Piece {
  readonly update: Uint8Array
  /** With everything older: what of this browser's tabs is in it. */
  readonly reach: Reach
}

interface Kept extends Unsent {
  /** [REP-3] It was sent once, maybe: its bytes never change again. Nor do those of work that stands apart. */
  readonly frozen: boolean
  /** With everything older: what of this browser's tabs is in it. */
  readonly reach: Reach
}

/** What was added and is not part of a push yet. */
interface Gathering {
  readonly updates: Uint8Array[]
  reach: Reach
  /** Must not be merged with anything: it may be what is older than work that is here already, which later work refers to. */
  readonly isApart: boolean
  readonly sinceMs: number
}

/**
 * A push grows by merging until it is sent, but not beyond this; what is typed then starts the next. Every key merges and
 * stores all of it again (100 KB, a day of typing offline: 30 ms or more), and every push is a round trip later.
 */
const MERGED_BYTES = 8 * 1024

/**
 * What a replica has yet to get acked, oldest first. What is typed in one turn gathers, is merged into the newest push that
 * was not sent yet, and is kept in the store. It may be sent meanwhile: the log may then have it before this device does, and
 * a page that dies in between loses no more than if it had not sent it.
 */
export class UnsentWork {
  readonly #documentId: DocumentId
  readonly #author: ReplicaId
  readonly #schemaVersion: number
  readonly #store: ReplicaStore
  readonly #changed: () => void
  readonly #clock: Pick<Clock, 'now'>
  /** Where pushes wait, and where the newest that was acked did. */
  readonly traces: SaveTraces
  #kept: readonly Kept[]
  #typed: Gathering[] = []
  #lastPushId: number
  #keeping: Promise<void> | undefined
  #settling: Promise<void> = Promise.resolve()
  #keptNowhere = false
  #reach: Reach
  #saved: Reach = {}
  /** The log has what this tab never heard: merged, what comes next and what was before would have a hole between them. */
  #hasHole = false

  /** `changed` is called whenever something became sendable, was acked, or the store refused. */
  constructor(options: {
    documentId: DocumentId
    schemaVersion: number
    store: ReplicaStore
    stored: StoredReplica
    clock: Pick<Clock, 'now'>
    changed: () => void
  }) {
    this.#documentId = options.documentId
    this.#schemaVersion = options.schemaVersion
    this.#store = options.store
    this.#changed = options.changed
    this.#clock = options.clock
    const { replicaId, unsent, lastPushId } = options.stored
    this.#author = replicaId
    this.traces = new SaveTraces(options.clock, unsent)
    this.#kept = unsent.map((push, index) => ({ ...push, frozen: true, reach: { [replicaId]: index + 1 } }))
    this.#reach = this.#kept.at(-1)?.reach ?? {}
    this.#lastPushId = lastPushId
  }

  /** Pushes, and what is not part of one yet. 0: everything typed is acked. */
  get count(): number {
    return this.#kept.length + (this.#typed.length > 0 ? 1 : 0)
  }

  /** The store refused: this work is only in memory. */
  get keptNowhere(): boolean {
    return this.#keptNowhere
  }

  /** Oldest first; each is well-formed by itself, and goes with everything before it as far as its reach. */
  get pieces(): readonly Piece[] {
    const typed = this.#typed.map(({ updates, reach }) => ({ update: mergedUpdates(updates), reach }))
    return [...this.#kept.map(({ update, reach }) => ({ update, reach })), ...typed]
  }

  /** Everything of this browser's tabs through this is here, or in the log. */
  get reach(): Reach {
    return this.#reach
  }

  /** Everything of this browser's tabs through this is in the log. */
  get saved(): Reach {
    return this.#saved
  }

  /** The push id of the oldest; undefined while nothing is a push. */
  get oldest(): number | undefined {
    return this.#kept[0]?.pushId
  }

  /** One more edit of this tab. `isApart`: it is not known to go on where what is older ends. */
  add(update: Uint8Array, { isApart } = { isApart: false }): void {
    const own = (this.#reach[this.#author] ?? 0) + 1
    this.#add({ update, reach: { ...this.#reach, [this.#author]: own } }, isApart || this.#hasHole)
  }

  /** [TAB-1] Of another tab. Merged with what is older only when it is known to go on where that ends. */
  addOf({ update, reach }: Piece, options: { goesOn: boolean }): void {
    this.#add({ update, reach: joined(this.#reach, reach) }, this.#hasHole || !options.goesOn)
  }

  /** [REP-3] The oldest push; frozen from now on. Undefined: nothing that could be sent yet. */
  takeOldest(): Unsent | undefined {
    const [oldest, ...later] = this.#kept
    if (oldest === undefined) return undefined
    if (!oldest.frozen) this.#kept = [{ ...oldest, frozen: true }, ...later]
    return oldest
  }

  /** [REP-4] An ack: only this removes work. It stays in the store as something received. `sent`: by this tab. */
  settle(pushId: number, sent?: Sent): void {
    this.traces.acked(pushId, sent)
    const settled = this.#kept.find((unsent) => unsent.pushId === pushId)
    if (settled === undefined) return
    this.#saved = joined(this.#saved, settled.reach)
    this.#remove(settled)
    this.#settleSaved()
    this.#changed()
  }

  /** [TAB-3] Another tab knows that everything through `saved` is in the log. */
  settleThrough(saved: Reach): void {
    this.#saved = joined(this.#saved, saved)
    this.#hasHole ||= !covers(this.#reach, saved)
    this.#reach = joined(this.#reach, saved)
    this.#settleSaved()
  }

  /** Resolves when nothing is being written to the store. */
  async written(): Promise<void> {
    await this.#keeping
    await this.#settling
  }

  /** [REP-2] At the end of this turn. One write at a time; what is typed meanwhile is merged into the next one. */
  async #keep(): Promise<void> {
    await Promise.resolve()
    try {
      for (let next = this.#typed.shift(); next !== undefined; next = this.#typed.shift()) {
        const { pushId, update } = this.#gather(next)
        const kept = this.#attempt(async () => {
          await this.#store.keep(this.#documentId, { pushId, update }, this.#schemaVersion)
          this.traces.kept(pushId)
        })
        this.#changed() // the store knows of it by now: no token that it stores covers it before
        await kept
      }
    } finally {
      // Also when a listener has thrown: what was typed since is kept and sent.
      this.#keeping = this.#typed.length > 0 ? this.#keep() : undefined
    }
    this.#settleSaved()
    this.#changed()
  }

  #add({ update, reach }: Piece, isApart: boolean): void {
    this.#reach = reach
    const newest = this.#typed.at(-1)
    if (newest === undefined || newest.isApart || isApart) {
      this.#typed.push({ updates: [update], reach: this.#reach, isApart, sinceMs: this.#clock.now() })
    } else {
      newest.updates.push(update)
      newest.reach = this.#reach
    }
    this.#hasHole = false
    this.#keeping ??= this.#keep()
  }

  #settleSaved(): void {
    const saved = this.#kept.filter(({ reach }) => covers(this.#saved, reach))
    for (const unsent of saved) {
      this.traces.acked(unsent.pushId, undefined) // by another tab, as far as this one knows
      this.#remove(unsent)
    }
    if (saved.length > 0) this.#changed()
  }

  #remove(settled: Kept): void {
    this.#kept = this.#kept.filter((unsent) => unsent !== settled)
    const { pushId, update } = settled
    this.#settling = this.#settling.then(() =>
      this.#attempt(() => this.#store.settle(this.#documentId, { pushId, update }, this.#schemaVersion)),
    )
  }

  #gather({ updates, reach, isApart, sinceMs }: Gathering): Kept {
    const newest = this.#kept.at(-1)
    const grows = newest !== undefined && !newest.frozen && !isApart && newest.update.byteLength < MERGED_BYTES
    const update = mergedUpdates(grows ? [newest.update, ...updates] : updates)
    if (!grows) {
      this.#lastPushId += 1
      this.traces.typed(this.#lastPushId, sinceMs)
    }
    const unsent: Kept = { pushId: this.#lastPushId, update, frozen: isApart, reach }
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
