import { LIMITS } from './limits.ts'
import type {
  Changes,
  Epoch,
  LiveEvent,
  PresenceChange,
  PresenceEntry,
  ResumeToken,
  Role,
  SessionId,
} from './protocol.ts'
import type { SharedFrames, WaitingRow } from './shared-frames.ts'

const WAITING_EVENTS = 64
const ROW_BYTES = 64
const NOBODY: readonly PresenceChange[] = []

/**
 * What a node has yet to send to one session. It is pulled by the socket, never pushed: updates in order as they are,
 * presence collapsed to the newest entry per session. Its memory is bounded whatever the reader does: past
 * LIMITS.outboxBytes it drops its updates and is `behind`, which loses nothing, for the log has them.
 */
export class Outbox {
  /** What has been handed over: the session's place in the log. */
  #sent: ResumeToken = { epoch: '' as Epoch, seq: 0, check: '' }
  #waiting: WaitingRow[] = []
  #bytes = 0
  #behind = true
  #presence = new Map<SessionId, PresenceChange>()
  /** How many of `#presence` say that somebody left. */
  #gone = 0
  /** [OUT-8] Nothing waits in `#presence`: the next frame names everybody. */
  #tellsEverybody = false
  readonly #everybody: () => readonly PresenceEntry[]
  #presenceIsLocal: boolean | undefined
  #events: LiveEvent[] = []
  #access: { role: Role; schemaVersion: number } | undefined

  /** `everybody`: who is here, as of the moment when a frame has to name them all. */
  constructor(everybody: () => readonly PresenceEntry[]) {
    this.#everybody = everybody
  }

  /** Everything through this has been handed over. */
  get sent(): ResumeToken {
    return this.#sent
  }

  /** [OUT-3] True: updates were dropped or never gathered; the session reads the log from `sent` and says `caughtUp`. */
  get behind(): boolean {
    return this.#behind
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Waiting entries of people who left: the only presence that grows with time, not with who is here. */
  get gone(): number {
    return this.#gone
  }

  get isEmpty(): boolean {
    return (
      this.#waiting.length === 0 &&
      this.#presence.size === 0 &&
      !this.#tellsEverybody &&
      this.#presenceIsLocal === undefined &&
      this.#events.length === 0 &&
      this.#access === undefined
    )
  }

  /** [OUT-1] Rows are added in order; one that was handed over or is waiting already is ignored. True: this one made it fall behind. */
  addRow(row: WaitingRow): boolean {
    if (this.#behind || row.seq <= this.#sent.seq + this.#waiting.length) return false
    this.#waiting.push(row)
    this.#bytes += ROW_BYTES + (row.update?.byteLength ?? 0)
    if (this.#bytes <= LIMITS.outboxBytes) return false
    this.fallBehind()
    return true
  }

  /** [OUT-3] Drops the waiting updates; the log has them. */
  fallBehind(): void {
    this.#waiting = []
    this.#bytes = 0
    this.#behind = true
  }

  /** [OUT-2] The newest entry of each session replaces the one that waits. [OUT-8] Too many who left: everybody anew. */
  addPresence(change: PresenceChange): void {
    if (this.#tellsEverybody) return
    this.#presence.set(change.sessionId, change)
    if (!('gone' in change)) return
    this.#gone += 1
    if (this.#gone <= LIMITS.outboxGone) return
    this.#forgetPresence()
    this.#tellsEverybody = true
  }

  /** [PRES-9] Whether people on other nodes may be missing from here on. */
  setPresenceIsLocal(isLocal: boolean): void {
    this.#presenceIsLocal = isLocal
  }

  /** Live events are hints; of a reader that does not read, only the newest are kept. */
  addEvent(event: LiveEvent): void {
    this.#events.push(event)
    if (this.#events.length > WAITING_EVENTS) this.#events.shift()
  }

  setAccess(access: { role: Role; schemaVersion: number }): void {
    this.#access = access
  }

  /** The session has read the log through `token` by itself. */
  advance(token: ResumeToken): void {
    this.#sent = token
  }

  /** [OUT-4] The caller has checked, in this same turn, that `sent` is where the room stands. */
  caughtUp(): void {
    this.#behind = false
  }

  /** [OUT-5] The next frame: updates as they are, about LIMITS.chunkBytes of them, with the newest presence. Undefined when empty. */
  take(shared: SharedFrames): Changes | undefined {
    if (this.isEmpty) return undefined
    const fromSeq = this.#sent.seq + 1
    const rows = this.#takeRows()
    const last = rows.at(-1)
    if (last !== undefined)
      this.#sent = { epoch: this.#sent.epoch, seq: this.#sent.seq + rows.length, check: last.check }
    const { seq: head, check } = this.#sent
    const frame = shared.frameOf({ fromSeq, head, check, rows, presence: this.#takePresence() })
    const own = this.#takeOwn()
    return own === undefined ? frame : { ...frame, ...own }
  }

  #takePresence(): readonly PresenceChange[] {
    if (this.#presence.size === 0) return NOBODY
    const presence = [...this.#presence.values()]
    this.#forgetPresence()
    return presence
  }

  /** What is seldom, and this session's alone. */
  #takeOwn(): Partial<Changes> | undefined {
    const isOwn =
      this.#tellsEverybody ||
      this.#presenceIsLocal !== undefined ||
      this.#events.length > 0 ||
      this.#access !== undefined
    if (!isOwn) return undefined
    const own: Partial<Changes> = {
      ...(this.#tellsEverybody && { presence: [...this.#everybody()], everybody: true as const }),
      ...(this.#presenceIsLocal !== undefined && { presenceIsLocal: this.#presenceIsLocal }),
      ...(this.#events.length > 0 && { events: this.#events }),
      ...(this.#access !== undefined && { access: this.#access }),
    }
    this.#tellsEverybody = false
    this.#presenceIsLocal = undefined
    if (this.#events.length > 0) this.#events = []
    this.#access = undefined
    return own
  }

  #forgetPresence(): void {
    if (this.#presence.size > 0) this.#presence = new Map()
    this.#gone = 0
  }

  #takeRows(): readonly WaitingRow[] {
    let bytes = 0
    let count = 0
    for (const { update } of this.#waiting) {
      const size = ROW_BYTES + (update?.byteLength ?? 0)
      if (count > 0 && bytes + size > LIMITS.chunkBytes) break
      bytes += size
      count += 1
    }
    this.#bytes -= bytes
    if (count === this.#waiting.length) {
      const all = this.#waiting
      this.#waiting = []
      return all
    }
    return this.#waiting.splice(0, count)
  }
}
