import { SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import { AccessRequests, endAnswered, endRequest, openRequests, type AccessRequest } from './access-requests.ts'
import type { Database } from './database.ts'
import { accessChange, changeDocument, hasRoomFor, tooManyPeople, unknownDocument } from './document-writes.ts'
import { InviteLinks, type InviteLink } from './invite-links.ts'
import { listedAgain } from './own-list.ts'
import { roleOf } from './sql-access.ts'
import { dropLostStars } from './stars.ts'
import type { GivenRole, Tables } from './tables.ts'

export interface Person {
  readonly userId: UserId
  /** Null when there is no such account any more. */
  readonly name: string | null
  /** Known by one browser alone. */
  readonly isGuest: boolean
}

export interface Member extends Person {
  readonly role: GivenRole
}

/** Somebody who asks for a role. */
export interface Asker extends Person, AccessRequest {}

/** Who may open a document, and why. */
export interface Shared {
  readonly owner: Person
  /** What anybody who has the address may do; null: nothing. */
  readonly linkRole: GivenRole | null
  /** Those who were given a role, by name. */
  readonly members: readonly Member[]
  /** Those who opened it by its address and have nothing of their own; who came last first, at most 100. */
  readonly visitors: readonly Person[]
  /** Those whom neither address nor invite link lets in. */
  readonly shutOut: readonly Person[]
  /** Who asked first, first. */
  readonly requests: readonly Asker[]
  readonly invites: readonly InviteLink[]
}

const SHOWN_VISITORS = 100

/**
 * Who may do what in a document. Every change raises the access version in its own transaction, so whatever is not in the log by then is
 * judged anew; tell the rooms afterwards (`Rooms.accessChanged`). Throws SyncError 'unknown-document', 'log-unavailable'.
 */
export class Sharing {
  readonly invites: InviteLinks
  readonly requests: AccessRequests
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    this.invites = new InviteLinks(database)
    this.requests = new AccessRequests(database)
  }

  /** All of it as of one moment. */
  async read(documentId: DocumentId): Promise<Shared> {
    return this.#database.view(async (database) => {
      const document = await database
        .selectFrom('document as d')
        .leftJoin('user as u', 'u.id', 'd.owner_id')
        .select(['d.owner_id as user_id', 'd.link_role', 'u.name', 'u.isAnonymous'])
        .where('d.id', '=', documentId)
        .where('d.deleted_at', 'is', null)
        .executeTakeFirst()
      if (document === undefined) throw unknownDocument(documentId)
      const people = await withRows(database, documentId, document.user_id)
      return {
        owner: person(document),
        linkRole: document.link_role,
        members: people.flatMap((row) => (row.role === null ? [] : [{ ...person(row), role: row.role }])),
        visitors: (await visitors(database, documentId, document.user_id)).map(person),
        shutOut: people.filter(({ role }) => role === null).map(person),
        requests: (await askers(database, documentId)).map((row) => ({ ...person(row), role: row.role, at: row.at })),
        invites: await this.invites.list(database, documentId),
      }
    })
  }

  /** Throws SyncError 'unknown-document'. */
  async ownerOf(documentId: DocumentId): Promise<UserId> {
    const found = await this.#database.read((database) =>
      database
        .selectFrom('document')
        .select('owner_id')
        .where('id', '=', documentId)
        .where('deleted_at', 'is', null)
        .executeTakeFirst(),
    )
    if (found === undefined) throw unknownDocument(documentId)
    return found.owner_id
  }

  /** Whether this person has a place in `read`: opened the document once, was given a role, was shut out, or asks for one. */
  async knows(documentId: DocumentId, userId: UserId): Promise<boolean> {
    const found = await this.#database.read((database) =>
      database
        .selectFrom('document as d')
        .select('d.id')
        .where('d.id', '=', documentId)
        .where((is) => {
          const of = <Table extends 'document_access' | 'document_visit' | 'access_request'>(table: Table) =>
            is.exists(
              is
                .selectFrom(table as 'document_visit')
                .select('user_id')
                .where('document_id', '=', documentId)
                .where('user_id', '=', userId),
            )
          return is.or([of('document_access'), of('document_visit'), of('access_request')])
        })
        .executeTakeFirst(),
    )
    return found !== undefined
  }

  /** Whether it is the document's link alone that lets this person in: neither the owner nor given a role. False for who may not open it. */
  async comesByLink(documentId: DocumentId, userId: UserId): Promise<boolean> {
    const row = await this.#database.read((database) =>
      database
        .selectFrom('document as d')
        .leftJoin('document_access as a', (join) =>
          join.onRef('a.document_id', '=', 'd.id').on('a.user_id', '=', userId),
        )
        .select(['d.owner_id', 'd.link_role', 'a.user_id as own_user_id'])
        .where('d.id', '=', documentId)
        .where('d.deleted_at', 'is', null)
        .executeTakeFirst(),
    )
    if (row === undefined || row.own_user_id !== null) return false
    return roleOf(userId, { ...row, own_role: undefined }) !== undefined && userId !== row.owner_id
  }

  /**
   * Gives a role, also to who was shut out; undefined takes it away, and what the link gives stays. Either answers what they asked for.
   * The owner remains the owner whatever this says. Throws SyncError 'bad-input' beyond LIMITS.documentPeople.
   */
  async setRole(documentId: DocumentId, userId: UserId, role: GivenRole | undefined): Promise<void> {
    if (role !== undefined) return this.#write(documentId, userId, role)
    await changeDocument(this.#database, documentId, (database) => [
      accessChange(database, documentId),
      database.deleteFrom('document_access').where('document_id', '=', documentId).where('user_id', '=', userId),
      endRequest(database, documentId, userId),
      dropLostStars(database, documentId),
    ])
  }

  /** Takes everything away from this person, and what the address or an invite link gives to anybody, too. Until `setRole`. */
  async shutOut(documentId: DocumentId, userId: UserId): Promise<void> {
    await this.#write(documentId, userId, null)
  }

  /** What anybody who has the address may do; undefined: nothing. */
  async setLinkRole(documentId: DocumentId, role: GivenRole | undefined): Promise<void> {
    await changeDocument(this.#database, documentId, (database) => [
      accessChange(database, documentId).set({ link_role: role ?? null }),
      dropLostStars(database, documentId),
    ])
  }

  /** Hands the document on to somebody with a role in it; `from` stays as an editor. Throws SyncError 'bad-input' when `to` has none, or `from` is not the owner. */
  async handOn(documentId: DocumentId, { from, to }: { from: UserId; to: UserId }): Promise<void> {
    const [changed] = await this.#database.write((database) => {
      const isMember = database
        .selectFrom('document_access')
        .select('user_id')
        .where('document_id', '=', documentId)
        .where('user_id', '=', to)
        .where('role', 'is not', null)
      const isHandedOn = database
        .selectFrom('document')
        .select('id')
        .where('id', '=', documentId)
        .where('owner_id', '=', to)
      return [
        accessChange(database, documentId)
          .set({ owner_id: to })
          .where('owner_id', '=', from)
          .where((is) => is.exists(isMember)),
        database
          .deleteFrom('document_access')
          .where('document_id', '=', documentId)
          .where('user_id', '=', to)
          .where((is) => is.exists(isHandedOn)),
        listedAgain(database, documentId, to).where((is) => is.exists(isHandedOn)),
        database
          .insertInto('document_access')
          .columns(['document_id', 'user_id', 'role'])
          .expression(isHandedOn.select([sql<UserId>`${from}`.as('user_id'), sql<GivenRole>`'editor'`.as('role')]))
          .onConflict((conflict) => conflict.columns(['document_id', 'user_id']).doUpdateSet({ role: 'editor' })),
      ]
    })
    if (changed?.numAffectedRows === 0n)
      throw new SyncError('bad-input', 'A document can be handed on to somebody who has a role in it, by its owner.')
  }

  async #write(documentId: DocumentId, userId: UserId, role: GivenRole | null): Promise<void> {
    const [, written] = await changeDocument(this.#database, documentId, (database) => [
      accessChange(database, documentId),
      database
        .insertInto('document_access')
        .columns(['document_id', 'user_id', 'role'])
        .expression(
          database
            .selectFrom('document')
            .select(['id', sql<UserId>`${userId}`.as('user_id'), sql<GivenRole>`${role}`.as('role')])
            .where('id', '=', documentId)
            .where('deleted_at', 'is', null)
            .where(hasRoomFor(database, documentId, userId)),
        )
        .onConflict((conflict) => conflict.columns(['document_id', 'user_id']).doUpdateSet({ role })),
      endAnswered(database, documentId, userId),
      dropLostStars(database, documentId),
      listedAgain(database, documentId, userId), // no news to who was shut out: they begin anew if they are let in again
    ])
    if (written?.numAffectedRows === 0n) throw tooManyPeople()
  }
}

