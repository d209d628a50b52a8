/**
 * What the core needs from the world: a log, a relay, who may do what, the time, and chance.
 * Contract suites (`test/contract.ts`) say what every adapter must keep; the simulation fakes these and nothing else.
 */
import type {
  DocumentId,
  Epoch,
  Frame,
  Join,
  Part,
  Presence,
  Push,
  Pushed,
  RelayMessage,
  ReplicaId,
  ResumeToken,
  Role,
  UserId,
} from './protocol.ts'

// --- the log: the truth -------------------------------------------------------------------------

/** Where a log stands. `accessVersion` grows with every change of access, title ownership or deletion. */
export interface Head {
  readonly epoch: Epoch
  readonly head: number
  /** Check of the row at `head`; of an empty log, `emptyCheck(epoch)`. */
  readonly check: string
  readonly accessVersion: number
  readonly schemaVersion: number
  /**
   * Present when rows after `head` were found damaged: the log ends before them until an administrator repairs it, and
   * no append to it succeeds. When the row at `head` was written, ms; 0 when nothing is readable.
   */
  readonly damagedAfterMs?: number
}

/** A row of the log as it is written. The room computes `check` with `nextCheck`. */
export interface NewRow {
  readonly update: Uint8Array
  readonly check: string
  readonly userId: UserId
  readonly replicaId: ReplicaId
  readonly pushId: number
  /** One of several rows that are one edit, next to each other in one append. */
  readonly part?: Part
  /** Hash of the bytes as pushed, all parts of them (the stored ones may have been trimmed): tells a repeat from a reuse. */
  readonly pushHash: string
  /** Yjs client ids that this row uses first; they belong to `userId` in this document from then on. */
  readonly newClients: readonly number[]
}

export interface LogRow {
  readonly seq: number
  readonly check: string
  readonly update: Uint8Array
  readonly userId: UserId
  readonly replicaId: ReplicaId
  readonly pushId: number
  readonly part?: Part
  /** When it was written, ms since 1970 by the log's clock. */
  readonly at: number
}

export interface StoredSnapshot {
  readonly throughSeq: number
  readonly check: string
  readonly bytes: Uint8Array
}

/** What a room must know to open: all of it as of one moment. */
export interface OpenedLog extends Head {
  /** Yjs state vector of the stored snapshot (client id -> clock), and the seq it covers; empty and 0 without one. */
  readonly snapshotSeq: number
  readonly snapshotVector: ReadonlyMap<number, number>
  readonly snapshotBytes: number
  readonly snapshotStructs: number
  /** Every row after `snapshotSeq`. */
  readonly tail: readonly LogRow[]
  /** Owner of every Yjs client id that this document has seen. */
  readonly owners: ReadonlyMap<number, UserId>
}

/** What follows a token, whole rows, possibly cut short: more is there while the last seq is below `head`. */
export interface LogSlice extends Head {
  /**
   * False when the token is not of this history (other epoch, other check, beyond the head): what follows starts from
   * nothing. A token beyond the head of a damaged log continues, with nothing: who has more than is readable keeps it.
   */
  readonly continues: boolean
  /** Present when rows after the token are not kept any more, or when it is the shorter way from nothing. */
  readonly snapshot?: StoredSnapshot
  readonly rows: readonly LogRow[]
}

export type AppendOutcome =
  | { readonly status: 'appended'; readonly fromSeq: number; readonly at: number }
  /** Nothing was written: the log had moved, or is damaged. `missed` are rows after the expected head, possibly cut short. */
  | { readonly status: 'overtaken'; readonly head: Head; readonly missed: readonly LogRow[] }
  /** Nothing was written: the document is deleted, or never was. */
  | { readonly status: 'gone' }

/**
 * The durable updates of every document.
 *
 * Every method throws SyncError 'log-unavailable' when the storage cannot be reached or refuses; then the
 * outcome of an append is unknown and the caller reads before it appends again. Reads return
 * only what is durable.
 */
