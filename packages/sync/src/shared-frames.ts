import { goesOn } from './edit-parts.ts'
import type { Clock, LogRow, Meter } from './ports.ts'
import type { Changes, PresenceChange } from './protocol.ts'

/** A row as it waits for sessions: one object for all of them. */
export interface WaitingRow {
  readonly seq: number
  readonly check: string
  /** Null: the session's own push, an empty slot. */
  readonly update: Uint8Array | null
  /** The edit it is a part of has more rows. */
  readonly goesOn: boolean
  /** When this node learned of it. */
  readonly arrivedMs: number
}

/** As everybody is shown it, and as the session that pushed it is. */
export function waitingRow(row: LogRow, arrivedMs: number): { readonly whole: WaitingRow; readonly own: WaitingRow } {
  const whole = { seq: row.seq, check: row.check, update: row.update, goesOn: goesOn(row), arrivedMs }
  return { whole, own: { ...whole, update: null } }
}

/** What most frames are made of; what follows from these is the same for all who have the same. */
export interface FrameParts {
  readonly fromSeq: number
  readonly head: number
  readonly check: string
  readonly rows: readonly WaitingRow[]
  readonly presence: readonly PresenceChange[]
}

/** Different frames of one room at one moment: one for all readers, one for each writer, one for each who moved a caret. */
const KEPT = 8

/**
 * Frames that many sessions of a room get are made once: readers who stand at the same place with the same rows get the same
 * object, so that whoever encodes them needs to do it once, too. Keeps the last few alone, until `forget`.
 */
export class SharedFrames {
  readonly #kept: { readonly parts: FrameParts; readonly frame: Changes }[] = []
  #oldest = 0
  readonly #ports: { readonly clock: Pick<Clock, 'now'>; readonly meter: Pick<Meter, 'observe'> }

  constructor(ports: { readonly clock: Pick<Clock, 'now'>; readonly meter: Pick<Meter, 'observe'> }) {
    this.#ports = ports
  }

  /** Equal in every byte for equal parts, of any room. */
  frameOf(parts: FrameParts): Changes {
    for (const kept of this.#kept) if (isSame(kept.parts, parts)) return kept.frame
    const frame = frameOf(parts)
    const [oldest] = parts.rows
    // Once for all who get it: those it goes to next get it in the same turn.
    if (oldest !== undefined) this.#ports.meter.observe('delivery_ms', this.#ports.clock.now() - oldest.arrivedMs)
    this.#kept[this.#oldest] = { parts, frame }
    this.#oldest = (this.#oldest + 1) % KEPT
    return frame
  }

  /** They hold on to updates: called again and again, for whoever gets the same gets it in the same turn. */
  forget(): void {
    if (this.#kept.length > 0) this.#kept.length = this.#oldest = 0
  }
}

function frameOf({ fromSeq, head, check, rows, presence }: FrameParts): Changes {
  return {
    type: 'changes',
    fromSeq,
    head,
    check,
    updates: rows.map((row) => row.update),
    ...(rows.at(-1)?.goesOn === true && { goesOn: true as const }),
    ...(presence.length > 0 && { presence: [...presence] }),
  }
}

/** Rows and entries are one object each for all sessions, so that who they are says what they are. */
function isSame(kept: FrameParts, asked: FrameParts): boolean {
  return (
    kept.fromSeq === asked.fromSeq &&
    kept.head === asked.head &&
    kept.check === asked.check &&
    areSame(kept.rows, asked.rows) &&
    areSame(kept.presence, asked.presence)
  )
}

function areSame(kept: readonly object[], asked: readonly object[]): boolean {
  if (kept.length !== asked.length) return false
  for (let at = 0; at < kept.length; at += 1) if (kept[at] !== asked[at]) return false
  return true
}
