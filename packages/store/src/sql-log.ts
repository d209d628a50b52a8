import {
  emptyCheck,
  type AppendOutcome,
  type DocumentId,
  type Head,
  type LogSlice,
  type NewRow,
  type OpenedLog,
  type ReplicaId,
  type ResumeToken,
  type UpdateLog,
  type UserId,
} from '@tandem/sync'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import * as Y from 'yjs'
import type { Database } from './database.ts'
import { GroupCommit, type GroupWriter } from './group-commit.ts'
import {
  belongs,
  everyRowAfter,
  HEAD_COLUMNS,
  headOf,
  newestSnapshot,
  plainBytes,
  rowsAfter,
  type Life,
} from './log-reads.ts'
import { Damaged } from './storage-error.ts'
import type { Tables } from './tables.ts'

/** An overtaken append brings about this much of what it missed; the rest is read. */
const MISSED_BYTES = 256 * 1024

/**
 * The log in SQL. Reading is the same on SQLite and PostgreSQL and verifies every row's check; how a group of
 * appends is written is each dialect's own (`sqlite-append.ts`, `postgres-append.ts`).
 */
export class SqlLog implements UpdateLog {
  readonly #database: Database
  readonly #group: GroupCommit

  constructor(database: Database, write: GroupWriter) {
    this.#database = database
    this.#group = new GroupCommit(write)
  }

  async open(documentId: DocumentId): Promise<OpenedLog | undefined> {
    return this.#database.view(async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const snapshot = await newestVector(view, life)
      const after = { seq: snapshot?.throughSeq ?? 0, check: snapshot?.check ?? emptyCheck(head.epoch) }
      return {
        ...head,
        snapshotSeq: after.seq,
        snapshotVector: snapshot === undefined ? new Map() : Y.decodeStateVector(plainBytes(snapshot.vector)),
        snapshotBytes: snapshot?.bytes ?? 0,
        tail: await everyRowAfter(view, life, after, head.head),
        owners: await ownersOf(view, documentId),
      }
    })
  }

  /** `patient` asks for nothing more: both writers hold the document's lock when they compare. */
  async append(documentId: DocumentId, expected: Head, rows: readonly NewRow[]): Promise<AppendOutcome> {
    const written = await this.#group.append({ documentId, expected, rows })
    return written === undefined ? this.#refused(documentId, expected) : { status: 'appended', ...written }
  }

  async read(documentId: DocumentId, from: ResumeToken | undefined, maxBytes: number): Promise<LogSlice | undefined> {
    return this.#database.view(async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const continues = from !== undefined && (await belongs(view, documentId, head, from))
      const options = { head: head.head, maxBytes }
      if (continues && from.seq > 0) {
        const rows = await rowsAfter(view, life, from, options).catch(unlessDamaged)
        if (rows !== undefined) return { ...head, continues, rows }
      }
      const snapshot = await newestSnapshot(view, life)
      const after = { seq: snapshot?.throughSeq ?? 0, check: snapshot?.check ?? emptyCheck(head.epoch) }
      const rows = await rowsAfter(view, life, after, options)
      if (rows === undefined) throw new Damaged(documentId, `row ${after.seq + 1} of its log is missing`)
      return { ...head, continues, ...(snapshot && { snapshot }), rows }
    })
  }

  async heads(documentIds: readonly DocumentId[]): Promise<ReadonlyMap<DocumentId, Head>> {
    if (documentIds.length === 0) return new Map()
    const rows = await this.#database.read((database) =>
      database
        .selectFrom('document')
        .select(['id', ...HEAD_COLUMNS])
        .where(oneOf(this.#database, documentIds))
        .where('deleted_at', 'is', null)
        .execute(),
    )
    return new Map(rows.map(({ id, ...head }) => [id, head]))
  }

  /** Looks at the document's present life, as far back as rows are kept; it answers for a deleted document too. */
  async findPush(
    documentId: DocumentId,
    push: { userId: UserId; replicaId: ReplicaId; pushId: number },
  ): Promise<{ seq: number; pushHash: string } | undefined> {
    return this.#database.read((database) =>
      pushesOf(database, documentId, push.userId, push.replicaId)
        .select(['seq', 'push_hash as pushHash'])
        .where('push_id', '=', push.pushId)
        .executeTakeFirst(),
    )
  }

  async lastPushId(documentId: DocumentId, userId: UserId, replicaId: ReplicaId): Promise<number> {
    const row = await this.#database.read((database) =>
      pushesOf(database, documentId, userId, replicaId)
        .select('push_id as pushId')
        .orderBy('push_id', 'desc')
        .limit(1)
        .executeTakeFirst(),
    )
    return row?.pushId ?? 0
  }

  async #refused(documentId: DocumentId, expected: Head): Promise<AppendOutcome> {
    return this.#database.view(async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return { status: 'gone' }
      const token = { epoch: expected.epoch, seq: expected.head, check: expected.check }
      const life = { documentId, epoch: head.epoch }
      const options = { head: head.head, maxBytes: MISSED_BYTES }
      // What the caller expected may be of another history, or its rows not kept: then it reads anew.
      const missed = (await belongs(view, documentId, head, token)) ? await rowsAfter(view, life, token, options) : []
      return { status: 'overtaken', head, missed: missed ?? [] }
    })
  }
}

/** Rows that are damaged are as good as rows that are not kept: a snapshot may stand for them. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof Damaged)) throw error
  return undefined
}

async function newestVector(view: Kysely<Tables>, { documentId, epoch }: Life) {
  return view
    .selectFrom('snapshot')
    .select(['through_seq as throughSeq', 'check', 'vector', sql<number>`length(bytes)`.as('bytes')])
    .where('document_id', '=', documentId)
    .where('epoch', '=', epoch)
    .orderBy('through_seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function ownersOf(view: Kysely<Tables>, documentId: DocumentId): Promise<ReadonlyMap<number, UserId>> {
  const rows = await view
    .selectFrom('client_id')
    .select(['client_id', 'user_id'])
    .where('document_id', '=', documentId)
    .execute()
  return new Map(rows.map((row) => [row.client_id, row.user_id]))
}

function pushesOf(database: Kysely<Tables>, documentId: DocumentId, userId: UserId, replicaId: ReplicaId) {
  return database
    .selectFrom('log_row')
    .where('document_id', '=', documentId)
    .where('epoch', '=', (of) => of.selectFrom('document').select('epoch').where('id', '=', documentId))
    .where('user_id', '=', userId)
    .where('replica_id', '=', replicaId)
}

/** One parameter for any number of ids. */
function oneOf({ dialect }: Database, documentIds: readonly DocumentId[]): RawBuilder<boolean> {
  return dialect === 'sqlite'
    ? sql<boolean>`id in (select value from json_each(${JSON.stringify(documentIds)}))`
    : sql<boolean>`id = any(${documentIds}::text[])`
}
