import { LIMITS, SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import { changeDocument, live } from './document-writes.ts'
import { listedAgain } from './own-list.ts'
import type { Tables } from './tables.ts'

/**
 * Gives this person's star to a document that they may open, which is in their list then; again changes nothing. Throws SyncError 'unknown-document' when there is none,
 * and 'bad-input' beyond LIMITS.starsPerUser (two given at the very same moment may pass it by one) or when they may not open it.
 */
export async function addStar(database: Database, documentId: DocumentId, userId: UserId): Promise<void> {
  const at = database.now()
  const [, added] = await changeDocument(database, documentId, (tables) => [
    // Changes nothing: it holds the row, so that access is not taken away between the look and the star.
    live(tables, documentId)
      .where('importing_since', 'is', null)
      .set((document) => ({ title: document.ref('title') })),
    tables
      .insertInto('document_star')
      .columns(['document_id', 'user_id', 'at'])
      .expression(
        tables
          .selectFrom('document as d')
          .leftJoin('document_access as a', (join) =>
            join.onRef('a.document_id', '=', 'd.id').on('a.user_id', '=', userId),
          )
          .select(['d.id', sql<UserId>`${userId}`.as('user_id'), at.as('at')])
          .where('d.id', '=', documentId)
          .where('d.deleted_at', 'is', null)
          .where('d.importing_since', 'is', null)
          .where((is) => is.or([is('d.owner_id', '=', userId), is('a.role', 'is not', null), comesByLink]))
          .where(hasRoomFor(tables, documentId, userId)),
      )
      .onConflict((conflict) => conflict.columns(['user_id', 'document_id']).doUpdateSet({ document_id: documentId })),
    listedAgain(tables, documentId, userId).where((is) =>
      is.exists(
        tables
          .selectFrom('document_star')
          .select('user_id')
          .where('document_id', '=', documentId)
          .where('user_id', '=', userId),
      ),
    ),
  ])
  if (added?.numAffectedRows === 0n) throw noStar()
}

/** May be called twice. */
export async function removeStar(database: Database, documentId: DocumentId, userId: UserId): Promise<void> {
  await database.write((tables) => [
    tables.deleteFrom('document_star').where('document_id', '=', documentId).where('user_id', '=', userId),
  ])
}

/** The stars of those who may not open the document any more: in the transaction that takes it from them. */
export function dropLostStars(database: Kysely<Tables>, documentId: DocumentId) {
  return database
    .deleteFrom('document_star')
    .where('document_id', '=', documentId)
    .where((star) =>
      star.not(
        star.exists(
          star
            .selectFrom('document as d')
            .leftJoin('document_access as a', (join) =>
              join.onRef('a.document_id', '=', 'd.id').onRef('a.user_id', '=', 'document_star.user_id'),
            )
            .select('d.id')
            .where('d.id', '=', documentId)
            .where('d.deleted_at', 'is', null)
            .where((is) =>
              is.or([
                is('d.owner_id', '=', is.ref('document_star.user_id')),
                is('a.role', 'is not', null),
                comesByLink,
              ]),
            ),
        ),
      ),
    )
}

/** Nothing of their own, so what the address gives to anybody: of `d` and `a`. */
const comesByLink = sql<boolean>`(d.link_role is not null and a.user_id is null)`

/** A star of theirs on this document, or a place for one more. */
function hasRoomFor(database: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  const stars = database.selectFrom('document_star').where('user_id', '=', userId)
  return sql<boolean>`(${stars.select((is) => is.fn.countAll<number>().as('count'))} < ${LIMITS.starsPerUser}
    or exists ${stars.select('user_id').where('document_id', '=', documentId)})`
}

function noStar(): SyncError {
  return new SyncError(
    'bad-input',
    `At most ${LIMITS.starsPerUser} documents have your star, and only those that you may open (LIMITS.starsPerUser). Remove one first.`,
  )
}
