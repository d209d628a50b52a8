import { existsSync } from 'node:fs'
import { emptyCheck, Epoch, nextCheck, SyncError, type DocumentId } from '@tandem/sync'
import { mergeLog, type MergedLog } from './compaction.ts'
import type { Database, Statement } from './database.ts'
import { freshId } from './documents.ts'
import { rowsLeftBehind, type CutRow } from './log-reads.ts'
import type { StoreOptions } from './open-store.ts'
import { openPostgresPool, PostgresStorage } from './postgres-storage.ts'
import { examine, quarantine, type ExaminedLog } from './quarantine.ts'
import { snapshotRow } from './snapshots.ts'
import { attachSqliteStorage, openSqliteStorage, sqlitePath } from './sqlite-storage.ts'
import type { StoredHead } from './stored-head.ts'

/** What was done. `throughSeq` and `at` (ms; 0: nothing) say where what was kept ends. */
export type RepairResult = { readonly throughSeq: number; readonly at: number } & (
  | {
      /**
       * whole: nothing is damaged, and nothing was done. released: it was in quarantine and is readable again (somebody
       * mended the row), so people go on as before. remade: only snapshots were damaged, and the rows say the same.
       */
      readonly outcome: 'whole' | 'released' | 'remade'
    }
  | {
      /** The document goes on from `throughSeq` under a new epoch. */
      readonly outcome: 'cut'
      /** The life that was ended: its rows and snapshots, also the damaged ones, stay in the tables under this epoch. */
      readonly epoch: Epoch
      /** How many rows of it the document does not hold any more, and the first of them as they lie there. */
      readonly cutCount: number
      readonly cutRows: readonly CutRow[]
    }
)

export interface RepairOptions {
  /** Begins a new epoch even if nothing is damaged: everybody's copy of the document becomes one of another life. */
  readonly force?: boolean
}

/** Of more the administrator is told only how many there are. */
const LISTED_ROWS = 20

/**
 * Makes a damaged document one that can be written again: what is readable goes on under a new epoch, sessions of the
 * old one end, and what their replicas have becomes a copy. Without damage it does nothing, so it may be run again.
 * Nothing that is readable nowhere else is deleted. May run beside nodes that are at work.
 * Throws SyncError 'unknown-document', and 'log-unavailable' when nothing is readable or somebody wrote meanwhile.
 */
export async function repairDocument(
  location: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>,
  documentId: DocumentId,
  options: RepairOptions = {},
): Promise<RepairResult> {
  const database = await openBeside(location)
  try {
    // From here on nobody writes into it, if it is damaged.
    await quarantine(database, documentId)
    return await repair(database, documentId, options)
  } finally {
    await database.close()
  }
}

/** The database of a node that may be at work. */
export async function openBeside({
  databaseUrl,
  dataDir,
}: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>): Promise<Database> {
  if (databaseUrl !== undefined) return new PostgresStorage(openPostgresPool(databaseUrl, { size: 1 }))
  const path = sqlitePath(dataDir)
  // While a node has it open there is a -wal file; otherwise it is made by opening as a node does.
  return existsSync(`${path}-wal`) ? attachSqliteStorage(path) : openSqliteStorage(path)
}

async function repair(database: Database, documentId: DocumentId, { force }: RepairOptions): Promise<RepairResult> {
  const log = await database.view((view) => examine(view, documentId))
  if (log === undefined) throw new SyncError('unknown-document', `There is no document ${documentId}.`)
  const { stored, readable } = log
  const kept = { throughSeq: readable.seq, at: readable.at }
  if (!log.isWhole || (force === true && stored.head > 0)) return { ...kept, ...(await cut(database, log)) }
  if (log.damagedSnapshots.length > 0) await remakeSnapshot(database, log)
  if (stored.damaged_after !== null) await release(database, log)
  const outcome = stored.damaged_after !== null ? 'released' : log.damagedSnapshots.length > 0 ? 'remade' : 'whole'
  return { ...kept, outcome }
}

/** A new life that begins with one snapshot of everything readable. */
async function cut(database: Database, log: ExaminedLog) {
  const { life, stored, readable } = log
  if (readable.seq === 0) throw nothingReadable(life.documentId)
  const merged = merge(log)
  const epoch = Epoch.parse(freshId())
  const check = nextCheck(emptyCheck(epoch), merged.bytes)
  const place = { seq: readable.seq, check }
  const snapshot = { ...snapshotRow({ ...life, epoch }, place, merged), made_at: database.now() }
  const whole = { damaged_after: null, damaged_check: null, damaged_at: null }
  await change(database, log, {
    set: { ...whole, epoch, head: readable.seq, head_check: check, bytes: merged.bytes.byteLength },
    first: (tables) => tables.insertInto('snapshot').values(snapshot),
    undo: (tables) => tables.deleteFrom('snapshot').where('epoch', '=', epoch),
  })
  const cutRows = await database.view((view) => rowsLeftBehind(view, life, readable, LISTED_ROWS))
  return { outcome: 'cut', epoch: life.epoch, cutCount: stored.head - readable.seq, cutRows } as const
}

/** The rows and the older snapshot say all that the damaged ones said. */
async function remakeSnapshot(database: Database, log: ExaminedLog): Promise<void> {
  const { life, readable, damagedSnapshots } = log
  const row = { ...snapshotRow(life, readable, merge(log)), made_at: database.now() }
  await database.write((tables) => [
    tables
      .deleteFrom('snapshot')
      .where('document_id', '=', life.documentId)
      .where('epoch', '=', life.epoch)
      .where('through_seq', 'in', damagedSnapshots),
    tables
      .insertInto('snapshot')
      .values(row)
      .onConflict((conflict) => conflict.doNothing()),
  ])
}

async function release(database: Database, log: ExaminedLog): Promise<void> {
  await change(database, log, { set: { damaged_after: null, damaged_check: null, damaged_at: null } })
}

type Tables = Parameters<Parameters<Database['write']>[0]>[0]

/** Changes the document if it stands where it was examined. Throws SyncError 'log-unavailable' if it does not. */
async function change(
  database: Database,
  { life, stored }: ExaminedLog,
  {
    set,
    first,
    undo,
  }: { set: Partial<StoredHead> & { bytes?: number } } & Partial<
    Record<'first' | 'undo', (tables: Tables) => Statement>
  >,
): Promise<void> {
  const outcomes = await database.write((tables) => [
    ...(first === undefined ? [] : [first(tables)]),
    tables
      .updateTable('document')
      .set(set)
      .where('id', '=', life.documentId)
      .where('epoch', '=', stored.epoch)
      .where('head', '=', stored.head)
      .where('head_check', '=', stored.head_check),
  ])
  if (outcomes.at(-1)?.numAffectedRows === 1n) return
  // Nobody knows what was written first, so nobody has seen it.
  if (undo !== undefined) await database.write((tables) => [undo(tables)])
  throw new SyncError('log-unavailable', `Somebody wrote into document ${life.documentId} meanwhile. Try again.`)
}

function merge({ snapshot, rows }: ExaminedLog): MergedLog {
  const updates = rows.map(({ update }) => update)
  return mergeLog(snapshot === undefined ? updates : [snapshot.bytes, ...updates])
}

function nothingReadable(documentId: DocumentId): SyncError {
  return new SyncError(
    'log-unavailable',
    `Nothing of document ${documentId} is readable: its first row is damaged and no snapshot is good. Restore a backup.`,
  )
}
