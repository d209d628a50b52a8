import { goesOn } from './edit-parts.ts'
import { LIMITS } from './limits.ts'
import type { LogRow } from './ports.ts'
import type { Changes, Epoch, LiveEvent, PresenceChange, ResumeToken, Role, SessionId } from './protocol.ts'

interface Waiting {
  readonly check: string
  /** Null: the session's own push, an empty slot. */
  readonly update: Uint8Array | null
  /** The edit it is a part of has more rows. */
  readonly goesOn: boolean
}

const WAITING_EVENTS = 64
const ROW_BYTES = 64

/**
 * What a node has yet to send to one session. It is pulled by the socket, never pushed: updates in order as they are,
 * presence collapsed to the newest entry per session. Its memory is bounded whatever the reader does: past
 * LIMITS.outboxBytes it drops its updates and is `behind`, which loses nothing, for the log has them.
 */
export class Outbox {
  /** What has been handed over: the session's place in the log. */
  #sent: ResumeToken = { epoch: '' as Epoch, seq: 0, check: '' }
  #waiting: Waiting[] = []
  #bytes = 0
  #behind = true
  #presence = new Map<SessionId, PresenceChange>()
  #events: LiveEvent[] = []
  #access: { role: Role; schemaVersion: number } | undefined

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

  get isEmpty(): boolean {
    return (
      this.#waiting.length === 0 && this.#presence.size === 0 && this.#events.length === 0 && this.#access === undefined
    )
  }

  /** [OUT-1] Rows are added in order; one that was handed over or is waiting already is ignored. True: this one made it fall behind. */
  addRow(row: Pick<LogRow, 'seq' | 'check' | 'part'>, update: Uint8Array | null): boolean {
    if (this.#behind || row.seq <= this.#sent.seq + this.#waiting.length) return false
    this.#waiting.push({ check: row.check, update, goesOn: goesOn(row) })
    this.#bytes += ROW_BYTES + (update?.byteLength ?? 0)
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

  /** [OUT-2] The newest entry of each session replaces the one that waits. */
  addPresence(change: PresenceChange): void {
    this.#presence.set(change.sessionId, change)
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
  take(): Changes | undefined {
    if (this.isEmpty) return undefined
    const fromSeq = this.#sent.seq + 1
    const rows = this.#takeRows()
    const last = rows.at(-1)
    if (last !== undefined)
      this.#sent = { epoch: this.#sent.epoch, seq: this.#sent.seq + rows.length, check: last.check }
    const frame: Changes = {
      type: 'changes',
      fromSeq,
      head: this.#sent.seq,
      check: this.#sent.check,
      updates: rows.map((row) => row.update),
      ...(last?.goesOn === true && { goesOn: true as const }),
      ...(this.#presence.size > 0 && { presence: [...this.#presence.values()] }),
      ...(this.#events.length > 0 && { events: this.#events }),
      ...(this.#access !== undefined && { access: this.#access }),
    }
    if (this.#presence.size > 0) this.#presence = new Map()
    if (this.#events.length > 0) this.#events = []
    this.#access = undefined
    return frame
  }

  #takeRows(): readonly Waiting[] {
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
