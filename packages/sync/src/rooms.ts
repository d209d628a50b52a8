import { SyncError } from './errors.ts'
import { HeldParts } from './held-parts.ts'
import type { FramesOptions } from './lane.ts'
import { LIMITS } from './limits.ts'
import type { Access, Author, Chance, Clock, Compactor, Meter, Relay, UpdateLog } from './ports.ts'
import type {
  DocumentId,
  Frame,
  Join,
  LiveEvent,
  NodeId,
  Presence,
  Push,
  Pushed,
  ReplicaId,
  Role,
  UserId,
} from './protocol.ts'
import { RecentSnapshots } from './recent-snapshots.ts'
import { Room } from './room.ts'
import type { UpdateContents } from './update-contents.ts'

export interface RoomsPorts {
  readonly node: NodeId
  readonly log: UpdateLog
  readonly relay: Relay
  readonly access: Access
  readonly clock: Clock
  readonly chance: Chance
  readonly compactor: Compactor
  readonly meter: Meter
  /** What updates may hold; left out, anything within the limits, in roots with plain names. */
  readonly contents?: UpdateContents
}

/** What the rooms of a node have in common. */
export interface RoomPorts extends RoomsPorts {
  readonly snapshots: RecentSnapshots
}

export interface RoomsStats {
  readonly rooms: number
  readonly sessions: number
  readonly outboxBytes: number
  /** Waiting presence entries of people who left. */
  readonly outboxGone: number
  /** Recent rows that the rooms keep in memory. */
  readonly tailRows: number
  readonly tailBytes: number
  /** Snapshots that were read lately, for those who open a document next. */
  readonly snapshotBytes: number
}

/** All rooms of one node: opened when somebody needs one, put away when nobody does. */
export class Rooms {
  readonly #ports: RoomPorts
  readonly #open = new Map<DocumentId, Room>()
  readonly #opening = new Map<DocumentId, Promise<Room>>()
  /** This node as a writer of its own: edits that the server makes for a user. */
  readonly #replicaId: ReplicaId
  #lastPushId = 0
  readonly #held: HeldParts
  #draining = false
  readonly #stopListening: () => void

