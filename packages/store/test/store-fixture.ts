import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserId, type DocumentId, type UpdateLog } from '@tandem/sync'
import type { DamagedPart, UpdateLogFixture } from '@tandem/sync/contract'
import type { Kysely } from 'kysely'
import { Compactor } from '../src/compactor.ts'
import type { Database } from '../src/database.ts'
import { Documents } from '../src/documents.ts'
import { Sharing } from '../src/sharing.ts'
import { SqlAccess } from '../src/sql-access.ts'
import type { Tables } from '../src/tables.ts'

/** A folder of its own for a test; `remove` deletes it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tandem-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** better-auth makes this table; the store reads names from it. */
export async function createUserTable(accounts: Kysely<Tables>): Promise<void> {
  await accounts.schema
    .createTable('user')
    .addColumn('id', 'text', (id) => id.primaryKey())
    .addColumn('name', 'text')
    .addColumn('isAnonymous', 'boolean')
    .addColumn('suspendedAt', 'text')
    .execute()
}

/** Changes one thing of a row, as a failing disk would; of its update the last bit but a few. */
export async function damageRow(
  database: Database,
  documentId: DocumentId,
  seq: number,
  what: DamagedPart,
): Promise<void> {
  const update = await database.read((tables) =>
    tables
      .selectFrom('log_row')
      .select('update')
      .where('document_id', '=', documentId)
      .where('seq', '=', seq)
      .executeTakeFirstOrThrow(),
  )
  const flipped = Uint8Array.from(update.update)
  flipped[flipped.length - 2] = (flipped.at(-2) ?? 0) ^ 1
  const [changed] = await database.write((tables) => {
    const row = tables.updateTable('log_row').where('document_id', '=', documentId).where('seq', '=', seq)
    const damaged = {
      update: row.set({ update: flipped }),
      check: row.set({ check: 'feedfacefeedface' }),
      author: row.set({ user_id: UserId.parse('user-eve-1') }),
      push: row.set((is) => ({ push_id: is('push_id', '+', 64) })),
      time: row.set((is) => ({ at: is('at', '+', 4096) })),
    }
    return [damaged[what]]
  })
  if (changed?.numAffectedRows !== 1n) throw new Error(`There is no row ${seq} to damage.`)
}

/** The fixture of the contract suite over any SQL storage. */
export async function sqlFixture(options: {
  database: Database
  accounts: Kysely<Tables>
  log: UpdateLog
  another(): Promise<{ log: UpdateLog; close(): Promise<void> }>
  close(): Promise<void>
}): Promise<UpdateLogFixture> {
  const { database, log } = options
  await createUserTable(options.accounts)
  const documents = new Documents(database)
  const sharing = new Sharing(database)
  const compactor = new Compactor(
    database,
    () => undefined,
    async () => undefined,
  )
  const others: { close(): Promise<void> }[] = []
  return {
    log,
    access: new SqlAccess(database),
    createDocument: async ({ owner, schemaVersion, ...link }) => {
      const { id } = await documents.create({ title: 'A document', ownerId: owner, schemaVersion })
      if ('linkRole' in link) await sharing.setLinkRole(id, link.linkRole)
      return id
    },
    deleteDocument: (documentId) => documents.delete(documentId),
    setRole: (documentId, userId, role) =>
      role === null ? sharing.shutOut(documentId, userId) : sharing.setRole(documentId, userId, role),
    compact: async (documentId, dropThroughSeq) => {
      await compactor.compact(documentId)
      // What a later compaction would have done by then.
      await database.write((tables) => [
        tables.deleteFrom('log_row').where('document_id', '=', documentId).where('seq', '<=', dropThroughSeq),
      ])
    },
    damage: (documentId, seq, what) => damageRow(database, documentId, seq, what),
    another: async () => {
      const other = await options.another()
      others.push(other)
      return other.log
    },
    close: async () => {
      for (const other of others) await other.close()
      await options.close()
    },
  }
}
