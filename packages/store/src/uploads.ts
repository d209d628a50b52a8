import { DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import type { Tables, UploadTable } from './tables.ts'

/** What was uploaded into a document. Its bytes are kept elsewhere, under `id`. */
export interface Upload {
  /** 32 hexadecimal digits, random. */
  readonly id: string
  readonly documentId: DocumentId
  readonly userId: UserId
  /** For people to read only. */
  readonly name: string
  readonly type: string
  readonly bytes: number
  /** Of a picture, in px; undefined: a file. */
  readonly size: { readonly width: number; readonly height: number } | undefined
  /** SHA-256 of its bytes, hex. */
  readonly hash: string
}

export type NewUpload = Upload

/** What all uploads of one person, and all of one document, may take up. */
export interface UploadQuota {
  readonly userBytes: number
  readonly documentBytes: number
  /** How many one person may have; each costs a row and a file, however small. */
  readonly userFiles: number
}

/**
 * The book of what was uploaded. A row is written before the bytes are put in their place and says so until they are
 * (`reserve`, `finish`), so nothing lies in the storage that no row knows. Durable when it resolves. Throws SyncError 'log-unavailable'.
 */
export class Uploads {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Resolves with which quota it would break, and then has written nothing; uploads on their way count. */
  async reserve(upload: NewUpload, quota: UploadQuota): Promise<keyof UploadQuota | undefined> {
    const [inserted] = await this.#database.write((tables) => [insertWithin(tables, rowOf(upload), this.#at(), quota)])
    if (inserted?.numAffectedRows === 1n) return undefined
    const { userId, documentId, bytes } = upload
    const used = await this.#database.read((tables) => usedBy(tables, userId, documentId).executeTakeFirstOrThrow())
    if (used.user_files >= quota.userFiles) return 'userFiles'
    return used.user_bytes + bytes > quota.userBytes ? 'userBytes' : 'documentBytes'
  }

  /** Its bytes are in their place: from here on it can be found. */
  async finish(id: string): Promise<void> {
    await this.#database.write((tables) => [
      tables.updateTable('upload').set({ stored_at: this.#at() }).where('id', '=', id),
    ])
  }

  /** Whose bytes are in their place, whatever became of its document. */
  async find(id: string): Promise<Upload | undefined> {
    const row = await this.#database.read((tables) =>
      tables
        .selectFrom('upload')
        .selectAll()
        .where('id', '=', id)
        .where('stored_at', 'is not', null)
        .executeTakeFirst(),
    )
    return row && uploadOf(row)
  }

  /** Forgets it. Its bytes have to be gone before. May be called twice. */
  async forget(id: string): Promise<void> {
    await this.#database.write((tables) => [tables.deleteFrom('upload').where('id', '=', id)])
  }

  /** Those that were begun so long ago and never finished. */
  async unfinished(olderThanMs: number): Promise<string[]> {
    const before = sql<number>`${this.#at()} - ${olderThanMs}`
    const rows = await this.#database.read((tables) =>
      tables
        .selectFrom('upload')
        .select('id')
        .where('stored_at', 'is', null)
        .where('created_at', '<=', before)
        .execute(),
    )
    return rows.map(({ id }) => id)
  }

  /** Documents that something was uploaded into, deleted ones too, and since when they are. */
  async documents(): Promise<{ documentId: DocumentId; isDeleted: boolean }[]> {
    const rows = await this.#database.read((tables) =>
      tables
        .selectFrom('upload as u')
        .leftJoin('document as d', 'd.id', 'u.document_id')
        .select(['u.document_id', 'd.deleted_at', 'd.id'])
        .distinct()
        .execute(),
    )
    return rows.map((row) => ({
      documentId: DocumentId.parse(row.document_id),
      isDeleted: row.id === null || row.deleted_at !== null,
    }))
  }

  /**
   * What a look into a document has found: all of its uploads but these are not in it. Those of which that was found
   * so long ago already are `old`, to be removed.
   */
  async markUnused(
    documentId: DocumentId,
    inUse: readonly string[],
    olderThanMs: number,
  ): Promise<{ old: string[]; young: number }> {
    const at = this.#at()
    const used = [...inUse, ''] // `in ()` is no SQL
    await this.#database.write((tables) => [
      tables
        .updateTable('upload')
        .set({ unused_since: null })
        .where('document_id', '=', documentId)
        .where('id', 'in', used),
      tables
        .updateTable('upload')
        .set({ unused_since: at })
        .where('document_id', '=', documentId)
        .where('stored_at', 'is not', null)
        .where('unused_since', 'is', null)
        .where('id', 'not in', used),
    ])
    const isOld = sql<number>`case when unused_since <= ${at} - ${olderThanMs} then 1 else 0 end`
    const rows = await this.#database.read((tables) =>
      tables
        .selectFrom('upload')
        .select(['id', isOld.as('is_old')])
        .where('document_id', '=', documentId)
        .where('unused_since', 'is not', null)
        .execute(),
    )
    const old = rows.filter(({ is_old }) => is_old === 1).map(({ id }) => id)
    return { old, young: rows.length - old.length }
  }

  #at() {
    return this.#database.now()
  }
}