export interface UpdateLog {
  /** Undefined when there is no such document, or it was deleted. */
  open(documentId: DocumentId): Promise<OpenedLog | undefined>
  /**
   * Compare-and-set: writes all rows or none. They are written only if epoch, head, check and access version
   * are exactly as expected; they get the seqs `expected.head + 1`, … and are durable when it resolves.
   * `schemaVersion` of `expected` is what the document's is raised to, in the same transaction (never lowered).
   * `patient` waits for the document's lock before it compares (a third try).
   * Appends of several rooms made while one transaction is in flight share the next.
   */
  append(
    documentId: DocumentId,
    expected: Head,
    rows: readonly NewRow[],
    options?: { patient?: boolean },
  ): Promise<AppendOutcome>
  /** What follows `from` (undefined: from nothing), at least one row or snapshot if there is any, rows of about `maxBytes`. Undefined: no such document. */
  read(documentId: DocumentId, from: ResumeToken | undefined, maxBytes: number): Promise<LogSlice | undefined>
  /** Where these logs stand; a document that is deleted or unknown is not in the answer. One query. */
  heads(documentIds: readonly DocumentId[]): Promise<ReadonlyMap<DocumentId, Head>>
  /** The row that a push became; of an edit in parts, its last. */
  findPush(
    documentId: DocumentId,
    push: { userId: UserId; replicaId: ReplicaId; pushId: number },
  ): Promise<{ seq: number; pushHash: string } | undefined>
  /** The greatest push id this replica has in the log; 0 if none. */
  lastPushId(documentId: DocumentId, userId: UserId, replicaId: ReplicaId): Promise<number>
}

/** Who may do what: the table is the truth, `accessVersion` says which state of it was read. */
export interface Access {
  /** Roles of these users as of one moment. A user without access is not in `roles`. Undefined: no such document. */
  rolesOf(
    documentId: DocumentId,
    userIds: readonly UserId[],
  ): Promise<{ accessVersion: number; roles: ReadonlyMap<UserId, Role> } | undefined>
}

// --- the relay: hints ---------------------------------------------------------------------------

/** `room:<documentId>` carries changes, presence, hello and access; `events:<name>` carries live events. */
export type Topic = `room:${string}` | `events:${string}`

export interface Subscription {
  /** Resolves once messages are being received, or it is known that they cannot be for now. Never rejects. */
  readonly ready: Promise<void>
  /** Stops at once; may be called twice. */
  close(): void
}

/**
 * Carries messages to the other nodes' subscribers of a topic (and not back to this node's own).
 * May lose, repeat and reorder: rooms see holes in `seq` and read the log, so an implementation needs no retry.
 * `publish` never throws; a dead relay is a node alone, not a failure.
 */
export interface Relay {
  publish(topic: Topic, message: RelayMessage): void
  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription
  /** Called whenever messages may have been lost (reconnected, publish reached nobody it should have). */
  onSuspicion(listener: () => void): () => void
  readonly state: 'well' | 'unwell'
}

// --- time and chance ----------------------------------------------------------------------------

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once after that long. The returned function cancels it; may be called twice. */
  after(delayMs: number, callback: () => void): () => void
}

export interface Chance {
  /** 128 random bits in base64url, unguessable in production. */
  id(): string
  /** In [0, 1). */
  fraction(): number
}

/** Asked for when a document's tail is long. */
export interface Compactor {
  /** Resolves with the snapshot that stands afterwards (made now or by another node), or undefined if there was none to make. Never rejects. */
  request(documentId: DocumentId): Promise<{ throughSeq: number; bytes: number; structs: number } | undefined>
}

/** The socket a session's frames leave through. */
export interface Gate {
  /** Resolves when the socket holds less than its mark, at once if it does; also when the signal aborts. Never rejects. */
  writable(signal: AbortSignalLike): Promise<void>
}

/** The part of AbortSignal the core needs (the core is compiled without the DOM's types). */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** Who a call acts for. */
export interface Author {
  readonly userId: UserId
  readonly name: string
}

/** Counts what operators want to see; adapters turn it into metrics. Must not throw. */
export interface Meter {
  count(name: MeterCount, by?: number): void
  observe(name: MeterTime, valueMs: number): void
}
export type MeterCount =
  | 'pushes'
  | 'pushes_repeated'
  | 'pushes_refused'
  | 'deliveries'
  | 'holes_found'
  | 'holes_healed'
  | 'catch_up_reads'
  | 'overtaken'
  | 'behind'
  | 'relay_ignored'
/** Where an update waits, in this order. */
export type MeterTime = 'push_wait_ms' | 'commit_ms' | 'relay_lag_ms' | 'delivery_ms'

// --- the replica's side (its store: replica-store.ts) ---------------------------------------------

/** One socket's life, as a replica sees it. After it is gone its calls reject with SyncError 'socket-closed'. */
export interface Link {
  /** Frames arrive in order, each after the previous callback returned; `ended` comes once, last. Returns leave. */
  join(input: Join, on: { frame(frame: Frame): void; ended(error: Error): void }): () => void
  push(input: Push): Promise<Pushed>
  presence(input: Presence): Promise<void>
}
