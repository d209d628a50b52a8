import type { DocumentId, ReplicaId, ResumeToken } from './protocol.ts'
import type { Tabs } from './tab-sharing.ts'

/** A push that is kept until it is acked. */
export interface Unsent {
  readonly pushId: number
  readonly update: Uint8Array
}

export interface StoredReplica {
  readonly replicaId: ReplicaId
  /** What was received, as updates to apply in order, and the token that covers exactly these. */
  readonly updates: readonly Uint8Array[]
  readonly token: ResumeToken | undefined
  /** Oldest first. All count as sent: their bytes never change again. */
  readonly unsent: readonly Unsent[]
  /** Greatest push id ever used under this replica id. */
  readonly lastPushId: number
  /** The newest schema that anything of `updates` and `unsent` may need, as far as the store was told; 0: it was not. */
  readonly schemaVersion: number
  /** The other tabs that share this stored copy. Absent: they cannot be told from dead ones, and each sends its own. */
  readonly tabs?: Tabs
}

/**
 * Where a replica keeps what it has: IndexedDB in a browser, memory in a script.
 * What a method resolved for survives a crash (of the browser, for IndexedDB). A method that rejects
 * leaves the previous state; the replica then goes on without and says so (`keeping: 'nowhere'`).
 */
export interface ReplicaStore {
  /** Takes over what an earlier page left behind (its unsent work under its own replica id, or merged into a new one). */
  load(documentId: DocumentId): Promise<StoredReplica>
  /** Writes or overwrites one push; what was sent is never overwritten by other bytes. `schemaVersion`: of the page in which it was typed. */
  keep(documentId: DocumentId, unsent: Unsent, schemaVersion: number): Promise<void>
  /**
   * An acked push joins what was received, in one transaction: gone from `unsent`, added to `updates`, also when it could not be
   * kept. (The token is not moved.) Until it resolves, no stored token covers it. `schemaVersion`: of the page that sent it.
   */
  settle(documentId: DocumentId, acked: Unsent, schemaVersion: number): Promise<void>
  /**
   * Adds received updates and the token that covers them (with what was there before), in one transaction.
   * `schemaVersion`: what the document's had reached.
   */
  receive(
    documentId: DocumentId,
    token: ResumeToken,
    updates: readonly Uint8Array[],
    schemaVersion: number,
  ): Promise<void>
  /**
   * Forgets everything of this document. With a copy, in the same transaction, puts that aside for the user to open.
   */
  setAside(documentId: DocumentId, copy: SetAside | undefined): Promise<void>
}

/** What could not become part of its document. */
export interface SetAside {
  /** The error's code. */
  readonly reason: string
  /** The replica's whole state (one update), with the work that could not be sent in it. */
  readonly whole: Uint8Array
  /** When, ms since 1970. */
  readonly at: number
  /** A page that is older cannot read all of it. */
  readonly schemaVersion: number
}
