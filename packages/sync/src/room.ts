import { Committer, type CommitRoom } from './committer.ts'
import { CompactionWish } from './compaction-wish.ts'
import { Deliveries } from './deliveries.ts'
import { SyncError, documentDeleted } from './errors.ts'
import type { DecodedPart, KnownLog } from './known-log.ts'
import type { FramesOptions } from './lane.ts'
import { LIMITS } from './limits.ts'
import { LogFollower, type FollowingRoom } from './log-follower.ts'
import type { Author, Head, LogRow, LogSlice, Subscription, Topic } from './ports.ts'
import {
  PROTOCOL_VERSION,
  type Caret,
  type DocumentId,
  type Epoch,
  type Frame,
  type Join,
  type LiveEvent,
  type Push,
  type Pushed,
  type RelayMessage,
  type ResumeToken,
  type SessionId,
} from './protocol.ts'
import { rowsForRelay } from './relayed-rows.ts'
import { RoleBook, type RolesAt } from './role-book.ts'
import { RoomPresence } from './room-presence.ts'
import type { RoomPorts } from './rooms.ts'
import { Session, type SessionRoom } from './session.ts'
import { SharedFrames } from './shared-frames.ts'
import { StoredFrames } from './stored-frames.ts'

/**
 * One document's live state on one node: who is joined, what the log holds as far as this node knows, who is where.
 * It shows nothing that is not in the log, and shows all of that in order.
 */
export class Room implements CommitRoom, SessionRoom, FollowingRoom {
  readonly documentId: DocumentId
  readonly #ports: RoomPorts
  readonly #topic: Topic
  readonly #sessions = new Map<SessionId, Session>()
  readonly sharedFrames: SharedFrames
  readonly storedFrames = new StoredFrames()
  readonly #deliveries: Deliveries
  /** Who is here, on all nodes. */
  readonly who: RoomPresence
  readonly #roles: RoleBook
  readonly #follower: LogFollower
  readonly #committer: Committer
  readonly #compaction: CompactionWish
  readonly #subscription: Subscription
  #heardWhileOpening = false
  #idleSinceMs: number
  #closed: SyncError | undefined