type Row = Omit<UploadTable, 'created_at' | 'stored_at' | 'unused_since'>

function rowOf({ id, documentId, userId, name, type, bytes, size, hash }: NewUpload): Row {
  const { width = null, height = null } = size ?? {}
  return { id, document_id: documentId, user_id: userId, name, type, bytes, width, height, hash }
}

function uploadOf({ id, document_id, user_id, name, type, bytes, width, height, hash }: UploadTable): Upload {
  const size = width === null || height === null ? undefined : { width, height }
  return { id, documentId: document_id, userId: user_id, name, type, bytes, size, hash }
}

/** In one statement, so that of two at once one sees the other. (On PostgreSQL both may pass by as much as is on its way at once.) */
function insertWithin(tables: Kysely<Tables>, row: Row, at: ReturnType<Database['now']>, quota: UploadQuota) {
  const number = (value: number | null) => sql<number>`cast(${value} as bigint)`
  const text = (value: string) => sql<string>`cast(${value} as text)`
  const used = usedBy(tables, row.user_id, row.document_id).as('used')
  const values = tables
    .selectFrom(used)
    .select([
      text(row.id).as('id'),
      sql<DocumentId>`${text(row.document_id)}`.as('document_id'),
      sql<UserId>`${text(row.user_id)}`.as('user_id'),
      text(row.name).as('name'),
      text(row.type).as('type'),
      number(row.bytes).as('bytes'),
      number(row.width).as('width'),
      number(row.height).as('height'),
      text(row.hash).as('hash'),
      sql<number>`cast(${at} as bigint)`.as('created_at'),
    ])
    .where('used.user_files', '<', quota.userFiles)
    .where('used.user_bytes', '<=', quota.userBytes - row.bytes)
    .where('used.document_bytes', '<=', quota.documentBytes - row.bytes)
  return tables
    .insertInto('upload')
    .columns(['id', 'document_id', 'user_id', 'name', 'type', 'bytes', 'width', 'height', 'hash', 'created_at'])
    .expression(values)
}

function usedBy(tables: Kysely<Tables>, userId: UserId, documentId: DocumentId) {
  const sum = sql<number>`cast(coalesce(sum(bytes), 0) as bigint)`
  return tables
    .selectFrom(
      tables
        .selectFrom('upload')
        .select([sum.as('user_bytes'), sql<number>`count(*)`.as('user_files')])
        .where('user_id', '=', userId)
        .as('of_user'),
    )
    .innerJoin(
      tables
        .selectFrom('upload')
        .select(sum.as('document_bytes'))
        .where('document_id', '=', documentId)
        .as('of_document'),
      (join) => join.onTrue(),
    )
    .select(['user_bytes', 'user_files', 'document_bytes'])
}
