/**
 * Tabs of one browser that have one document open, and how they share what is unsent.
 *
 * Each tab stays a replica of its own: its own Y.Doc and Yjs client id, session, push ids and kept work. What is typed
 * in one tab is told to the others at once, without any server. Whoever hears it applies it and adds it to its *own*
 * unsent work, kept like its own typing. So at every moment each tab's unsent work, together with the log, lacks nothing
 * that it refers to [TAB-1], and every tab could send all of it: the node cuts off what it knows already.
 *
 * That makes everything else a hint that may fail without harm. One tab leads (a lock that the browser gives to the next
 * when a tab is gone) and sends for all; what it gets acked is acked for all. A tab whose work waits too long although it
 * has a link sends by itself. Messages may be lost, repeated and late: each says how far its tab reaches, and whoever
 * lacks something asks for everything. Edits are counted per tab; `Reach` is how far somebody has come.
 */
import type { Clock } from './ports.ts'
import type { ReplicaId } from './protocol.ts'
import { beyond, covers, joined, type Reach } from './reach.ts'
import type { Piece, UnsentWork } from './unsent-work.ts'

/** From one tab to all others of its browser. */
export interface TabMessage {
  readonly from: ReplicaId
  /** Of the page. */
  readonly schemaVersion: number
  /** Everything through this is in the tab's unsent work, or in the log. */
  readonly reach: Reach
  /** Everything through this is in the log. */
  readonly saved: Reach
  /** Bring whoever has everything through `since` (or knows it to be in the log) to `reach`. Without `since`, everybody. */
  readonly pieces?: readonly Piece[]
  readonly since?: Reach
  /** The tab has just been opened: whoever reaches further says so. */
  readonly isNew?: true
  /** The tab has just got an ack. `leads`: it is the one that sends for all. */
  readonly acked?: { readonly leads: boolean }
  /** A beat of a tab with unsent work: whoever knows that more of it is in the log says so. */
  readonly waits?: true
  /** Of this tab it asks for everything. */
  readonly asks?: ReplicaId
}

/** What tabs that are gone have left behind. */
export interface LeftWork {
  readonly updates: readonly Uint8Array[]
  /** They are kept elsewhere now. */
  forget(): Promise<void>
}

/** The tabs of one browser that share one stored copy of a document; those of another life of it are not among them. */
export interface Tabs {
  /** May lose, repeat and delay messages. Never throws. */
  tell(message: TabMessage): void
  /** Returns stop. */
  hear(listener: (message: TabMessage) => void): () => void
  /** Calls back once, when this tab is the one that leads; only one does at a time. Returns a function that lets the next one. */
  lead(granted: () => void): () => void
  /**
   * What is kept of tabs that are gone, of each all or nothing: of whose work a page of this schema cannot read a part, nothing. What is
   * left of it would refer to what was taken.
   */
  left(schemaVersion: number): Promise<LeftWork>
}

export interface TabListener {
  /** Typed in another tab: applies it, and returns what of it was new here. Throws when that is no update. */
  took(update: Uint8Array): Uint8Array
  /** A page of a newer schema writes in another tab. */
  newerSchema(schemaVersion: number): void
  /** Whether this tab may send, or what is unsent, may be another by now. */
  changed(): void
}

/** How many beats the oldest push has waited with a link. */
interface Waiting {
  readonly for: number | undefined
  readonly beats: number
}

const PATIENT: Waiting = { for: undefined, beats: 0 }

/** How often a tab with unsent work says how far it reaches. */
const TAB_BEAT_MS = 3_000
/** Work that waits with a link from one beat through the next is sent by its own tab, and what comes after it, until it hears of another that does. */
const PATIENT_BEATS = 1

/** One tab's part in it, from the loading of its replica to its end. */
export class TabSharing {
  readonly #tabs: Tabs
  readonly #replicaId: ReplicaId
  readonly #schemaVersion: number
  readonly #clock: Clock
  readonly #unsent: UnsentWork
  readonly #on: TabListener
  readonly #stopHearing: () => void
  readonly #letLead: () => void
  /** Asked for everything, and not answered yet. */
  readonly #asked = new Set<ReplicaId>()
  #toldSaved: Reach = {}
  #leads = false
  #hasEnded = false
  #hasLink = false
  #waiting: Waiting = PATIENT
  #cancelBeat: (() => void) | undefined

  constructor(options: {
    tabs: Tabs
    replicaId: ReplicaId
    schemaVersion: number
    clock: Clock
    unsent: UnsentWork
    on: TabListener
  }) {
    this.#tabs = options.tabs
    this.#replicaId = options.replicaId
    this.#schemaVersion = options.schemaVersion
    this.#clock = options.clock
    this.#unsent = options.unsent
    this.#on = options.on
    this.#stopHearing = this.#tabs.hear((message) => this.#hear(message))
    this.#tell({ isNew: true })
    this.#letLead = this.#tabs.lead(() => this.#lead())
    this.look() // what was kept waits, too
  }

