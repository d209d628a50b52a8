import {
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
import { belongs, everyRowAfter, isSealed, rowsAfter, SEALED_COLUMNS, sealedRow } from './log-reads.ts'
import { quarantine, type DamageFound } from './quarantine.ts'
import { newestSnapshot, newestVector, placeAfter } from './snapshots.ts'
import { Damaged } from './storage-error.ts'
import { HEAD_COLUMNS, headOf, readableHead } from './stored-head.ts'
import type { Tables } from './tables.ts'

/** An overtaken append brings about this much of what it missed; the rest is read. */
const MISSED_BYTES = 256 * 1024
/** What was damaged first may hide what is damaged before it. */
const ATTEMPTS = 3

/**
 * The log in SQL. Reading is the same on SQLite and PostgreSQL and verifies every row's check and seal; how a group of
 * appends is written is each dialect's own (`sqlite-append.ts`, `postgres-append.ts`). A log that is found damaged is
 * marked, and from then on ends before the damage (`quarantine.ts`).
 */
export class SqlLog implements UpdateLog {
  readonly #database: Database
  readonly #group: GroupCommit
  readonly #onDamage: (damage: DamageFound) => void

  /** `onDamage` is called once for a document that this instance puts into quarantine. */
  constructor(database: Database, write: GroupWriter, onDamage: (damage: DamageFound) => void = () => undefined) {
    this.#database = database
    this.#group = new GroupCommit(write)
    this.#onDamage = onDamage
  }

  async open(documentId: DocumentId): Promise<OpenedLog | undefined> {
    return this.#view(documentId, async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const snapshot = await newestVector(view, life, head.head)
      const after = placeAfter(snapshot, head.epoch)
      const tail = await everyRowAfter(view, life, after, head.head)
      const last = tail.at(-1) ?? after
      if (last.seq !== head.head || last.check !== head.check)
        throw new Damaged(documentId, `row ${last.seq} is not the one that its head names`)
      return {
        ...head,
        snapshotSeq: after.seq,
        snapshotVector: snapshot === undefined ? new Map() : Y.decodeStateVector(snapshot.vector),
        snapshotBytes: snapshot?.bytes ?? 0,
        snapshotStructs: snapshot?.structs ?? 0,
        tail,
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
    return this.#view(documentId, async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const continues = from !== undefined && (await belongs(view, documentId, head, from))
      const options = { head: head.head, maxBytes }
      if (continues && from.seq > 0) {
        const rows = await rowsAfter(view, life, from, options).catch(unlessDamaged)
        if (rows !== undefined) return { ...head, continues, rows }
      }
      const good = await newestSnapshot(view, life, { throughSeq: head.head })
      const after = placeAfter(good, head.epoch)
      const rows = await rowsAfter(view, life, after, options)
      if (rows === undefined) throw new Damaged(documentId, `row ${after.seq + 1} of its log is missing`)
      const snapshot = good && { throughSeq: good.throughSeq, check: good.check, bytes: good.bytes }
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
    return new Map(rows.map(({ id, ...stored }) => [id, readableHead(stored)]))
  }

  /** Looks at the document's present life, as far back as rows are kept; it answers for a deleted document too. */
  async findPush(
    documentId: DocumentId,
    push: { userId: UserId; replicaId: ReplicaId; pushId: number },
  ): Promise<{ seq: number; pushHash: string } | undefined> {
    const found = await this.#database.read((database) =>
      pushesOf(database, documentId, push.userId, push.replicaId)
        .select(SEALED_COLUMNS)
        .where('push_id', '=', push.pushId)
        .orderBy('seq', 'desc')
        .limit(1)
        .executeTakeFirst(),
    )
    if (found === undefined) return undefined
    if (isSealed(sealedRow(found))) return { seq: found.seq, pushHash: found.pushHash }
    // Whose push it was cannot be said any more. Its bytes can be: the update brings nothing new, or the log is damaged.
    await this.#quarantine(documentId)
    return undefined
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

  /** Asks the question again when it met damage: by then the log ends before that. */
  async #view<Result>(documentId: DocumentId, work: (view: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#database.view(work)
      } catch (error) {
        if (!(error instanceof Damaged) || attempt === ATTEMPTS) throw error
      }
      await this.#quarantine(documentId)
    }
  }

  async #quarantine(documentId: DocumentId): Promise<void> {
    const damage = await quarantine(this.#database, documentId)
    if (damage !== undefined) this.#onDamage(damage)
  }

  async #refused(documentId: DocumentId, expected: Head): Promise<AppendOutcome> {
    return this.#view(documentId, async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined) return { status: 'gone' }
      const token = { epoch: expected.epoch, seq: expected.head, check: expected.check }
      const life = { documentId, epoch: head.epoch }
      const options = { head: head.head, maxBytes: MISSED_BYTES }
      // What the caller expected may be of another history, or its rows not kept: then it reads anew.
      const missed = (await belongs(view, documentId, head, token))
        ? await rowsAfter(view, life, token, options).catch(unlessDamaged)
        : []
      return { status: 'overtaken', head, missed: missed ?? [] }
    })
  }
}

/** Rows that are damaged are as good as rows that are not kept: a snapshot may stand for them. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof Damaged)) throw error
  return undefined
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
