import { LIMITS } from './limits.ts'
import type { Clock, LogRow, Meter } from './ports.ts'
import type { SessionId } from './protocol.ts'
import type { Session } from './session.ts'
import { waitingRow } from './shared-frames.ts'

/**
 * The rows of one room on their way into its sessions' outboxes. In a crowd most people only watch, and each frame costs a write per
 * person however little is in it: who has not typed or moved lately is shown what happens tick by tick, about thirty times a second.
 */
export class Deliveries {
  readonly #clock: Clock
  readonly #meter: Meter
  /** They have rows that they were not woken for. */
  readonly #watching = new Set<Session>()
  /** Ticks to pass over: the room is large, and was shown something just now. */
  #ticksLeft = 0

  constructor({ clock, meter }: { clock: Clock; meter: Meter }) {
    this.#clock = clock
    this.#meter = meter
  }

  /** [ROOM-3] Into every outbox, in the log's order; a session's own pushes are empty slots. */
  deliver(rows: readonly LogRow[], sessions: ReadonlyMap<SessionId, Session>): void {
    const nowMs = this.#clock.now()
    const arrivals = rows.map((row) => ({ row, ...waitingRow(row, nowMs) }))
    const isCrowd = sessions.size >= LIMITS.crowd
    for (const session of sessions.values()) {
      for (const { row, whole, own } of arrivals) {
        const isOwn = row.replicaId === session.replicaId && row.userId === session.author.userId
        if (isOwn) session.actedAtMs = nowMs
        if (session.outbox.addRow(isOwn ? own : whole)) this.#meter.count('behind')
      }
      if (isCrowd && nowMs - session.actedAtMs >= LIMITS.watchingAfterMs) this.#watching.add(session)
      else session.wake()
    }
    this.#meter.count('deliveries', rows.length * sessions.size)
  }

  /** [ROOM-15] Called every LIMITS.presenceFrameMs: whoever watches is shown what has gathered. */
  tick(): void {
    if (this.#ticksLeft > 0) this.#ticksLeft -= 1
    else if (this.#watching.size > 0) {
      this.#ticksLeft = Math.min(LIMITS.watchingMostTicks, Math.floor(this.#watching.size / LIMITS.watchingCrowd))
      for (const session of this.#watching) session.wake()
      this.#watching.clear()
    }
  }
}
