import { emptyCheck } from './check.ts'
import { SyncError, documentDeleted } from './errors.ts'
import { KnownLog } from './known-log.ts'
import type { Clock, Head, LogRow, LogSlice, Meter, OpenedLog, UpdateLog } from './ports.ts'
import type { DocumentId, ResumeToken } from './protocol.ts'
import type { RecentSnapshots } from './recent-snapshots.ts'
import { rowsThatFollow, type RelayedRows } from './relayed-rows.ts'

/** What a follower tells its room; all of it after it is true. */
export interface FollowingRoom {
  /** These rows are the newest of the log now: show them. */
  arrived(rows: readonly LogRow[]): void
  /** Rows were skipped, they are merged into a snapshot: every session reads the log by itself. */
  skipped(): void
  /** The log is not the one that was shown: another history, or one that was found damaged, or was mended. */
  replaced(): void
  /** The document was deleted. */
  gone(): void
  /** The document's schema version has risen; said before the rows that need it arrive. */
  schemaRaised(schemaVersion: number): void
  /** Access has changed. Throws SyncError 'log-unavailable'; then it is tried again. */
  accessMoved(accessVersion: number): Promise<void>
}

const READ_BYTES = 1024 * 1024

/**
 * Keeps what a node knows of a log up to date: from its own appends, from the relay where that follows without
 * doubt, and from the log itself at every hole and every doubt.
 */
export class LogFollower {
  readonly #documentId: DocumentId
  readonly #log: UpdateLog
  readonly #snapshots: RecentSnapshots
  readonly #clock: Clock
  readonly #meter: Meter
  readonly #room: FollowingRoom
  #known: KnownLog | undefined
  #reading: Promise<void> | undefined
  #nextReading: Promise<void> | undefined
  #opening: Promise<LogSlice> | undefined
  #stopped = false

  constructor(options: {
    documentId: DocumentId
    log: UpdateLog
    snapshots: RecentSnapshots
    clock: Clock
    meter: Meter
    room: FollowingRoom
  }) {
    this.#documentId = options.documentId
    this.#log = options.log
    this.#snapshots = options.snapshots
    this.#clock = options.clock
    this.#meter = options.meter
    this.#room = options.room
  }

  get isLoaded(): boolean {
    return this.#known !== undefined
  }

  get known(): KnownLog {
    if (this.#known === undefined) throw new SyncError('not-joined', 'The room is not open yet. Join again.')
    return this.#known
  }

  /** Reads the log's state anew. Throws SyncError 'unknown-document', 'log-unavailable'. */
  async load(): Promise<void> {
    this.#known = new KnownLog(await this.#opened())
  }

  async #opened(): Promise<OpenedLog> {
    const opened = await this.#log.open(this.#documentId)
    if (opened === undefined) throw new SyncError('unknown-document', 'There is no such document, or it was deleted.')
    return opened
  }

