/**
 * The wire: everything a browser and a node, or two nodes, say to each other about a document.
 * `protocol.test.ts` hashes these schemas: the wire changes only on purpose, and only optional fields of frames and
 * answers are new without PROTOCOL_VERSION changing.
 */
import { z } from 'zod'
import { LIMITS } from './limits.ts'

export const PROTOCOL_VERSION = 2

// --- the words ---------------------------------------------------------------------------------

const id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/)
/** A Yjs document. Minted by a node from 128 random bits; knowing it is not a permission. */
export const DocumentId = id.brand<'DocumentId'>()
export type DocumentId = z.infer<typeof DocumentId>
/** A browser's copy of one document. Minted by the replica, kept with its unsent work. */
export const ReplicaId = id.brand<'ReplicaId'>()
export type ReplicaId = z.infer<typeof ReplicaId>
/** One join of one room by one replica. Minted by the node. */
export const SessionId = id.brand<'SessionId'>()
export type SessionId = z.infer<typeof SessionId>
export const UserId = id.brand<'UserId'>()
export type UserId = z.infer<typeof UserId>
/** One server process; new at every start. */
export const NodeId = id.brand<'NodeId'>()
export type NodeId = z.infer<typeof NodeId>
/** One life of a document. */
export const Epoch = id.brand<'Epoch'>()
export type Epoch = z.infer<typeof Epoch>

/** An update's place in its document's log; 0 is before the first. */
export const Seq = z.int().nonnegative()
/** Hash chain over a log's rows: names its exact history through a seq. 16 hex digits. */
export const Check = z.string().regex(/^[0-9a-f]{16}$/)
/** Counts a replica's pushes: 1, 2, 3 … Bytes are frozen under it when first sent. */
export const PushId = z.int().positive()
/** Which part of a big edit an update is. The parts commit as one and are applied as one; each is an update by itself. */
export const Part = z.strictObject({ part: z.int().positive(), of: z.int().min(2).max(LIMITS.editParts) })
export type Part = z.infer<typeof Part>
/** Raw bytes: a Yjs update or a piece of one. */
export const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')

/** Weakest first; each may do what those before it may. */
export const ROLES = ['viewer', 'commenter', 'editor', 'owner'] as const
export const Role = z.enum(ROLES)
export type Role = z.infer<typeof Role>

/** "Everything through `seq` of this exact history has been received." */
export const ResumeToken = z.strictObject({ epoch: Epoch, seq: Seq, check: Check })
export type ResumeToken = z.infer<typeof ResumeToken>

// --- presence ----------------------------------------------------------------------------------

