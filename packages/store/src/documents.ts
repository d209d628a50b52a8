import { randomBytes } from 'node:crypto'
import { DocumentId, emptyCheck, Epoch, LIMITS, SyncError, type Role, type UserId } from '@tandem/sync'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { requestCount } from './access-requests.ts'
import type { Database } from './database.ts'
import { accessChange, changeDocument, live, unknownDocument } from './document-writes.ts'
import { listedAgain, putBackOnList, takeOffList } from './own-list.ts'
import { ownRoleOf, roleOf } from './sql-access.ts'
import { addStar, removeStar } from './stars.ts'
import type { Tables } from './tables.ts'
import { removeUnfinished } from './unfinished-imports.ts'

/** A document as a list shows it to one person. */
export interface DocumentSummary {
  readonly id: DocumentId
  readonly title: string
  readonly ownerId: UserId
  /** Null when there is no such account any more. */
  readonly ownerName: string | null
  readonly role: Role
  readonly createdAt: number
  /** The last edit or rename, ms. */
  readonly updatedAt: number
  readonly editedAt: number | null
  readonly schemaVersion: number
  /** By this person. */
  readonly isStarred: boolean
  /** How many people ask for access; 0 to all but the owner. */
  readonly requests: number
}

export interface DocumentPage {
  readonly documents: readonly DocumentSummary[]
  /** Hand it back for the next page; undefined: this was the last. */
  readonly nextCursor: string | undefined
}

export interface WantedPage {
  /** At most 100. */
  readonly limit: number
  readonly cursor?: string | undefined
  readonly onlyStarred?: boolean
}

export interface NewDocument {
  readonly title: string
  readonly ownerId: UserId
  readonly schemaVersion: number
}

const UNTITLED = 'Untitled'
const PAGE_LIMIT = 100

/**
 * What the product does with documents. Changes are durable when they resolve. Throws SyncError: 'bad-input' for
 * what cannot be stored, 'unknown-document' when there is none (or it was deleted), 'log-unavailable'.
 */
export class Documents {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** A new document with an empty log. Whoever has its link may edit it. */
  async create(options: NewDocument): Promise<DocumentSummary> {
    const document = emptyDocument(options, this.#database.now())
    await this.#database.write((database) => [database.insertInto('document').values(document)])
    return this.get(document.id, options.ownerId)
  }

  /**
   * A new document that is being filled: appends to it succeed; it is in no list, `get` does not know it, and nobody but the caller is
   * told its id before `finishImport`. If that never comes (its node was killed), `removeUnfinished` takes it away.
   */
  async beginImport(options: NewDocument): Promise<DocumentId> {
    const at = this.#database.now()
    const document = { ...emptyDocument(options, at), importing_since: at }
    await this.#database.write((database) => [database.insertInto('document').values(document)])
    return document.id
  }

  /** From here on it is a document like any other, with all that was appended. */
  async finishImport(documentId: DocumentId, ownerId: UserId): Promise<DocumentSummary> {
    await changeDocument(this.#database, documentId, (database) => [
      live(database, documentId).where('importing_since', 'is not', null).set({ importing_since: null }),
    ])
    return this.get(documentId, ownerId)
  }

  /** Takes away imports that began so long ago and never finished, with their rows. Resolves with how many. May be called again and again. */
  removeUnfinished(olderThanMs: number): Promise<number> {
    return removeUnfinished(this.#database, olderThanMs)
  }

  /** Throws 'unknown-document' also to somebody who may not open it: what exists is not told. */
  async get(documentId: DocumentId, userId: UserId): Promise<DocumentSummary> {
    const row = await this.#database.read((database) =>
      summaries(database, userId).where('d.id', '=', documentId).executeTakeFirst(),
    )
    const summary = row && summaryFor(userId, row)
    if (summary === undefined) throw unknownDocument(documentId)
    return summary
  }