  /** Rows that this node never saw are merged into a snapshot by now: goes on from that. The room hears of everything else that has moved, too. */
  async #skip(): Promise<void> {
    const opened = await this.#opened()
    const { accessVersion, schemaVersion } = this.known.head
    this.#known = new KnownLog({ ...opened, accessVersion, schemaVersion }) // both are known once the room has applied them
    this.raiseSchema(opened.schemaVersion)
    this.#room.skipped()
    if (opened.accessVersion > accessVersion) await this.#room.accessMoved(opened.accessVersion)
  }

  /** What follows a token, from memory or from the log. Throws SyncError 'document-deleted', 'log-unavailable'. */
  async sliceAfter(token: ResumeToken | undefined): Promise<LogSlice> {
    const rows = token && this.known.rowsAfter(token)
    if (rows !== undefined) return { ...this.known.head, continues: true, rows }
    return token === undefined ? this.#sliceFromNothing() : this.#readAfterToken(token)
  }

  /** [ROOM-14] From memory while the rows after a snapshot that was read lately are there; else one read for all who ask meanwhile. */
  async #sliceFromNothing(): Promise<LogSlice> {
    const { head } = this.known
    const snapshot = this.#snapshots.of(this.#documentId, head.epoch)
    const { throughSeq: seq, check } = snapshot ?? { throughSeq: 0, check: emptyCheck(head.epoch) }
    const rows = head.damagedAfterMs === undefined ? this.known.rowsAfter({ epoch: head.epoch, seq, check }) : undefined
    if (rows !== undefined) return { ...head, continues: false, ...(snapshot && { snapshot }), rows }
    this.#opening ??= this.#readAfterToken(undefined).finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async #readAfterToken(token: ResumeToken | undefined): Promise<LogSlice> {
    const slice = await this.#log.read(this.#documentId, token, READ_BYTES)
    if (slice === undefined) throw documentDeleted()
    if (this.#isOtherwiseDamaged(slice)) this.suspect()
    const { epoch, snapshot } = slice
    if (snapshot !== undefined) this.#snapshots.keep(this.#documentId, { epoch, snapshot })
    return slice
  }

  /** Reads no more; a read under way changes nothing. */
  stop(): void {
    this.#stopped = true
  }

  /** [ROOM-3] Takes rows that are in the log, in its order; known ones are passed over. Returns how many were new. */
  take(rows: readonly LogRow[]): number {
    const { known } = this
    const news = rows.filter((row) => row.seq <= known.head.head + 1 && known.follow(row))
    if (news.length > 0) this.#room.arrived(news)
    return news.length
  }

  raiseSchema(schemaVersion: number): void {
    if (schemaVersion <= this.known.head.schemaVersion) return
    this.known.raise({ schemaVersion })
    this.#room.schemaRaised(schemaVersion)
  }

  /** [GAP-1] [GAP-2] From the relay: what follows the head by seq and check is taken; anything else is a hole or a doubt. */
  receive(message: RelayedRows): void {
    const { head } = this.known
    if (message.epoch === head.epoch && message.head <= head.head) return
    // [DAMAGE-2] Late news of rows that cannot be read any more.
    if (message.epoch === head.epoch && head.damagedAfterMs !== undefined) return
    const rows = message.epoch === head.epoch ? rowsThatFollow(message, head) : undefined
    if (rows === undefined) {
      this.#meter.count('holes_found')
      return this.suspect()
    }
    this.raiseSchema(message.schemaVersion)
    this.take(rows)
    const last = rows.at(-1)
    if (last !== undefined) this.#meter.observe('relay_lag_ms', Math.max(0, this.#clock.now() - last.at))
  }

  /** What an overtaken append was told: the log's head, and rows that may be cut short. */
  async takeMissed(head: Head, rows: readonly LogRow[]): Promise<void> {
    const before = this.known.head
    if (head.epoch !== before.epoch || head.head < before.head || this.#isOtherwiseDamaged(head))
      return this.reconcile()
    if (head.accessVersion > before.accessVersion) await this.#room.accessMoved(head.accessVersion)
    this.raiseSchema(head.schemaVersion)
    this.take(rows)
    const after = this.known.head
    if (after.head < head.head || (after.head === head.head && after.check !== head.check)) await this.reconcile()
  }

  /** [GAP-3] The heartbeat's answer: `asked` is where the room stood when the question was put. */
  async compare(head: Head | undefined, asked: Head): Promise<void> {
    if (head === undefined) return this.#room.gone()
    // [EPOCH-3] Access never goes back, but where a backup is restored: what is known of it is of another life.
    if (head.accessVersion < asked.accessVersion) return (await this.load(), this.#room.replaced())
    const known = this.known.head
    const lags = head.head > known.head || (head.head === known.head && head.check !== known.check)
    if (lags || head.epoch !== known.epoch || head.head < asked.head || this.#isOtherwiseDamaged(head)) {
      this.#meter.count('holes_found')
      await this.reconcile()
    }
    this.raiseSchema(head.schemaVersion)
    if (head.accessVersion > this.known.head.accessVersion) await this.#room.accessMoved(head.accessVersion)
  }

  /**
   * [GAP-2] The answer to every hole and every doubt: reads the log from the head and takes what it finds. The read
   * starts after this call; calls that come while one is waiting share it. Throws SyncError 'log-unavailable'.
   */
  reconcile(): Promise<void> {
    this.#nextReading ??= this.#readAfter(this.#reading)
    return this.#nextReading
  }

  /** `reconcile` where nobody waits for it: what it cannot read now, the next heartbeat finds again. */
  suspect(): void {
    this.reconcile().catch((error: unknown) => {
      if (!(error instanceof SyncError)) throw error
    })
  }

  #isOtherwiseDamaged({ damagedAfterMs }: Head): boolean {
    return damagedAfterMs !== this.known.head.damagedAfterMs
  }

  async #readAfter(running: Promise<void> | undefined): Promise<void> {
    try {
      await running
    } catch {
      // Whoever started that one has been told; this one reads for itself.
    }
    this.#reading = this.#nextReading
    this.#nextReading = undefined
    await this.#read()
  }

  async #read(): Promise<void> {
    while (!this.#stopped) {
      this.#meter.count('catch_up_reads')
      const slice = await this.#log.read(this.#documentId, this.known.token, READ_BYTES)
      if (this.#stopped) return
      if (slice === undefined) return this.#room.gone()
      // [EPOCH-1] Another history under the same id: nothing of it continues what was shown. [DAMAGE-1] Or less of it can be read.
      if (!slice.continues || this.#isOtherwiseDamaged(slice)) return (await this.load(), this.#room.replaced())
      const before = this.known.head.head
      if (slice.snapshot !== undefined && slice.snapshot.throughSeq > before) return this.#skip()
      this.raiseSchema(slice.schemaVersion)
      if (this.take(slice.rows) > 0) this.#meter.count('holes_healed')
      if (slice.accessVersion > this.known.head.accessVersion) await this.#room.accessMoved(slice.accessVersion)
      if (this.known.head.head >= slice.head) return
      if (this.known.head.head === before)
        throw new SyncError('log-unavailable', `The log does not give row ${before + 1}.`)
    }
  }
}