  constructor(ports: RoomsPorts) {
    this.#ports = { ...ports, snapshots: new RecentSnapshots() }
    this.#replicaId = ports.chance.id() as ReplicaId
    this.#held = new HeldParts(ports.clock, ports.contents)
    this.#stopListening = ports.relay.onSuspicion(() => {
      for (const room of this.#open.values()) room.suspect()
    })
  }

  get stats(): RoomsStats {
    let sessions = 0
    let [outboxBytes, outboxGone] = [0, 0]
    let tailRows = 0
    let tailBytes = 0
    for (const room of this.#open.values()) {
      sessions += room.sessions.size
      for (const { outbox } of room.sessions.values()) {
        outboxBytes += outbox.bytes
        outboxGone += outbox.gone
      }
      tailRows += room.known.tail.rows
      tailBytes += room.known.tail.bytes
    }
    return {
      rooms: this.#open.size,
      sessions,
      outboxBytes,
      outboxGone,
      tailRows,
      tailBytes,
      snapshotBytes: this.#ports.snapshots.bytes,
    }
  }

  /** [ACC-3] Of somebody who has the document open on this node; undefined: nobody knows here. */
  joinedRole(documentId: DocumentId, userId: UserId): Role | undefined {
    for (const { author, role } of this.#open.get(documentId)?.sessions.values() ?? [])
      if (author.userId === userId) return role
    return undefined
  }

  /** As of which this node knows who may do what in a document; undefined: nobody has it open here. */
  accessVersion(documentId: DocumentId): number | undefined {
    return this.#open.get(documentId)?.known.head.accessVersion
  }

  /** The frames of one session; it leaves when the signal aborts or the generator is returned. Throws SyncError. */
  async *join(author: Author, input: Join, options: FramesOptions): AsyncGenerator<Frame, void, undefined> {
    const room = await this.#room(input.documentId)
    yield* room.join(author, input, options)
  }

  /** Resolves when the update is in the log, or held until the rest of its edit is here. Throws SyncError; after 'retry' and 'rejoin' errors the same push may come again. */
  async push(author: Author, input: Push): Promise<Pushed> {
    const room = await this.#room(input.documentId)
    const parts = this.#taken(author, input)
    return parts === undefined ? { held: input.part?.part ?? 1 } : room.push(author, input, parts)
  }

  #taken(author: Author, input: Push): ReturnType<HeldParts['add']> {
    try {
      return this.#held.add(author, input)
    } catch (error) {
      this.#ports.meter.count('pushes_refused')
      throw error
    }
  }

  /** Throws SyncError 'not-joined' when the session is not this node's, or not this author's. */
  presence(author: Author, input: Presence): void {
    const room = this.#open.get(input.documentId)
    if (room === undefined) throw new SyncError('not-joined', 'This session is not joined here. Join again.')
    room.setCaret(author, input.sessionId, input.caret)
  }

  /** [PRES-7] Somebody goes by another name from now on: shown to the others with the next presence tick. */
  renamed(author: Author): void {
    for (const room of this.#open.values()) room.who.rename(author)
  }

  /**
   * An edit made by the server for a user (import): an ordinary push under this node's own replica. What fits into
   * LIMITS.editParts updates commits and is shown as one; longer ones in several steps. Resolves when all of it is in the log.
   */
  async edit(
    author: Author,
    documentId: DocumentId,
    edit: { updates: readonly Uint8Array[]; schemaVersion: number },
  ): Promise<void> {
    const room = await this.#room(documentId)
    for (let from = 0; from < edit.updates.length; from += LIMITS.editParts) {
      const updates = edit.updates.slice(from, from + LIMITS.editParts)
      const pushId = (this.#lastPushId += 1)
      const names = { documentId, epoch: room.epoch, replicaId: this.#replicaId, pushId }
      // All in this turn: nothing of another edit of this node comes between its parts.
      await Promise.all(
        updates.map((update, index) => {
          const part = updates.length > 1 && { part: { part: index + 1, of: updates.length } }
          return this.push(author, { ...names, update, schemaVersion: edit.schemaVersion, ...(part || undefined) })
        }),
      )
    }
  }

  /** Sends what presence has gathered; the adapter calls it every LIMITS.presenceFrameMs. Never throws. */
  presenceTick(): void {
    for (const room of this.#open.values()) room.presenceTick()
  }

  /**
   * [GAP-3] Compares the heads of the open rooms with the log's in one query, repeats presence, puts abandoned rooms
   * away. The adapter calls it every LIMITS.heartbeatMs, or unwellHeartbeatMs while the relay is unwell. Never rejects.
   */
  async heartbeat(): Promise<void> {
    const nowMs = this.#ports.clock.now()
    this.#held.forgetSilent()
    for (const [documentId, room] of this.#open) {
      if (room.isAbandoned(nowMs)) this.#putAway(documentId, room)
      else room.who.repeat(nowMs)
    }
    const asked = [...this.#open.values()].map((room) => ({ room, head: room.known.head }))
    if (asked.length === 0) return
    try {
      const heads = await this.#ports.log.heads(asked.map(({ room }) => room.documentId))
      const compared = asked.map(({ room, head }) => room.compare(heads.get(room.documentId), head))
      for (const result of await Promise.allSettled(compared)) if (result.status === 'rejected') throw result.reason
    } catch (error) {
      // A log that cannot be read now is asked again at the next beat; pushes say so to their senders.
      if (!(error instanceof SyncError)) throw error
    }
  }

  /** Tells every node that access, epoch or life of a document has changed; the table was changed before. */
  accessChanged(documentId: DocumentId): void {
    this.#ports.relay.publish(`room:${documentId}`, { type: 'access', node: this.#ports.node })
    this.#open.get(documentId)?.suspect()
  }

  /** A live event for the sessions of one document, on every node. A hint: it may be lost. */
  announce(documentId: DocumentId, event: LiveEvent): void {
    this.#ports.relay.publish(`room:${documentId}`, { type: 'event', node: this.#ports.node, event })
    this.#open.get(documentId)?.announce(event)
  }

  /** [ROOM-8] Refuses joins and pushes with 'node-draining', ends sessions with it, resolves when nothing is in flight. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#stopListening()
    await Promise.allSettled(this.#opening.values())
    const rooms = [...this.#open.values()]
    for (const room of rooms) room.close(draining())
    await Promise.all(rooms.map((room) => room.idle()))
  }

  /** [ROOM-4] One room per document and node; those who come while it opens share the opening. A failed opening leaves nothing behind. */
  async #room(documentId: DocumentId): Promise<Room> {
    if (this.#draining) throw draining()
    const open = this.#open.get(documentId)
    if (open !== undefined && !open.isClosed) return open
    let opening = this.#opening.get(documentId)
    if (opening === undefined) {
      opening = Room.open(documentId, this.#ports)
      this.#opening.set(documentId, opening)
      opening.then(
        (room) => {
          this.#open.set(documentId, room)
          this.#opening.delete(documentId)
        },
        () => this.#opening.delete(documentId),
      )
    }
    return opening
  }

  #putAway(documentId: DocumentId, room: Room): void {
    room.close(new SyncError('not-joined', 'The room was put away. Join again.'))
    this.#open.delete(documentId)
  }
}

function draining(): SyncError {
  return new SyncError('node-draining', 'This node is going away. Connect again.')
}
