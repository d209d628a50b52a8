import { Committer, type CommitRoom } from './committer.ts'
import { SyncError } from './errors.ts'
import type { KnownLog } from './known-log.ts'
import { LIMITS } from './limits.ts'
import { LogFollower, type FollowingRoom } from './log-follower.ts'
import type { AbortSignalLike, Author, Gate, Head, LogRow, LogSlice, Subscription, Topic } from './ports.ts'
import { PresenceBoard, colorOf } from './presence-board.ts'
import {
  PROTOCOL_VERSION,
  type Caret,
  type DocumentId,
  type Epoch,
  type Frame,
  type Join,
  type LiveEvent,
  type PresenceChange,
  type PresenceEntry,
  type Push,
  type Pushed,
  type RelayMessage,
  type ResumeToken,
  type SessionId,
} from './protocol.ts'
import { RoleBook } from './role-book.ts'
import type { RoomsPorts } from './rooms.ts'
import { Session, type SessionRoom } from './session.ts'

/** Rows up to this size travel on the relay; of larger ones only the head is announced and the others read the log. */
const RELAYED_BYTES = 64 * 1024
const READ_BYTES = 1024 * 1024

/**
 * One document's live state on one node: who is joined, what the log holds as far as this node knows, who is where.
 * It shows nothing that is not in the log, and shows all of that in order.
 */
export class Room implements CommitRoom, SessionRoom, FollowingRoom {
  readonly documentId: DocumentId
  readonly #ports: RoomsPorts
  readonly #topic: Topic
  readonly #sessions = new Map<SessionId, Session>()
  readonly #board: PresenceBoard
  readonly #roles: RoleBook
  readonly #follower: LogFollower
  readonly #committer: Committer
  readonly #subscription: Subscription
  #heardWhileOpening = false
  #idleSinceMs: number
  #repeatedPresenceMs = 0
  #compacting = false
  #askCompactionAt: number = LIMITS.compactAfterRows
  #closed: SyncError | undefined

  private constructor(documentId: DocumentId, ports: RoomsPorts) {
    const { log, clock, meter } = ports
    this.documentId = documentId
    this.#ports = ports
    this.#topic = `room:${documentId}`
    this.#idleSinceMs = clock.now()
    this.#board = new PresenceBoard(ports.node)
    this.#roles = new RoleBook(ports.access, documentId)
    this.#follower = new LogFollower({ documentId, room: this, log, clock, meter })
    this.#committer = new Committer({ documentId, room: this, roles: this.#roles, log, clock, meter })
    this.#subscription = ports.relay.subscribe(this.#topic, (message) => this.#receive(message))
  }