  /** [TAB-3] Leading, or out of patience with whoever leads. */
  get maySend(): boolean {
    return this.#leads || this.#waiting.beats >= PATIENT_BEATS
  }

  set hasLink(hasLink: boolean) {
    this.#hasLink = hasLink
  }

  /** Something was typed in this tab and is in its unsent work; `before`: how far that reached until then. */
  typed(update: Uint8Array, before: Reach): void {
    const { reach, saved } = this.#unsent
    this.#tell({ pieces: [{ update, reach }], since: beyond(before, saved) })
    this.look()
  }

  /** To be called when something may have been acked, or is unsent now. */
  look(): void {
    if (this.#hasEnded) return
    if (!covers(this.#toldSaved, this.#unsent.saved)) this.#tell({ acked: { leads: this.#leads } })
    if (this.#unsent.count > 0) this.#cancelBeat ??= this.#clock.after(TAB_BEAT_MS, () => this.#beat())
  }

  /** Another tab may lead. May be called twice. */
  end(): void {
    this.#hasEnded = true
    this.#leads = false
    this.#stopHearing()
    this.#cancelBeat?.()
    this.#letLead()
  }

  #tell(more: Partial<TabMessage>): void {
    if (this.#hasEnded) return
    const { reach, saved } = this.#unsent
    this.#toldSaved = saved
    this.#tabs.tell({ from: this.#replicaId, schemaVersion: this.#schemaVersion, reach, saved, ...more })
  }

  /** Everything that the log may not have. */
  #tellEverything(): void {
    this.#tell({ pieces: this.#unsent.pieces })
  }

  #hear(message: TabMessage): void {
    if (this.#hasEnded) return
    // [TAB-3] Of those who are out of patience one goes on.
    if (message.acked && (message.acked.leads || message.from < this.#replicaId)) this.#waiting = PATIENT
    if (!covers(this.#unsent.saved, message.saved)) this.#heardSaved(message.saved)
    if (message.waits && !covers(message.saved, this.#unsent.saved)) this.#tell({})
    if (message.asks === this.#replicaId) return this.#tellEverything()
    if (message.isNew && !covers(message.reach, this.#unsent.reach)) this.#tell({})
    if (covers(this.#unsent.reach, message.reach)) return
    if (message.pieces !== undefined && covers(this.#unsent.reach, message.since ?? {}))
      this.#take(message, message.pieces)
    else this.#ask(message.from)
  }

  /** [TAB-3] An ack that another tab got is this one's too. */
  #heardSaved(saved: Reach): void {
    this.#toldSaved = joined(this.#toldSaved, saved) // whoever told it has told all
    this.#unsent.settleThrough(saved)
    this.#on.changed()
  }

  #take({ from, schemaVersion, since }: TabMessage, pieces: readonly Piece[]): void {
    // [TAB-6] An older page must not touch what a newer schema wrote.
    if (schemaVersion > this.#schemaVersion) return this.#on.newerSchema(schemaVersion)
    this.#asked.delete(from)
    for (const piece of pieces) {
      if (covers(this.#unsent.reach, piece.reach)) continue
      const update = this.#on.took(piece.update)
      this.#unsent.addOf({ ...piece, update }, { goesOn: since !== undefined })
    }
    this.#on.changed()
  }

  /** [TAB-5] Whatever does not follow is answered by asking, once until the next beat. */
  #ask(from: ReplicaId): void {
    if (this.#asked.has(from)) return
    this.#asked.add(from)
    this.#cancelBeat ??= this.#clock.after(TAB_BEAT_MS, () => this.#beat())
    this.#tell({ asks: from })
  }

  #beat(): void {
    this.#cancelBeat = undefined
    this.#asked.clear()
    const { oldest, count } = this.#unsent
    if (count === 0) return
    const hasWaited = oldest === this.#waiting.for || this.#waiting.beats >= PATIENT_BEATS
    const stillWaits = this.#hasLink && oldest !== undefined && hasWaited
    this.#waiting = { for: oldest, beats: stillWaits ? this.#waiting.beats + 1 : 0 }
    this.#tell({ waits: true })
    this.#on.changed()
    this.look()
  }

  #lead(): void {
    if (this.#hasEnded) return
    this.#leads = true
    this.#on.changed()
    void this.#takeOver()
  }

  /** [TAB-4] Kept anew as this tab's own before it is forgotten: in between it is there twice, which is harmless. */
  async #takeOver(): Promise<void> {
    try {
      const left = await this.#tabs.left(this.#schemaVersion)
      if (this.#hasEnded || left.updates.length === 0) return
      for (const update of left.updates) {
        this.#unsent.add(this.#on.took(update), { isApart: true })
      }
      this.#on.changed()
      this.#tell({})
      await this.#unsent.written()
      if (!this.#unsent.keptNowhere) await left.forget()
    } catch {
      return // the store refused: the next page takes it over
    }
  }
}
