import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { LIMITS, ROLES, SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import { accessChange, hasRoomFor, tooManyPeople } from './document-writes.ts'
import { listedAgain } from './own-list.ts'
import { ownRoleOf, roleOf } from './sql-access.ts'
import type { GivenRole, Tables } from './tables.ts'

/** An invite link as its document's owner sees it: all but its secret. Times in ms since 1970. */
export interface InviteLink {
  readonly inviteId: string
  readonly role: GivenRole
  readonly createdAt: number
  /** Null: until it is revoked. */
  readonly expiresAt: number | null
  readonly isExpired: boolean
  /** People it has given a role. */
  readonly uses: number
  readonly usedAt: number | null
}

export interface NewInvite {
  readonly role: GivenRole
  /** Undefined: until it is revoked. */
  readonly expiresInMs: number | undefined
}

/** Compared with when there is no such link: as much work as when there is. */
const NO_HASH = '0'.repeat(64)

/**
 * Links that give a role. The secret of one is 128 random bits, told once, when it is made; the table has its SHA-256.
 * Revoking takes back the link, not the roles that it gave. Throws SyncError 'unknown-document', 'log-unavailable'.
 */
export class InviteLinks {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** In `database`, which may be a view. The newest first. */
  async list(database: Kysely<Tables>, documentId: DocumentId): Promise<InviteLink[]> {
    const rows = await database
      .selectFrom('invite_link')
      .selectAll()
      .select(sql<number>`case when ${expired(this.#database)} then 1 else 0 end`.as('is_expired'))
      .where('document_id', '=', documentId)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .execute()
    return rows.map((row) => ({
      inviteId: row.id,
      role: row.role,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      isExpired: row.is_expired === 1,
      uses: row.uses,
      usedAt: row.used_at,
    }))
  }

  /** Resolves with what finds it and the secret that opens it. Those that have expired make room. Throws SyncError 'bad-input' beyond LIMITS.documentInvites. */
  async create(
    documentId: DocumentId,
    { role, expiresInMs }: NewInvite,
  ): Promise<{ inviteId: string; secret: string }> {
    const [inviteId, secret] = [randomBytes(16).toString('base64url'), randomBytes(16).toString('base64url')]
    const now = this.#database.now()
    const expiresAt = sql<number | null>`${now} + cast(${expiresInMs ?? null} as bigint)`
    const [, made] = await this.#database.write((database) => {
      const ofDocument = database.selectFrom('invite_link').where('document_id', '=', documentId)
      const count = ofDocument.select((is) => is.fn.countAll<number>().as('count'))
      return [
        database.deleteFrom('invite_link').where('document_id', '=', documentId).where(expired(this.#database)),
        database
          .insertInto('invite_link')
          .columns(['id', 'document_id', 'secret_hash', 'role', 'created_at', 'expires_at', 'uses'])
          .expression(
            database
              .selectFrom('document')
              .select([
                sql<string>`${inviteId}`.as('invite_id'),
                'id',
                sql<string>`${hashOf(secret)}`.as('secret_hash'),
              ])
              .select([sql<GivenRole>`${role}`.as('role'), now.as('created_at'), expiresAt.as('expires_at')])
              .select(sql<number>`0`.as('uses'))
              .where('id', '=', documentId)
              .where('deleted_at', 'is', null)
              .where(sql<boolean>`${count} < ${LIMITS.documentInvites}`),
          ),
      ]
    })
    if (made?.numAffectedRows !== 0n) return { inviteId, secret }
    throw new SyncError(
      'bad-input',
      `A document has at most ${LIMITS.documentInvites} invite links (LIMITS.documentInvites). Revoke one first.`,
    )
  }

  /** From here on it lets nobody in. May be called twice. */
  async revoke(documentId: DocumentId, inviteId: string): Promise<void> {
    await this.#database.write((database) => [
      database.deleteFrom('invite_link').where('document_id', '=', documentId).where('id', '=', inviteId),
    ])
  }

  /**
   * Gives this person the link's role, unless they have more; resolves with whether anything changed. Throws SyncError 'not-allowed', and always in the
   * same words, when there is no such link, its secret is another, it has expired or was revoked, or this person was shut out.
   */
  async accept(
    documentId: DocumentId,
    userId: UserId,
    { inviteId, secret }: { inviteId: string; secret: string },
  ): Promise<boolean> {
    const secretHash = hashOf(secret)
    const found = await this.#find(documentId, userId, inviteId)
    const isRight = timingSafeEqual(Buffer.from(secretHash, 'hex'), Buffer.from(found?.secret_hash ?? NO_HASH, 'hex'))
    if (found === undefined || !isRight) throw noSuchInvite()
    const own = { owner_id: found.owner_id, link_role: null, own_role: ownRoleOf(found) }
    if (own.own_role === null && userId !== found.owner_id) throw noSuchInvite()
    const has = roleOf(userId, own)
    if (has !== undefined && ROLES.indexOf(has) >= ROLES.indexOf(found.role)) return false
    const [changed, , given] = await this.#database.write((database) =>
      this.#giving(database, { documentId, userId, inviteId, secretHash }),
    )
    // It may have been revoked, or its document deleted, since it was read.
    if (changed?.numAffectedRows === 0n) throw noSuchInvite()
    if (given?.numAffectedRows === 0n) throw tooManyPeople()
    return true
  }

  /** The document first, as everybody who changes access locks it; each of the others as long as the link is good. */
  #giving(
    database: Kysely<Tables>,
    {
      documentId,
      userId,
      inviteId,
      secretHash,
    }: { documentId: DocumentId; userId: UserId; inviteId: string; secretHash: string },
  ) {
    const isShutOut = database
      .selectFrom('document_access')
      .select('user_id')
      .where('document_id', '=', documentId)
      .where('user_id', '=', userId)
      .where('role', 'is', null)
    const good = database
      .selectFrom('invite_link')
      .where('id', '=', inviteId)
      .where('document_id', '=', documentId)
      .where('secret_hash', '=', secretHash)
      .where(sql<boolean>`not ${expired(this.#database)}`)
      .where((is) => is.not(is.exists(isShutOut)))
    return [
      accessChange(database, documentId).where((is) => is.exists(good.select('id'))),
      database
        .updateTable('invite_link')
        .set((is) => ({ uses: is('uses', '+', 1), used_at: this.#database.now() }))
        .where('id', 'in', good.select('id').where(hasRoomFor(database, documentId, userId))),
      database
        .insertInto('document_access')
        .columns(['document_id', 'user_id', 'role'])
        .expression(
          good
            .select(['document_id', sql<UserId>`${userId}`.as('user_id'), 'role'])
            .where(hasRoomFor(database, documentId, userId)),
        )
        // Only who has less comes here.
        .onConflict((conflict) =>
          conflict.columns(['document_id', 'user_id']).doUpdateSet((is) => ({ role: is.ref('excluded.role') })),
        ),
      listedAgain(database, documentId, userId).where((is) => is.exists(good.select('id'))),
    ]
  }

  async #find(documentId: DocumentId, userId: UserId, inviteId: string) {
    return this.#database.read((database) =>
      database
        .selectFrom('invite_link as i')
        .innerJoin('document as d', 'd.id', 'i.document_id')
        .leftJoin('document_access as a', (join) =>
          join.onRef('a.document_id', '=', 'd.id').on('a.user_id', '=', userId),
        )
        .select(['i.secret_hash', 'i.role', 'd.owner_id', 'a.user_id as own_user_id', 'a.role as own_role'])
        .where('i.id', '=', inviteId)
        .where('i.document_id', '=', documentId)
        .where('d.deleted_at', 'is', null)
        .where(sql<boolean>`not ${expired(this.#database)}`)
        .executeTakeFirst(),
    )
  }
}

function expired(database: Database) {
  return sql<boolean>`(expires_at is not null and expires_at <= ${database.now()})`
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

function noSuchInvite(): SyncError {
  return new SyncError(
    'not-allowed',
    'This invite link does not open the document: it has expired or was revoked, or you were removed from the document. Ask its owner for another.',
  )
}