function withRows(database: Kysely<Tables>, documentId: DocumentId, ownerId: UserId) {
  return database
    .selectFrom('document_access as a')
    .leftJoin('user as u', 'u.id', 'a.user_id')
    .select(['a.user_id', 'a.role', 'u.name', 'u.isAnonymous'])
    .where('a.document_id', '=', documentId)
    .where('a.user_id', '!=', ownerId)
    .orderBy('u.name')
    .orderBy('a.user_id')
    .execute()
}

function visitors(database: Kysely<Tables>, documentId: DocumentId, ownerId: UserId) {
  return database
    .selectFrom('document_visit as v')
    .leftJoin('user as u', 'u.id', 'v.user_id')
    .leftJoin('document_access as a', (join) =>
      join.onRef('a.document_id', '=', 'v.document_id').onRef('a.user_id', '=', 'v.user_id'),
    )
    .select(['v.user_id', 'u.name', 'u.isAnonymous'])
    .where('v.document_id', '=', documentId)
    .where('v.user_id', '!=', ownerId)
    .where('a.user_id', 'is', null)
    .orderBy('v.at', 'desc')
    .orderBy('v.user_id')
    .limit(SHOWN_VISITORS)
    .execute()
}

function askers(database: Kysely<Tables>, documentId: DocumentId) {
  return openRequests(database)
    .leftJoin('user as u', 'u.id', 'r.user_id')
    .select(['r.user_id', 'r.role', 'r.at', 'u.name', 'u.isAnonymous'])
    .where('r.document_id', '=', documentId)
    .orderBy('r.at')
    .orderBy('r.user_id')
    .execute()
}

function person(row: { user_id: UserId; name: string | null; isAnonymous: boolean | number | null }): Person {
  return { userId: row.user_id, name: row.name, isGuest: Boolean(row.isAnonymous) }
}