  /** Throws SyncError 'unknown-document', 'log-unavailable'. Listens to the relay before it reads, so that nothing falls between. */
  static async open(documentId: DocumentId, ports: RoomsPorts): Promise<Room> {
    const room = new Room(documentId, ports)
    try {
      await room.#subscription.ready
      await room.#follower.load()
    } catch (error) {
      room.#subscription.close()
      throw error
    }
    if (room.#heardWhileOpening) room.suspect()
    room.#askForCompaction()
    ports.relay.publish(room.#topic, { type: 'hello', node: ports.node })
    return room
  }

  get known(): KnownLog {
    return this.#follower.known
  }

  get epoch(): Epoch {
    return this.known.head.epoch
  }

  get headSeq(): number {
    return this.known.head.head
  }

  get presence(): readonly PresenceEntry[] {
    return this.#board.entries
  }

  get sessionCount(): number {
    return this.#sessions.size
  }

  get outboxBytes(): number {
    let bytes = 0
    for (const { outbox } of this.#sessions.values()) bytes += outbox.bytes
    return bytes
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** [ROOM-7] Nobody joined, nothing in flight, for LIMITS.idleRoomMs. */
  isAbandoned(nowMs: number): boolean {
    return this.#sessions.size === 0 && this.#committer.isIdle && nowMs - this.#idleSinceMs >= LIMITS.idleRoomMs
  }

  // --- sessions ---------------------------------------------------------------------------------

  /** [ROOM-2] The frames of a new session. It leaves when the generator ends, however it ends. */
  async *join(
    author: Author,
    input: Join,
    options: { signal: AbortSignalLike; gate: Gate },
  ): AsyncGenerator<Frame, void, undefined> {
    if (input.protocolVersion !== PROTOCOL_VERSION) {
      throw new SyncError(
        'client-too-old',
        `This node speaks protocol ${PROTOCOL_VERSION}, the page ${input.protocolVersion}. Reload the page.`,
      )
    }
    await this.#roles.load([author.userId], this.known.head.accessVersion)
    const role = this.#roles.get(author.userId)
    if (role === undefined) throw new SyncError('not-allowed', 'You have no access to this document.')
    this.#throwIfClosed()
    const session = new Session(this, { id: this.#ports.chance.id() as SessionId, author, input, role })
    this.#sessions.set(session.id, session)
    this.#stamp(session, null)
    try {
      yield* session.frames(options.signal, options.gate)
    } finally {
      this.#sessions.delete(session.id)
      this.#board.remove(session.id)
      this.#idleSinceMs = this.#ports.clock.now()
    }
  }

  /** [PRES-2] Only a session of this node, for its own author. */
  setCaret(author: Author, sessionId: SessionId, caret: Caret): void {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || session.author.userId !== author.userId) {
      throw new SyncError('not-joined', 'This session is not joined here. Join again.')
    }
    this.#stamp(session, caret, author)
  }

  push(author: Author, input: Push): Promise<Pushed> {
    this.#throwIfClosed()
    return this.#committer.push(author, input)
  }

  async sliceAfter(token: ResumeToken | undefined): Promise<LogSlice> {
    this.#throwIfClosed()
    const rows = token && this.known.rowsAfter(token)
    if (rows !== undefined) return { ...this.known.head, continues: true, rows }
    const slice = await this.#ports.log.read(this.documentId, token, READ_BYTES)
    if (slice === undefined) throw deleted()
    return slice
  }

  /** Ends every session with this error; joins and pushes are refused with it from now on. May be called twice. */
  close(error: SyncError): void {
    if (this.#closed !== undefined) return
    this.#closed = error
    this.#follower.stop()
    this.#subscription.close()
    for (const session of this.#sessions.values()) session.end(error)
  }

  async idle(): Promise<void> {
    await this.#committer.idle()
  }

  // --- the log moves ----------------------------------------------------------------------------

  reconcile(): Promise<void> {
    return this.#follower.reconcile()
  }

  suspect(): void {
    this.#follower.suspect()
  }

  takeMissed(head: Head, rows: readonly LogRow[]): Promise<void> {
    return this.#follower.takeMissed(head, rows)
  }

  compare(head: Head | undefined, asked: Head): Promise<void> {
    return this.#follower.compare(head, asked)
  }

  committed(rows: readonly LogRow[], schemaVersion: number): void {
    this.#follower.raiseSchema(schemaVersion)
    this.#follower.take(rows)
    this.#ports.relay.publish(this.#topic, this.#relayed(rows, schemaVersion))
    this.#askForCompaction()
  }

  /** [ROOM-3] Into every outbox, in the log's order; a session's own pushes are empty slots. */
  arrived(rows: readonly LogRow[]): void {
    for (const session of this.#sessions.values()) {
      for (const row of rows) {
        const own = row.replicaId === session.replicaId && row.userId === session.author.userId
        session.outbox.addRow(row.seq, row.check, own ? null : row.update)
      }
      session.wake()
    }
    this.#ports.meter.count('deliveries', rows.length * this.#sessions.size)
  }

  skipped(): void {
    for (const session of this.#sessions.values()) {
      session.outbox.fallBehind()
      session.wake()
    }
  }

  replaced(): void {
    const error = new SyncError('not-joined', 'The document has another history now. Join again.')
    for (const session of this.#sessions.values()) session.end(error)
  }

  gone(): void {
    this.close(deleted())
  }

  /** [ACC-4] Older pages turn read-only before an update of the newer schema reaches them. */
  schemaRaised(schemaVersion: number): void {
    for (const session of this.#sessions.values()) {
      if (session.schemaVersion < schemaVersion) session.outbox.setAccess({ role: session.role, schemaVersion })
    }
  }

  /** [ACC-3] A changed role is applied to the open session; without access it ends. */
  async accessMoved(accessVersion: number): Promise<void> {
    await this.#roles.load(
      [...this.#sessions.values()].map(({ author }) => author.userId),
      accessVersion,
    )
    this.known.raise({ accessVersion })
    for (const session of this.#sessions.values()) {
      const role = this.#roles.get(session.author.userId)
      if (role === undefined) session.end(new SyncError('not-allowed', 'You no longer have access to this document.'))
      else if (role !== session.role) {
        session.role = role
        session.outbox.setAccess({ role, schemaVersion: this.known.head.schemaVersion })
        session.wake()
      }
    }
  }

  #askForCompaction(): void {
    if (this.#compacting || this.known.rowsSinceSnapshot < this.#askCompactionAt) return
    this.#compacting = true
    const { known } = this
    void this.#ports.compactor.request(this.documentId).then((snapshot) => {
      this.#compacting = false
      if (snapshot !== undefined) known.compacted(snapshot)
      // What could not be merged now is asked for again when as many rows have gathered once more.
      this.#askCompactionAt = LIMITS.compactAfterRows + (snapshot === undefined ? known.rowsSinceSnapshot : 0)
    })
  }

  // --- presence, events and other nodes ---------------------------------------------------------

  /** Live events for the sessions of this document on this node. */
  announce(event: LiveEvent): void {
    for (const session of this.#sessions.values()) {
      session.outbox.addEvent(event)
      session.wake()
    }
  }

  /** [PRES-3] What presence has gathered goes out: one message per room, one frame per session. */
  presenceTick(): void {
    const { all, here } = this.#board.takeChanges()
    if (here.length > 0) this.#publishPresence(here, { all: false })
    if (all.length === 0) return
    for (const session of this.#sessions.values()) {
      for (const change of all) if (change.sessionId !== session.id) session.outbox.addPresence(change)
      if (!session.outbox.isEmpty) session.wake()
    }
  }

  /** [PRES-5] [PRES-6] Says again who is here, and forgets nodes that do not. */
  repeatPresence(nowMs: number): void {
    this.#board.forgetSilentNodes(nowMs)
    if (this.#sessions.size === 0 || nowMs - this.#repeatedPresenceMs < LIMITS.presenceRepeatMs) return
    this.#repeatedPresenceMs = nowMs
    this.#publishPresence(this.#board.localEntries, { all: true })
  }

  #publishPresence(entries: readonly PresenceChange[], { all }: { all: boolean }): void {
    this.#ports.relay.publish(this.#topic, { type: 'presence', node: this.#ports.node, all, entries: [...entries] })
  }

  #relayed(rows: readonly LogRow[], schemaVersion: number): RelayMessage {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) throw new RangeError('Nothing was committed.')
    const small = rows.reduce((sum, row) => sum + row.update.byteLength, 0) <= RELAYED_BYTES
    const relayed = small
      ? rows.map(({ update, userId, replicaId, pushId, at }) => ({ update, userId, replicaId, pushId, at }))
      : []
    const { epoch } = this
    return {
      type: 'changes',
      node: this.#ports.node,
      epoch,
      fromSeq: first.seq,
      head: last.seq,
      check: last.check,
      schemaVersion,
      rows: relayed,
    }
  }

  #receive(message: RelayMessage): void {
    if (!this.#follower.isLoaded) {
      this.#heardWhileOpening = true
      return
    }
    switch (message.type) {
      case 'changes':
        return this.#follower.receive(message)
      case 'presence':
        return this.#board.hear(message, this.#ports.clock.now())
      case 'hello':
        return this.#sessions.size > 0 ? this.#publishPresence(this.#board.localEntries, { all: true }) : undefined
      case 'access':
        return this.suspect()
      case 'event':
        return this.announce(message.event)
      default:
        message satisfies never
    }
  }

  /** [PRES-1] Who it is comes from the node's own login, never from the browser. */
  #stamp(session: Session, caret: Caret, author: Author = session.author): void {
    const person = { userId: author.userId, name: author.name, color: colorOf(author.userId) }
    this.#board.set({ sessionId: session.id, person, caret })
  }

  #throwIfClosed(): void {
    if (this.#closed !== undefined) throw this.#closed
  }
}

function deleted(): SyncError {
  return new SyncError('document-deleted', 'The document was deleted.')
}
