import { emptyCheck } from './check.ts'
import { SyncError } from './errors.ts'
import type { FramesOptions, Lane, LaneSource } from './lane.ts'
import { LIMITS } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { AbortSignalLike, Author, LogRow, LogSlice } from './ports.ts'
import type { Changes, Frame, Join, ReplicaId, ResumeToken, Role, SessionId, Welcome } from './protocol.ts'
import type { RoomPresence } from './room-presence.ts'
import type { SharedFrames } from './shared-frames.ts'
import type { StoredFrame, StoredFrames } from './stored-frames.ts'

/** What a session asks of its room. */
export interface SessionRoom {
  /** Where the room stands; a session that has read this far takes from its outbox. */
  readonly headSeq: number
  /** Who is here. */
  readonly who: Pick<RoomPresence, 'entries' | 'isLocal'>
  /** What follows a token, from the room's memory or from the log. Throws SyncError 'document-deleted'. */
  sliceAfter(token: ResumeToken | undefined): Promise<LogSlice>
  /** The log was seen to be further than the room. */
  suspect(): void
  /** Frames that are the same for many sessions are made once. */
  readonly sharedFrames: SharedFrames
  readonly storedFrames: StoredFrames
}

/**
 * One join of one room by one replica: from the resume token through the log to live, and back through the log
 * whenever it fell behind. Its frames are pulled, one at a time, and only while its socket accepts them.
 */
export class Session implements LaneSource {
  readonly id: SessionId
  readonly author: Author
  readonly replicaId: ReplicaId
  readonly schemaVersion: number
  readonly outbox: Outbox
  role: Role
  /** When it last typed or moved its caret. */
  actedAtMs = -Infinity
  readonly #resume: ResumeToken | undefined
  readonly #room: SessionRoom
  #resumed = false
  /** What the page was told of the document's schema here. */
  #toldSchema = 0
  #ended: SyncError | undefined
  #lane: Lane | undefined
  /** The lane was told that something waits. */
  #isOffered = false
  /** Set while the frames are parked: everything before has been handed over. */
  #wake: (() => void) | undefined

  constructor(room: SessionRoom, options: { id: SessionId; author: Author; input: Join; role: Role }) {
    this.#room = room
    this.outbox = new Outbox(() => room.who.entries)
    this.id = options.id
    this.author = options.author
    this.role = options.role
    this.replicaId = options.input.replicaId
    this.schemaVersion = options.input.schemaVersion
    this.#resume = options.input.resume
  }