  /** Mine, and those I was given a role in, have opened or starred, but for what I took off the list; the newest activity first. */
  async list(userId: UserId, page: WantedPage): Promise<DocumentPage> {
    const limit = Math.max(1, Math.min(page.limit, PAGE_LIMIT))
    const after = page.cursor === undefined ? undefined : readCursor(page.cursor)
    const rows = await this.#database.read((database) => {
      const mine = summaries(database, userId).where((is) =>
        is.or([
          is('d.owner_id', '=', userId),
          is.and([
            is('o.at', 'is', null),
            is.or([
              is('a.role', 'is not', null),
              is.and([
                is.or([is('v.at', 'is not', null), is('s.at', 'is not', null)]),
                is('d.link_role', 'is not', null),
                is('a.user_id', 'is', null),
              ]),
            ]),
          ]),
        ]),
      )
      const wanted = page.onlyStarred ? mine.where('s.at', 'is not', null) : mine
      const rest = after ? wanted.where(sql<boolean>`(d.updated_at, d.id) < (${after.updatedAt}, ${after.id})`) : wanted
      return rest
        .orderBy('d.updated_at', 'desc')
        .orderBy('d.id', 'desc')
        .limit(limit + 1)
        .execute()
    })
    const documents = rows.slice(0, limit).flatMap((row) => summaryFor(userId, row) ?? [])
    const last = documents.at(-1)
    return { documents, nextCursor: rows.length > limit && last ? writeCursor(last) : undefined }
  }

  /** Returns the title as it was stored: without control characters, trimmed, never empty. */
  async rename(documentId: DocumentId, title: string): Promise<string> {
    const clean = cleanTitle(title)
    await changeDocument(this.#database, documentId, (database) => [
      live(database, documentId).set({ title: clean, updated_at: this.#database.now() }),
    ])
    return clean
  }

  /** Puts the document into this person's list, also when they had taken it off, and remembers when it was last opened. */
  async recordVisit(documentId: DocumentId, userId: UserId): Promise<void> {
    const at = this.#database.now()
    await this.#database.write((database) => [
      database
        .insertInto('document_visit')
        .values({ document_id: documentId, user_id: userId, at })
        .onConflict((conflict) => conflict.columns(['user_id', 'document_id']).doUpdateSet({ at })),
      listedAgain(database, documentId, userId),
    ])
  }

  /** Who has no access, or too many stars (LIMITS.starsPerUser), is refused with 'bad-input'. May be called twice. */
  async setStar(documentId: DocumentId, userId: UserId, { isStarred }: { isStarred: boolean }): Promise<void> {
    await (isStarred ? addStar : removeStar)(this.#database, documentId, userId)
  }

  /**
   * Takes it off this person's list, and their star with it, or puts it back; their role stays what it is. Opened, starred or given a role
   * in anew it comes back by itself. What one owns is always listed: taking it off is refused with 'bad-input'. May be called twice.
   */
  async setListed(documentId: DocumentId, userId: UserId, { isListed }: { isListed: boolean }): Promise<void> {
    await (isListed ? putBackOnList : takeOffList)(this.#database, documentId, userId)
  }

  /** From here on it is gone for everybody, and appends on their way are refused. Its log stays; nobody's star or request does. */
  async delete(documentId: DocumentId): Promise<void> {
    await changeDocument(this.#database, documentId, (database) => [
      accessChange(database, documentId).set({ deleted_at: this.#database.now() }),
      database.deleteFrom('document_star').where('document_id', '=', documentId),
      database.deleteFrom('document_unlisted').where('document_id', '=', documentId),
      database.deleteFrom('access_request').where('document_id', '=', documentId),
    ])
  }
}

function summaries(database: Kysely<Tables>, userId: UserId) {
  return database
    .selectFrom('document as d')
    .leftJoin('user as u', 'u.id', 'd.owner_id')
    .leftJoin('document_access as a', (join) => join.onRef('a.document_id', '=', 'd.id').on('a.user_id', '=', userId))
    .leftJoin('document_visit as v', (join) => join.onRef('v.document_id', '=', 'd.id').on('v.user_id', '=', userId))
    .leftJoin('document_star as s', (join) => join.onRef('s.document_id', '=', 'd.id').on('s.user_id', '=', userId))
    .leftJoin('document_unlisted as o', (join) => join.onRef('o.document_id', '=', 'd.id').on('o.user_id', '=', userId))
    .select(['d.id', 'd.title', 'd.owner_id', 'd.link_role', 'd.created_at', 'd.updated_at', 'd.edited_at'])
    .select(['d.schema_version', 'u.name as owner_name', 'a.role as own_role', 'a.user_id as own_user_id'])
    .select('s.at as starred_at')
    .select(
      sql<number>`case when d.owner_id = ${userId} then ${requestCount(database, sql.ref('d.id'))} else 0 end`.as(
        'requests',
      ),
    )
    .where('d.deleted_at', 'is', null)
    .where('d.importing_since', 'is', null)
}

type SummaryRow = Awaited<ReturnType<ReturnType<typeof summaries>['executeTakeFirstOrThrow']>>

/** Undefined when this person may not open it. */
function summaryFor(userId: UserId, row: SummaryRow): DocumentSummary | undefined {
  const role = roleOf(userId, { ...row, own_role: ownRoleOf(row) })
  if (role === undefined) return undefined
  return {
    id: row.id,
    title: row.title,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    role,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    editedAt: row.edited_at,
    schemaVersion: row.schema_version,
    isStarred: row.starred_at !== null,
    requests: row.requests,
  }
}

function emptyDocument({ title, ownerId, schemaVersion }: NewDocument, at: RawBuilder<number>) {
  const epoch = Epoch.parse(freshId())
  return {
    id: DocumentId.parse(freshId()),
    title: cleanTitle(title),
    owner_id: ownerId,
    epoch,
    head: 0,
    head_check: emptyCheck(epoch),
    access_version: 1,
    schema_version: schemaVersion,
    link_role: 'editor',
    bytes: 0,
    created_at: at,
    updated_at: at,
  } as const
}

/** 128 random bits, base64url. */
export function freshId(): string {
  return randomBytes(16).toString('base64url')
}

function cleanTitle(title: string): string {
  if (title.length > LIMITS.titleLength) {
    throw new SyncError(
      'bad-input',
      `A title of ${title.length} characters; the limit is ${LIMITS.titleLength} (LIMITS.titleLength). Use a shorter one.`,
    )
  }
  // PostgreSQL refuses a NUL, and no control character belongs in a line of text.
  return (
    title
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim() || UNTITLED
  )
}

function writeCursor({ updatedAt, id }: DocumentSummary): string {
  return `${updatedAt}.${id}`
}

function readCursor(cursor: string): { updatedAt: number; id: string } {
  const [, updatedAt, id] = /^(\d{1,15})\.([A-Za-z0-9_-]{1,64})$/.exec(cursor) ?? []
  if (updatedAt === undefined || id === undefined) {
    throw new SyncError('bad-input', 'That is not the cursor of a list. Ask for the first page.')
  }
  return { updatedAt: Number(updatedAt), id }
}
