import type { DocumentId } from '@tandem/sync'
import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Rows of an import, of some 100 KB each, that one transaction deletes. */
const REMOVED_AT_ONCE = 20

/** Takes away documents whose import began so long ago and never finished, with their rows. Resolves with how many. */
export async function removeUnfinished(database: Database, olderThanMs: number): Promise<number> {
  const before = sql<number>`${database.now()} - ${olderThanMs}`
  const unfinished = await database.read((tables) =>
    tables
      .selectFrom('document')
      .select('id')
      .where('importing_since', 'is not', null)
      .where('importing_since', '<=', before)
      .execute(),
  )
  for (const { id } of unfinished) await removeWhole(database, id)
  return unfinished.length
}

/** The document last: cut short anywhere, this is done again. */
async function removeWhole(database: Database, id: DocumentId): Promise<void> {
  // A writer that still lives is refused from here on, so the head stays.
  await database.write((tables) => [
    tables
      .updateTable('document')
      .set((is) => ({ deleted_at: database.now(), access_version: is('access_version', '+', 1) }))
      .where('id', '=', id),
  ])
  const document = await database.read((tables) =>
    tables.selectFrom('document').select('head').where('id', '=', id).executeTakeFirst(),
  )
  for (let through = REMOVED_AT_ONCE; through < (document?.head ?? 0); through += REMOVED_AT_ONCE)
    await database.write((tables) => [
      tables.deleteFrom('log_row').where('document_id', '=', id).where('seq', '<=', through),
    ])
  await database.write((tables) => [
    tables.deleteFrom('log_row').where('document_id', '=', id),
    tables.deleteFrom('snapshot').where('document_id', '=', id),
    tables.deleteFrom('client_id').where('document_id', '=', id),
    tables.deleteFrom('document').where('id', '=', id),
  ])
}