const clock = z.strictObject({ client: z.int().nonnegative(), clock: z.int().nonnegative() })
/** A Yjs relative position as y-prosemirror writes it. */
export const Position = z.strictObject({
  type: clock.nullable(),
  tname: z.string().max(64).nullable(),
  item: clock.nullable(),
  assoc: z.int().min(-1).max(1),
})
/** Where somebody's selection is: all a browser may say about itself. Null: here, but not in the text. */
export const Caret = z.strictObject({ anchor: Position, head: Position }).nullable()
export type Caret = z.infer<typeof Caret>
/** Who somebody is: stamped by the node, never taken from a browser. */
export const Person = z.strictObject({
  userId: UserId,
  name: z.string().max(200),
  color: z.string().regex(/^#[0-9a-f]{6}$/),
})
export type Person = z.infer<typeof Person>
export const PresenceEntry = z.strictObject({ sessionId: SessionId, person: Person, caret: Caret })
export type PresenceEntry = z.infer<typeof PresenceEntry>
/** The newest of one session, or that it left. */
export const PresenceChange = z.union([PresenceEntry, z.strictObject({ sessionId: SessionId, gone: z.literal(true) })])
export type PresenceChange = z.infer<typeof PresenceChange>

// --- browser -> node ---------------------------------------------------------------------------

export const Join = z.strictObject({
  documentId: DocumentId,
  replicaId: ReplicaId,
  resume: ResumeToken.optional(),
  protocolVersion: z.int(),
  schemaVersion: z.int().nonnegative(),
})
export type Join = z.infer<typeof Join>

export const Push = z.strictObject({
  documentId: DocumentId,
  epoch: Epoch,
  replicaId: ReplicaId,
  pushId: PushId,
  update: Bytes,
  /** All parts of an edit go under its one push id, in order, each after the one before it was held. */
  part: Part.optional(),
  schemaVersion: z.int().nonnegative(),
  /** The browser's clock when it was sent, ms; only for tracing. */
  sentAt: z.number().optional(),
})
export type Push = z.infer<typeof Push>
/**
 * `seq`: it is in the log; `heldMs`: from its arrival until then, by the node's clock, only for tracing. `held`: this
 * node keeps so many parts in memory and waits for the rest; nothing is saved yet.
 */
export const Pushed = z.union([
  z.strictObject({ seq: Seq, heldMs: z.int().nonnegative().optional() }),
  z.strictObject({ held: z.int().positive() }),
])
export type Pushed = z.infer<typeof Pushed>

export const Presence = z.strictObject({ documentId: DocumentId, sessionId: SessionId, caret: Caret })
export type Presence = z.infer<typeof Presence>

// --- node -> browser: the frames of a session --------------------------------------------------

/** First answer to a join. `resumed`: what follows continues the resume token; else it starts from nothing. */
export const Welcome = z.strictObject({
  type: z.literal('welcome'),
  sessionId: SessionId,
  epoch: Epoch,
  /** What the log held at the join: the document is open once everything through it has arrived. */
  head: Seq,
  check: Check,
  resumed: z.boolean(),
  role: Role,
  /**
   * The stored document is damaged: only what was written until then (ms; 0: nothing) can be read, and nobody can
   * write into it. A resume token beyond `head` keeps what it has.
   */
  damagedAfter: z.number().optional(),
  schemaVersion: z.int().nonnegative(),
  presence: z.array(PresenceEntry),
  /** People on other nodes may be missing from `presence`. */
  presenceIsLocal: z.literal(true).optional(),
  limits: z.strictObject({ updateBytes: z.int(), presencePerSecond: z.int() }),
})
/** A piece of the stored snapshot; the pieces together are one update and cover the log through `throughSeq`. */
export const Snapshot = z.strictObject({
  type: z.literal('snapshot'),
  throughSeq: Seq,
  check: Check,
  part: z.int().positive(),
  of: z.int().positive(),
  bytes: Bytes,
})
/** A typed live event: a hint that something can be fetched anew. */
export const LiveEvent = z.strictObject({ name: z.string().max(64), data: z.unknown() })
export type LiveEvent = z.infer<typeof LiveEvent>
/**
 * Log rows `fromSeq`, `fromSeq + 1`, … through `head`, in order; an empty slot (null) is the
 * replica's own push. Only this moves its token, to `{epoch, head, check}`. `updates` may be empty.
 * `goesOn`: the last row is a part of an edit that the next frames bring the rest of; all are applied at once, then the token moves.
 */
export const Changes = z.strictObject({
  type: z.literal('changes'),
  fromSeq: Seq,
  head: Seq,
  check: Check,
  updates: z.array(Bytes.nullable()),
  goesOn: z.literal(true).optional(),
  presence: z.array(PresenceChange).optional(),
  /** `presence` names everybody: whoever is not in it has left. */
  everybody: z.literal(true).optional(),
  /** From here on people on other nodes may be missing, or not any more. */
  presenceIsLocal: z.boolean().optional(),
  events: z.array(LiveEvent).optional(),
  /** The session's role from here on; with the version the document's schema has reached. */
  access: z.strictObject({ role: Role, schemaVersion: z.int().nonnegative() }).optional(),
})
export type Welcome = z.infer<typeof Welcome>
export type Snapshot = z.infer<typeof Snapshot>
export type Changes = z.infer<typeof Changes>
export const Frame = z.discriminatedUnion('type', [Welcome, Snapshot, Changes])
export type Frame = z.infer<typeof Frame>

// --- node -> node: hints on the relay ----------------------------------------------------------

const row = z.strictObject({
  update: Bytes,
  userId: UserId,
  replicaId: ReplicaId,
  pushId: PushId,
  part: Part.optional(),
  at: z.number(),
})
export const RelayMessage = z.discriminatedUnion('type', [
  /** `check` follows from the check at `fromSeq - 1` and the rows; without rows, only the head is announced. */
  z.strictObject({
    type: z.literal('changes'),
    node: NodeId,
    epoch: Epoch,
    fromSeq: Seq,
    head: Seq,
    check: Check,
    schemaVersion: z.int(),
    rows: z.array(row),
  }),
  /** `all`: these are every entry of that node; those it does not name are gone. */
  z.strictObject({ type: z.literal('presence'), node: NodeId, all: z.boolean(), entries: z.array(PresenceChange) }),
  /** "I have just opened this room: tell me who is here." */
  z.strictObject({ type: z.literal('hello'), node: NodeId }),
  /** Access, epoch or life of the document changed: look at the log's head again. */
  z.strictObject({ type: z.literal('access'), node: NodeId }),
  z.strictObject({ type: z.literal('event'), node: NodeId, event: LiveEvent }),
])
export type RelayMessage = z.infer<typeof RelayMessage>
