import { SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'
import { changeDocument, live } from './document-writes.ts'
import type { Tables } from './tables.ts'

/**
 * Takes a document off this person's list, and their star with it; what they may do in it stays. Again changes nothing. Throws SyncError
 * 'unknown-document' when there is none, 'bad-input' to its owner.
 */
export async function takeOffList(database: Database, documentId: DocumentId, userId: UserId): Promise<void> {
  const at = database.now()
  const [, taken] = await changeDocument(database, documentId, (tables) => [
    // Changes nothing: it holds the row, so that it is not handed on to this person meanwhile.
    live(tables, documentId)
      .where('importing_since', 'is', null)
      .set((document) => ({ title: document.ref('title') })),
    tables
      .insertInto('document_unlisted')
      .columns(['document_id', 'user_id', 'at'])
      .expression(
        tables
          .selectFrom('document')
          .select(['id', sql<UserId>`${userId}`.as('user_id'), at.as('at')])
          .where('id', '=', documentId)
          .where('deleted_at', 'is', null)
          .where('importing_since', 'is', null)
          .where('owner_id', '!=', userId),
      )
      .onConflict((conflict) => conflict.columns(['user_id', 'document_id']).doUpdateSet({ at })),
    tables
      .deleteFrom('document_star')
      .where('document_id', '=', documentId)
      .where('user_id', '=', userId)
      .where((is) => is.exists(unlisted(tables, documentId, userId))),
  ])
  if (taken?.numAffectedRows === 0n)
    throw new SyncError('bad-input', 'Your own document stays in your list until you delete it or hand it on.')
}

/** May be called twice. */
export async function putBackOnList(database: Database, documentId: DocumentId, userId: UserId): Promise<void> {
  await database.write((tables) => [listedAgain(tables, documentId, userId)])
}

/** Whatever brings a document to a person anew brings it back to their list: in the transaction that does. */
export function listedAgain(database: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  return database.deleteFrom('document_unlisted').where('document_id', '=', documentId).where('user_id', '=', userId)
}

function unlisted(database: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  return database
    .selectFrom('document_unlisted')
    .select('user_id')
    .where('document_id', '=', documentId)
    .where('user_id', '=', userId)
}
