import { LIMITS, SyncError, type DocumentId, type UserId } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { Database, Outcome, Statement } from './database.ts'
import type { Tables } from './tables.ts'

/** One transaction whose first statement changes the document: throws SyncError 'unknown-document' when that found none. What the others changed by then they chose by the same document. */
export async function changeDocument(
  database: Database,
  documentId: DocumentId,
  build: (database: Kysely<Tables>) => readonly Statement[],
): Promise<readonly Outcome[]> {
  const outcomes = await database.write(build)
  if (outcomes[0]?.numAffectedRows === 0n) throw unknownDocument(documentId)
  return outcomes
}

export function live(database: Kysely<Tables>, documentId: DocumentId) {
  return database.updateTable('document').where('id', '=', documentId).where('deleted_at', 'is', null)
}

/** Appends compare the access version: those that were judged by the old roles are judged again. */
export function accessChange(database: Kysely<Tables>, documentId: DocumentId) {
  return live(database, documentId).set((document) => ({ access_version: document('access_version', '+', 1) }))
}

/** A row of theirs, or a place for one more. */
export function hasRoomFor(database: Kysely<Tables>, documentId: DocumentId, userId: UserId) {
  const rows = database.selectFrom('document_access').where('document_id', '=', documentId)
  return sql<boolean>`(${rows.select((is) => is.fn.countAll<number>().as('count'))} < ${LIMITS.documentPeople}
    or exists ${rows.select('user_id').where('user_id', '=', userId)})`
}

export function tooManyPeople(): SyncError {
  return new SyncError(
    'bad-input',
    `At most ${LIMITS.documentPeople} people have a role of their own in a document, or were removed from it (LIMITS.documentPeople). Let some of them come by the address.`,
  )
}

export function unknownDocument(documentId: DocumentId): SyncError {
  return new SyncError('unknown-document', `There is no document ${documentId}, or it was deleted.`)
}