  /** Something waits in the outbox. */
  wake(): void {
    if (this.#lane === undefined || this.#wake === undefined || this.outbox.behind) return this.resume()
    if (this.#isOffered) return
    this.#isOffered = true
    this.#lane.offer(this)
  }

  /** [LANE-2] What waits is pulled, as without a lane. */
  resume(): void {
    this.#isOffered = false
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }

  /** [LANE-1] Only while the frames are parked: then nothing is on its way that should come before. */
  take(): Changes | undefined {
    this.#isOffered = false
    if (this.#wake === undefined || this.outbox.behind) return undefined // who was ended is not parked either
    return this.outbox.take(this.#room.sharedFrames)
  }

  /** The frames end with this error. May be called twice; the first counts. */
  end(error: SyncError): void {
    this.#ended ??= error
    this.resume()
  }

  /** [OUT-6] Returns when the signal aborts; throws what `end` was given. While the gate is shut nothing is taken. */
  async *frames({ signal, gate, lane }: FramesOptions): AsyncGenerator<Frame, void, undefined> {
    this.#lane = lane
    let slice: LogSlice | undefined = await this.#room.sliceAfter(this.#resume)
    yield this.#welcome(slice)
    for (;;) {
      this.#throwIfEnded()
      if (signal.aborted) return
      if (this.outbox.behind) {
        slice ??= await this.#next()
        for (const frame of this.#framesOf(slice)) {
          await gate.writable(signal)
          this.#throwIfEnded()
          if (signal.aborted) return
          yield frame
        }
        this.#goLiveAfter(slice)
        slice = undefined
      } else if (this.outbox.isEmpty) {
        await this.#woken(signal)
      } else {
        await gate.writable(signal)
        const frame =
          signal.aborted || this.#ended !== undefined ? undefined : this.outbox.take(this.#room.sharedFrames)
        if (frame !== undefined) yield frame
      }
    }
  }

  /** [WIRE-2] The token counts only if the log confirms it; else everything starts from nothing, and the welcome says so. */
  #welcome(slice: LogSlice): Welcome {
    this.#toldSchema = slice.schemaVersion
    this.#resumed = this.#resume !== undefined && slice.continues
    const start = { epoch: slice.epoch, seq: 0, check: emptyCheck(slice.epoch) }
    this.outbox.advance(this.#resume !== undefined && this.#resumed ? this.#resume : start)
    return {
      type: 'welcome',
      sessionId: this.id,
      epoch: slice.epoch,
      head: slice.head,
      check: slice.check,
      resumed: this.#resumed,
      role: this.role,
      ...(slice.damagedAfterMs !== undefined && { damagedAfter: slice.damagedAfterMs }),
      schemaVersion: slice.schemaVersion,
      presence: [...this.#room.who.entries],
      ...(this.#room.who.isLocal && { presenceIsLocal: true }),
      limits: { updateBytes: LIMITS.updateBytes, presencePerSecond: LIMITS.presencePerSecond },
    }
  }

  async #next(): Promise<LogSlice> {
    const slice = await this.#room.sliceAfter(this.outbox.sent)
    if (!slice.continues)
      throw new SyncError('not-joined', 'This log is not the one that the session has read. Join again.')
    return slice
  }

  *#framesOf(slice: LogSlice): Generator<Frame, void, undefined> {
    yield* this.#schemaOf(slice)
    const { storedFrames } = this.#room
    if (slice.snapshot !== undefined) yield* this.#reading(slice, storedFrames.ofSnapshot(slice.snapshot))
    const isOwn = this.#resumed ? (row: LogRow): boolean => this.#isOwn(row) : undefined
    yield* this.#reading(slice, storedFrames.ofRows(slice.rows, isOwn))
  }

  *#reading({ epoch }: LogSlice, frames: Iterable<StoredFrame>): Generator<Frame, void, undefined> {
    for (const { frame, reached } of frames) {
      if (reached !== undefined) this.outbox.advance({ epoch, ...reached })
      yield frame
    }
  }

  /** [ACC-4] Before the rows that need it. Being behind, the outbox has none of its own to come first. */
  *#schemaOf({ schemaVersion }: LogSlice): Generator<Changes, void, undefined> {
    if (schemaVersion <= this.#toldSchema) return
    this.#toldSchema = schemaVersion
    this.outbox.setAccess({ role: this.role, schemaVersion })
    const told = this.outbox.take(this.#room.sharedFrames)
    if (told !== undefined) yield told
  }

  /** [OUT-4] No await lies between this look at the room and going live, so no row can fall between them. */
  #goLiveAfter(slice: LogSlice): void {
    if (slice.head > this.#room.headSeq) this.#room.suspect()
    if (this.outbox.sent.seq >= this.#room.headSeq && this.outbox.sent.seq >= slice.head) this.outbox.caughtUp()
  }

  /** [OUT-1] Its own pushes are empty slots, once it is known to have them: when it has resumed. */
  #isOwn(row: LogRow): boolean {
    return row.replicaId === this.replicaId && row.userId === this.author.userId
  }

  /** A parked generator does not hear of a dropped socket by itself: it listens to the signal too. */
  #woken(signal: AbortSignalLike): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wake = undefined
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#wake = done
      signal.addEventListener('abort', done, { once: true })
    })
  }

  #throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended
  }
}