  private constructor(documentId: DocumentId, ports: RoomPorts) {
    const { log, snapshots, clock, meter } = ports
    this.documentId = documentId
    this.#ports = ports
    this.sharedFrames = new SharedFrames(ports)
    this.#deliveries = new Deliveries(ports)
    this.#topic = `room:${documentId}`
    this.#idleSinceMs = clock.now()
    const { node, relay } = ports
    this.who = new RoomPresence({ node, topic: this.#topic, relay, nowMs: this.#idleSinceMs })
    this.#roles = new RoleBook(ports.access, documentId)
    this.#follower = new LogFollower({ documentId, room: this, log, snapshots, clock, meter })
    this.#committer = new Committer({ documentId, room: this, roles: this.#roles, log, clock, meter })
    this.#compaction = new CompactionWish(documentId, ports.compactor)
    this.#subscription = ports.relay.subscribe(this.#topic, (message) => this.#receive(message))
  }

  /** Throws SyncError 'unknown-document', 'log-unavailable'. Listens to the relay before it reads, so that nothing falls between. */
  static async open(documentId: DocumentId, ports: RoomPorts): Promise<Room> {
    const room = new Room(documentId, ports)
    try {
      await room.#subscription.ready
      await room.#follower.load()
    } catch (error) {
      room.#subscription.close()
      throw error
    }
    if (room.#heardWhileOpening) room.suspect()
    room.#compaction.look(room.known)
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

  /** Those of this node, with the roles they have by now. */
  get sessions(): ReadonlyMap<SessionId, Session> {
    return this.#sessions
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
  async *join(author: Author, input: Join, options: FramesOptions): AsyncGenerator<Frame, void, undefined> {
    if (input.protocolVersion !== PROTOCOL_VERSION) {
      throw new SyncError(
        'client-too-old',
        `This node speaks protocol ${PROTOCOL_VERSION}, the page ${input.protocolVersion}. Reload the page.`,
      )
    }
    let book: RolesAt
    // [ACC-5] Access that moved while the answer was on its way looked at the sessions that were here: not at this one.
    do book = await this.#roles.load([author.userId], this.known.head.accessVersion)
    while (book.version < this.known.head.accessVersion)
    const role = book.roles.get(author.userId)
    if (role === undefined) throw new SyncError('not-allowed', 'You have no access to this document.')
    this.#throwIfClosed()
    const session = new Session(this, { id: this.#ports.chance.id() as SessionId, author, input, role })
    this.#sessions.set(session.id, session)
    this.who.stamp(session.id, author, null)
    try {
      yield* session.frames(options)
    } finally {
      this.#sessions.delete(session.id)
      this.who.remove(session.id)
      this.#idleSinceMs = this.#ports.clock.now()
    }
  }

  /** [PRES-2] Only a session of this node, for its own author. */
  setCaret(author: Author, sessionId: SessionId, caret: Caret): void {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || session.author.userId !== author.userId) {
      throw new SyncError('not-joined', 'This session is not joined here. Join again.')
    }
    session.actedAtMs = this.#ports.clock.now()
    this.who.stamp(sessionId, author, caret)
  }

  push(author: Author, input: Push, parts: readonly DecodedPart[]): Promise<Pushed> {
    this.#throwIfClosed()
    return this.#committer.push(author, input, parts)
  }

  async sliceAfter(token: ResumeToken | undefined): Promise<LogSlice> {
    this.#throwIfClosed()
    return this.#follower.sliceAfter(token)
  }

  /** Ends every session with this error; joins and pushes are refused with it from now on. May be called twice. */
  close(error: SyncError): void {
    if (this.#closed !== undefined) return
    this.#closed = error
    this.#follower.stop()
    this.#subscription.close()
    for (const session of this.#sessions.values()) session.end(error)
  }

  readonly idle = (): Promise<void> => this.#committer.idle()

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
    const { node, relay } = this.#ports
    relay.publish(this.#topic, rowsForRelay(rows, { node, epoch: this.epoch, schemaVersion }))
    this.#compaction.look(this.known)
  }

  arrived(rows: readonly LogRow[]): void {
    this.#deliveries.deliver(rows, this.#sessions)
    this.who.ride(this.#sessions)
  }

  skipped(): void {
    for (const session of this.#sessions.values()) {
      session.outbox.fallBehind()
      session.wake()
    }
  }

  replaced(): void {
    this.#roles.forget()
    const replaced = new SyncError('not-joined', 'The stored document is not what it was. Join again.')
    for (const session of this.#sessions.values()) session.end(replaced)
  }

  gone(): void {
    this.#ports.snapshots.forget(this.documentId)
    this.close(documentDeleted())
  }

  /** [ACC-4] [REP-9] Before an update of the newer schema: older pages turn read-only, others know what they store. */
  schemaRaised(schemaVersion: number): void {
    for (const { outbox, role } of this.#sessions.values()) outbox.setAccess({ role, schemaVersion })
  }

  /** [ACC-3] A changed role is applied to the open session; without access it ends. */
  async accessMoved(accessVersion: number): Promise<void> {
    const sessions = [...this.#sessions.values()]
    const { roles } = await this.#roles.load(
      sessions.map(({ author }) => author.userId),
      accessVersion,
    )
    // Who joined meanwhile may have been let in by the older roles: ask once more, for all.
    if ([...this.#sessions.values()].some(({ author }) => !roles.has(author.userId)))
      return this.accessMoved(accessVersion)
    this.known.raise({ accessVersion })
    for (const session of this.#sessions.values()) {
      const role = roles.get(session.author.userId)
      if (role === undefined) session.end(new SyncError('not-allowed', 'You no longer have access to this document.'))
      else if (role !== session.role) {
        session.role = role
        session.outbox.setAccess({ role, schemaVersion: this.known.head.schemaVersion })
        session.wake()
      }
    }
  }

  // --- presence, events and other nodes ---------------------------------------------------------

  /** Live events for the sessions of this document on this node. */
  announce(event: LiveEvent): void {
    for (const session of this.#sessions.values()) {
      session.outbox.addEvent(event)
      session.wake()
    }
  }

  presenceTick(): void {
    this.sharedFrames.forget()
    this.#deliveries.tick()
    this.who.tick(this.#sessions)
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
        return this.who.hear(message, this.#ports.clock.now())
      case 'hello':
        return this.who.answer()
      case 'access':
        return this.suspect()
      case 'event':
        return this.announce(message.event)
      default:
        message satisfies never
    }
  }

  #throwIfClosed(): void {
    if (this.#closed !== undefined) throw this.#closed
  }
}
