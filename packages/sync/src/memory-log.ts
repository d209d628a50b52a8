import * as Y from 'yjs'
import { emptyCheck, nextCheck } from './check.ts'
import {
  asRead,
  belongs,
  firstKept,
  pushName,
  readableHead,
  repeatsPush,
  rowsWithin,
  type MemoryDocument,
} from './memory-document.ts'
import { structsIn } from './merged-updates.ts'
import type { Access, AppendOutcome, Clock, Head, LogRow, LogSlice, NewRow, OpenedLog, UpdateLog } from './ports.ts'
import {
  ROLES,
  type DocumentId,
  type Epoch,
  type ReplicaId,
  type ResumeToken,
  type Role,
  type UserId,
} from './protocol.ts'

/** What outlives an instance of MemoryLog, as files outlive a process: a second instance over it is a second node. */
export type MemoryDisk = Map<DocumentId, MemoryDocument>

/**
 * The log in memory: the readable model of what the SQL adapters promise (the contract suite runs against
 * all of them), used by tests and by the simulation. Everything happens inside the call; it just resolves later.
 */
export class MemoryLog implements UpdateLog, Access {
  readonly #clock: Pick<Clock, 'now'>
  readonly #documents: MemoryDisk

  constructor(clock: Pick<Clock, 'now'>, disk: MemoryDisk = new Map()) {
    this.#clock = clock
    this.#documents = disk
  }

  // --- documents and access: what the product's tables do in SQL --------------------------------

