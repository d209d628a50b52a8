import { existsSync } from 'node:fs'
import { emptyCheck, Epoch, nextCheck, SyncError, type DocumentId } from '@tandem/sync'
import { mergeLog } from './compaction.ts'
import type { Database } from './database.ts'
import { freshId } from './documents.ts'
import { checksumOf, headOf, newestSnapshot, readableRowsAfter } from './log-reads.ts'
import type { StoreOptions } from './open-store.ts'
import { openPostgresPool, PostgresStorage } from './postgres-storage.ts'
import { attachSqliteStorage, openSqliteStorage, sqlitePath } from './sqlite-storage.ts'

export interface RepairResult {
  /** The last row that is readable together with everything before it: what the document holds from now on. */
  readonly throughSeq: number
  /** How many rows came after it. 0: nothing was damaged, and nothing was done. */
  readonly cutRows: number
  /** The life that was ended; its rows and snapshots, also the damaged ones, stay in the tables under this epoch. */
  readonly epoch: Epoch
}

/**
 * Goes back to before the first damaged row of a document's log, under a new epoch: sessions of the old one end, and
 * what their replicas had not sent becomes a copy. Nothing is deleted. May run beside nodes that are at work.
 * Throws SyncError 'unknown-document', and 'log-unavailable' when nothing is readable or somebody wrote meanwhile.
 */
export async function repairDocument(
  options: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>,
  documentId: DocumentId,
): Promise<RepairResult> {
  const database = await openBeside(options)
  try {
    return await repair(database, documentId)
  } finally {
    await database.close()
  }
}

async function openBeside({ databaseUrl, dataDir }: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>): Promise<Database> {
  if (databaseUrl !== undefined) return new PostgresStorage(openPostgresPool(databaseUrl, { size: 1 }))
  const path = sqlitePath(dataDir)
  // While a node has it open there is a -wal file; otherwise it is made by opening as a node does.
  return existsSync(`${path}-wal`) ? attachSqliteStorage(path) : openSqliteStorage(path)
}

async function repair(database: Database, documentId: DocumentId): Promise<RepairResult> {
  const { head, throughSeq, updates } = await readable(database, documentId)
  const result = { throughSeq, cutRows: head.head - throughSeq, epoch: head.epoch }
  if (result.cutRows === 0) return result
  if (throughSeq === 0) throw nothingReadable(documentId)
  const { bytes, vector } = mergeLog(updates)
  const epoch = Epoch.parse(freshId())
  const check = nextCheck(emptyCheck(epoch), bytes)
  const place = { document_id: documentId, epoch, through_seq: throughSeq, check }
  const [, moved] = await database.write((tables) => [
    tables
      .insertInto('snapshot')
      .values({ ...place, bytes, vector, checksum: checksumOf(bytes), made_at: database.now() }),
    tables
      .updateTable('document')
      .set({ epoch, head: throughSeq, head_check: check, bytes: bytes.byteLength })
      .where('id', '=', documentId)
      .where('epoch', '=', head.epoch)
      .where('head', '=', head.head)
      .where('head_check', '=', head.check),
  ])
  if (moved?.numAffectedRows === 1n) return result
  // Nobody knows this epoch, so nobody has seen its snapshot.
  await database.write((tables) => [tables.deleteFrom('snapshot').where('epoch', '=', epoch)])
  throw new SyncError('log-unavailable', `Somebody wrote into document ${documentId} meanwhile. Try again.`)
}

/** The newest good snapshot and the rows after it as far as they are what was written. */
async function readable(database: Database, documentId: DocumentId) {
  return database.view(async (view) => {
    const head = await headOf(view, documentId)
    if (head === undefined) throw new SyncError('unknown-document', `There is no document ${documentId}.`)
    const life = { documentId, epoch: head.epoch }
    const snapshot = await newestSnapshot(view, life)
    const from = { seq: snapshot?.throughSeq ?? 0, check: snapshot?.check ?? emptyCheck(head.epoch) }
    const rows = await readableRowsAfter(view, life, from, head.head)
    const updates = rows.map(({ update }) => update)
    return {
      head,
      throughSeq: rows.at(-1)?.seq ?? from.seq,
      updates: snapshot === undefined ? updates : [snapshot.bytes, ...updates],
    }
  })
}

function nothingReadable(documentId: DocumentId): SyncError {
  return new SyncError(
    'log-unavailable',
    `Nothing of document ${documentId} is readable: its first row is damaged and no snapshot is good. Restore a backup.`,
  )
}
