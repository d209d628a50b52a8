import { LIMITS, SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Database } from './database.ts'
import { changeDocument, live } from './document-writes.ts'
import type { AskedRole, Tables } from './tables.ts'

/** What somebody asks a document's owner for. Times in ms since 1970. */
export interface AccessRequest {
  readonly role: AskedRole
  readonly at: number
}

/**
 * People who ask to be let into a document, or to do more in it than they may. It gives nothing: the owner does (`Sharing.setRole`),
 * and whatever gives them as much ends the request. Throws SyncError 'unknown-document', 'log-unavailable'.
 */
export class AccessRequests {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * One request a person, replaced by the next. Throws SyncError 'not-allowed' for who was shut out, 'bad-input' when
   * LIMITS.documentRequests people ask already.
   */
  async ask(documentId: DocumentId, userId: UserId, role: AskedRole): Promise<void> {
    const at = this.#database.now()
    const [, , asked] = await changeDocument(this.#database, documentId, (tables) => [
      // Changes nothing: it holds the row, so that nobody is shut out between the look and the request.
      live(tables, documentId)
        .where('importing_since', 'is', null)
        .set((document) => ({ title: document.ref('title') })),
      answered(tables, documentId),
      tables
        .insertInto('access_request')
        .columns(['document_id', 'user_id', 'role', 'at'])
        .expression(
          tables
            .selectFrom('document')
            .select(['id', sql<UserId>`${userId}`.as('user_id'), sql<AskedRole>`${role}`.as('role'), at.as('at')])
            .where('id', '=', documentId)
            .where('deleted_at', 'is', null)
            .where((is) => is.not(is.exists(shutOut(tables, documentId, userId).select('user_id'))))
            .where(hasRoomFor(tables, documentId, userId)),
        )
        .onConflict((conflict) => conflict.columns(['document_id', 'user_id']).doUpdateSet({ role, at })),
    ])
    if (asked?.numAffectedRows !== 0n) return
    const isShutOut = await this.#database.read((tables) =>
      shutOut(tables, documentId, userId).select('user_id').executeTakeFirst(),
    )
    throw isShutOut ? removed() : tooMany()
  }

  /** What this person asks for and has not been given; undefined: nothing. */
  async find(documentId: DocumentId, userId: UserId): Promise<AccessRequest | undefined> {
    return this.#database.read((tables) =>
      openRequests(tables)
        .select(['r.role', 'r.at'])
        .where('r.document_id', '=', documentId)
        .where('r.user_id', '=', userId)
        .executeTakeFirst(),
    )
  }

  /** Taken back, or declined. May be called twice. */
  async end(documentId: DocumentId, userId: UserId): Promise<void> {
    await this.#database.write((tables) => [endRequest(tables, documentId, userId)])
  }
}

/** What this person asked for, whatever has become of it. */
export function endRequest(tables: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  return tables.deleteFrom('access_request').where('document_id', '=', documentId).where('user_id', '=', userId)
}

/** What somebody asked for who has a row of their own in the document by now, in the transaction that may have written it. */
export function endAnswered(tables: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  const own = tables
    .selectFrom('document_access')
    .select('user_id')
    .where('document_id', '=', documentId)
    .where('user_id', '=', userId)
  return endRequest(tables, documentId, userId).where((is) => is.exists(own))
}

/** Those that an address or an invite link has answered: they take nobody's place. */
function answered(tables: Kysely<Tables>, documentId: DocumentId) {
  const open = openRequests(tables)
    .select('r.user_id')
    .whereRef('r.document_id', '=', sql.ref('access_request.document_id'))
    .whereRef('r.user_id', '=', sql.ref('access_request.user_id'))
  return tables
    .deleteFrom('access_request')
    .where('document_id', '=', documentId)
    .where((is) => is.not(is.exists(open)))
}

/** Requests `r` of those who may not do so much yet, whichever way they came to what they may do. */
export function openRequests(tables: Kysely<Tables>) {
  return tables
    .selectFrom('access_request as r')
    .innerJoin('document as asked', 'asked.id', 'r.document_id')
    .leftJoin('document_access as o', (join) =>
      join.onRef('o.document_id', '=', 'r.document_id').onRef('o.user_id', '=', 'r.user_id'),
    )
    .where((is) => is('asked.owner_id', '!=', is.ref('r.user_id')))
    .where(sql<boolean>`(o.user_id is null or o.role is not null)`)
    .where(sql<boolean>`not (${isEnough(sql.ref('o.role'))} or ${isEnough(sql.ref('asked.link_role'))})`)
}

/** How many open requests there are to the document whose id this is, in the query around it. */
export function requestCount(tables: Kysely<Tables>, documentId: RawBuilder<unknown>): RawBuilder<number> {
  const counted = openRequests(tables).select((is) => is.fn.countAll<number>().as('count'))
  return sql<number>`(${counted.where(sql<boolean>`r.document_id = ${documentId}`)})`
}

/** A role that nobody has is not. */
function isEnough(role: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`(${role} is not null and (${role} = 'editor' or r.role = 'viewer'))`
}

function shutOut(tables: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  return tables
    .selectFrom('document_access')
    .where('document_id', '=', documentId)
    .where('user_id', '=', userId)
    .where('role', 'is', null)
}

/** A request of theirs, or a place for one more. */
function hasRoomFor(tables: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  const requests = tables.selectFrom('access_request').where('document_id', '=', documentId)
  return sql<boolean>`(${requests.select((is) => is.fn.countAll<number>().as('count'))} < ${LIMITS.documentRequests}
    or exists ${requests.select('user_id').where('user_id', '=', userId)})`
}

function removed(): SyncError {
  return new SyncError('not-allowed', 'You were removed from this document. Only its owner can let you in again.')
}

function tooMany(): SyncError {
  return new SyncError(
    'bad-input',
    `${LIMITS.documentRequests} people ask for access to this document already (LIMITS.documentRequests). Write to its owner.`,
  )
}