  /** Replaces nothing: throws RangeError when there is such a document. `linkRole` is what anybody may do, 'editor' unless said. */
  createDocument(
    documentId: DocumentId,
    options: { epoch: Epoch; owner?: UserId; linkRole?: Role | undefined; schemaVersion?: number },
  ): Head {
    if (this.#documents.has(documentId)) throw new RangeError(`There is a document ${documentId} already.`)
    const head = {
      epoch: options.epoch,
      head: 0,
      check: emptyCheck(options.epoch),
      accessVersion: 1,
      schemaVersion: options.schemaVersion ?? 1,
    }
    this.#documents.set(documentId, {
      head,
      rows: [],
      pushes: new Map(),
      snapshot: undefined,
      owners: new Map(),
      roles: new Map(options.owner === undefined ? [] : [[options.owner, 'owner']]),
      linkRole: 'linkRole' in options ? options.linkRole : 'editor',
      deleted: false,
      damagedSeq: undefined,
    })
    return head
  }

  /** From now on the document is gone for `open`, `read`, `append`, `heads` and `rolesOf`. */
  deleteDocument(documentId: DocumentId): void {
    const document = this.#existing(documentId)
    document.deleted = true
    this.#accessChanged(document)
  }

  /** Undefined takes the user's own role away; the link's stays. Null shuts them out, whatever the link gives. */
  setRole(documentId: DocumentId, userId: UserId, role: Role | null | undefined): void {
    const document = this.#existing(documentId)
    if (role === undefined) document.roles.delete(userId)
    else if (role !== null || document.roles.get(userId) !== 'owner') document.roles.set(userId, role)
    this.#accessChanged(document)
  }

  setLinkRole(documentId: DocumentId, role: Role | undefined): void {
    const document = this.#existing(documentId)
    document.linkRole = role
    this.#accessChanged(document)
  }

  async rolesOf(
    documentId: DocumentId,
    userIds: readonly UserId[],
  ): Promise<{ accessVersion: number; roles: ReadonlyMap<UserId, Role> } | undefined> {
    const document = this.#live(documentId)
    if (document === undefined) return undefined
    const roles = new Map<UserId, Role>()
    for (const userId of userIds) {
      const own = document.roles.get(userId)
      const role = own === null ? undefined : greaterRole(own, document.linkRole)
      if (role !== undefined) roles.set(userId, role)
    }
    return { accessVersion: document.head.accessVersion, roles }
  }

  // --- the log ----------------------------------------------------------------------------------

  async open(documentId: DocumentId): Promise<OpenedLog | undefined> {
    const document = this.#live(documentId)
    if (document === undefined) return undefined
    const { snapshot } = document
    const head = readableHead(document)
    const snapshotSeq = snapshot?.throughSeq ?? 0
    return {
      ...head,
      snapshotSeq,
      snapshotVector: new Map(snapshot?.vector),
      snapshotBytes: snapshot?.bytes.byteLength ?? 0,
      snapshotStructs: snapshot?.structs ?? 0,
      tail: document.rows.filter((row) => row.seq > snapshotSeq && row.seq <= head.head).map(asRead),
      owners: new Map(document.owners),
    }
  }

  async append(documentId: DocumentId, expected: Head, rows: readonly NewRow[]): Promise<AppendOutcome> {
    const document = this.#live(documentId)
    if (document === undefined) return { status: 'gone' }
    const { head } = document
    const same =
      readableHead(document).damagedAfterMs === undefined &&
      head.epoch === expected.epoch &&
      head.head === expected.head &&
      head.check === expected.check &&
      head.accessVersion === expected.accessVersion
    if (!same || repeatsPush(document.pushes, rows))
      return { status: 'overtaken', head: readableHead(document), missed: missedRows(document, expected) }
    const at = this.#clock.now()
    for (const [index, { newClients, ...row }] of rows.entries()) {
      const stored = { ...row, seq: head.head + 1 + index, at }
      document.rows.push(stored)
      document.pushes.set(pushName(row), stored)
      for (const client of newClients) if (!document.owners.has(client)) document.owners.set(client, row.userId)
    }
    document.head = {
      ...head,
      head: head.head + rows.length,
      check: rows.at(-1)?.check ?? head.check,
      schemaVersion: Math.max(head.schemaVersion, expected.schemaVersion),
    }
    return { status: 'appended', fromSeq: head.head + 1, at }
  }

  async read(documentId: DocumentId, from: ResumeToken | undefined, maxBytes: number): Promise<LogSlice | undefined> {
    const document = this.#live(documentId)
    if (document === undefined) return undefined
    const continues = from !== undefined && belongs(document, from)
    const after = continues ? from.seq : 0
    const { snapshot } = document
    const head = readableHead(document)
    if (snapshot === undefined || (after > 0 && after >= firstKept(document) - 1)) {
      return { ...head, continues, rows: rowsWithin(document, after, maxBytes) }
    }
    const { throughSeq, check, bytes } = snapshot
    const rows = rowsWithin(document, throughSeq, maxBytes)
    return { ...head, continues, snapshot: { throughSeq, check, bytes }, rows }
  }

  async heads(documentIds: readonly DocumentId[]): Promise<ReadonlyMap<DocumentId, Head>> {
    const heads = new Map<DocumentId, Head>()
    for (const documentId of documentIds) {
      const document = this.#live(documentId)
      if (document !== undefined) heads.set(documentId, readableHead(document))
    }
    return heads
  }

  async findPush(
    documentId: DocumentId,
    push: { userId: UserId; replicaId: ReplicaId; pushId: number },
  ): Promise<{ seq: number; pushHash: string } | undefined> {
    const row = this.#documents.get(documentId)?.pushes.get(pushName(push))
    return row && { seq: row.seq, pushHash: row.pushHash }
  }

  async lastPushId(documentId: DocumentId, userId: UserId, replicaId: ReplicaId): Promise<number> {
    const rows = this.#documents.get(documentId)?.rows ?? []
    return rows.reduce(
      (last, row) => (row.userId === userId && row.replicaId === replicaId ? Math.max(last, row.pushId) : last),
      0,
    )
  }

  /** Merges the log through its head into a snapshot and drops the rows through `dropThroughSeq` (none beyond the snapshot). */
  compact(documentId: DocumentId, dropThroughSeq: number): void {
    const document = this.#existing(documentId)
    const { head, check } = document.head
    const snapshotSeq = document.snapshot?.throughSeq ?? 0
    const updates = document.rows.filter((row) => row.seq > snapshotSeq).map((row) => row.update)
    if (document.snapshot !== undefined) updates.unshift(document.snapshot.bytes)
    const bytes = Y.mergeUpdates(updates)
    const doc = new Y.Doc({ gc: false })
    Y.applyUpdate(doc, bytes)
    document.snapshot = {
      throughSeq: head,
      check,
      bytes,
      madeAt: this.#clock.now(),
      vector: Y.decodeStateVector(Y.encodeStateVectorFromUpdate(bytes)),
      structs: structsIn(doc),
    }
    for (const row of document.rows) if (row.seq <= dropThroughSeq) document.pushes.delete(pushName(row))
    document.rows = document.rows.filter((row) => row.seq > dropThroughSeq)
  }

  /** As if a bit of this row had been flipped on the disk: it and what comes after it cannot be read, unless a snapshot covers it. */
  damageRow(documentId: DocumentId, seq: number): void {
    const document = this.#existing(documentId)
    document.damagedSeq = Math.min(seq, document.damagedSeq ?? seq)
  }

  /** What an administrator does about it: what is readable goes on under another epoch. */
  repair(documentId: DocumentId, epoch: Epoch): void {
    const document = this.#existing(documentId)
    const { head } = readableHead(document)
    document.rows = document.rows.filter((row) => row.seq <= head)
    document.head = { ...document.head, head }
    document.damagedSeq = undefined
    this.compact(documentId, head)
    document.pushes.clear()
    const check = nextCheck(emptyCheck(epoch), document.snapshot?.bytes ?? new Uint8Array())
    document.head = { ...document.head, epoch, check }
    if (document.snapshot !== undefined) document.snapshot = { ...document.snapshot, check }
  }

  // ----------------------------------------------------------------------------------------------

  #live(documentId: DocumentId): MemoryDocument | undefined {
    const document = this.#documents.get(documentId)
    return document?.deleted === false ? document : undefined
  }

  #existing(documentId: DocumentId): MemoryDocument {
    const document = this.#live(documentId)
    if (document === undefined) throw new RangeError(`There is no document ${documentId}.`)
    return document
  }

  #accessChanged(document: MemoryDocument): void {
    document.head = { ...document.head, accessVersion: document.head.accessVersion + 1 }
  }
}

/** An overtaken append brings about this much of what it missed; the rest is read. */
const MISSED_BYTES = 256 * 1024

/** Nothing when what the caller expected is not of this history, or its rows are not kept: it reads anew. */
function missedRows(document: MemoryDocument, expected: Head): LogRow[] {
  const token: ResumeToken = { epoch: expected.epoch, seq: expected.head, check: expected.check }
  const kept = belongs(document, token) && token.seq >= firstKept(document) - 1
  return kept ? rowsWithin(document, token.seq, MISSED_BYTES) : []
}

/** The greater of two roles: somebody's own, and the one that the document's link gives to anybody. */
export function greaterRole(one: Role | undefined, other: Role | undefined): Role | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return ROLES.indexOf(one) >= ROLES.indexOf(other) ? one : other
}
