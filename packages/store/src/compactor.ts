import type { DocumentId, Head } from '@tandem/sync'
import { sql } from 'kysely'
import { mergeLog, type MergedLog } from './compaction.ts'
import type { Database } from './database.ts'
import { everyRowAfter } from './log-reads.ts'
import type { StoreLocation } from './open-store.ts'
import { openPostgresPool, PostgresStorage } from './postgres-storage.ts'
import { openSqlite } from './sqlite-connection.ts'
import { quarantine, type DamageFound } from './quarantine.ts'
import { checksumOf } from './seals.ts'
import { isSealedSnapshot, newestSnapshot, placeAfter, snapshotRow, type Life } from './snapshots.ts'
import { attachSqliteStorage } from './sqlite-storage.ts'
import { Damaged } from './storage-error.ts'
import { headOf } from './stored-head.ts'
import { checkpointWal } from './wal-checkpoint.ts'

const KEEP_ROWS_MS = 7 * 24 * 60 * 60 * 1000
/** Rows dropped by one statement: what a writer may have to wait for. */
const DROP_ROWS = 500
/** For readers to be done, when the -wal file is begun anew: writers wait for it. */
const RESTART_WAIT_MS = 50

export interface CompactionResult {
  /** Through where a new snapshot was made; undefined: there was nothing new, or another node was faster. */
  readonly throughSeq: number | undefined
  readonly snapshotBytes: number
  readonly snapshotStructs: number
  readonly droppedRows: number
  /** The log was found damaged just now: its document is in quarantine. */
  readonly damage?: DamageFound
}

const NOTHING: CompactionResult = { throughSeq: undefined, snapshotBytes: 0, snapshotStructs: 0, droppedRows: 0 }

export interface CompactOptions {
  /** Rows younger than this are kept whatever snapshots cover them: the history's source. 7 days unless said. */
  readonly keepRowsMs?: number
  readonly now?: number
}

/**
 * Turns the log's older rows into snapshots. For a worker thread: merging and checking a large document takes
 * seconds of CPU. Any number of compactors and writers may work on the same documents.
 */
export class Compactor {
  readonly #database: Database
  readonly #checkpoint: () => void
  readonly #close: () => Promise<void>

  constructor(database: Database, checkpoint: () => void, close: () => Promise<void>) {
    this.#database = database
    this.#checkpoint = checkpoint
    this.#close = close
  }

  /**
   * Merges the newest snapshot and the rows after it into a new one, keeps the two newest, and drops the rows that
   * the older of these covers and that are old enough. A snapshot counts only after a document rebuilt from it was
   * the same as one rebuilt from what it replaces, and what was stored was read back. Of a log that is damaged nothing
   * is merged and nothing dropped. Throws SyncError 'log-unavailable'.
   */
  async compact(documentId: DocumentId, options: CompactOptions = {}): Promise<CompactionResult> {
    try {
      return await this.#compact(documentId, options)
    } catch (error) {
      if (!(error instanceof Damaged)) throw error
      const damage = await quarantine(this.#database, documentId)
      // What it met may have been covered by a snapshot meanwhile, or been this one's own: tried again as the log grows.
      if (damage === undefined) throw error
      return { ...NOTHING, damage }
    }
  }

  async #compact(documentId: DocumentId, options: CompactOptions): Promise<CompactionResult> {
    const now = options.now ?? Date.now()
    const source = await this.#source(documentId)
    if (source === undefined) return NOTHING
    const made = source.rows === 0 ? undefined : await this.#store(source, now)
    const droppedRows = await this.#drop(source.life, now - (options.keepRowsMs ?? KEEP_ROWS_MS))
    if (made !== undefined) await this.#count(source.life)
    const { bytes: snapshotBytes, structs: snapshotStructs } = made ?? { bytes: 0, structs: 0 }
    return { throughSeq: made?.throughSeq, snapshotBytes, snapshotStructs, droppedRows }
  }

  /** Moves what the -wal file holds into the database file; nothing on PostgreSQL. To be called every few seconds. */
  checkpoint(): void {
    this.#checkpoint()
  }

  async close(): Promise<void> {
    await this.#close()
  }

  /** What a new snapshot is made of: the newest good one and every row after it. */
  async #source(documentId: DocumentId): Promise<Source | undefined> {
    return this.#database.view(async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined || head.damagedAfterMs !== undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const snapshot = await newestSnapshot(view, life)
      const from = placeAfter(snapshot, head.epoch)
      const rows = await everyRowAfter(view, life, from, head.head)
      if ((rows.at(-1) ?? from).check !== head.check)
        throw new Damaged(documentId, `row ${head.head} is not the one that its head names`)
      const updates = rows.map(({ update }) => update)
      return { life, head, rows: rows.length, updates: snapshot ? [snapshot.bytes, ...updates] : updates }
    })
  }

  async #store(
    { life, head, updates }: Source,
    now: number,
  ): Promise<{ throughSeq: number; bytes: number; structs: number } | undefined> {
    const merged = mergeLog(updates)
    const row = { ...snapshotRow(life, { seq: head.head, check: head.check }, merged), made_at: now }
    const [inserted] = await this.#database.write((database) => [
      database
        .insertInto('snapshot')
        .values(row)
        .onConflict((conflict) => conflict.doNothing()),
    ])
    if (inserted?.numAffectedRows === 0n) return undefined
    await this.#readBack(life, head.head, merged)
    return { throughSeq: head.head, bytes: merged.bytes.byteLength, structs: merged.structs }
  }

  /** The bytes that were compared with what they replace, and not others, must be what the next room is given. */
  async #readBack(life: Life, throughSeq: number, { bytes }: MergedLog): Promise<void> {
    const stored = await this.#database.view((view) => newestSnapshot(view, life))
    // Another node's newer one is as good: it was checked in the same way.
    if (stored !== undefined && stored.throughSeq > throughSeq) return
    if (stored?.throughSeq === throughSeq && Buffer.compare(stored.bytes, bytes) === 0) return
    await this.#database.write((database) => [
      database
        .deleteFrom('snapshot')
        .where('document_id', '=', life.documentId)
        .where('epoch', '=', life.epoch)
        .where('through_seq', '=', throughSeq),
    ])
    throw new Damaged(life.documentId, `its snapshot through ${throughSeq} is not what was written`)
  }

  /** Each statement is right whatever happens between them: snapshots and old rows only ever become more droppable. */
  async #drop({ documentId, epoch }: Life, beforeMs: number): Promise<number> {
    const span = await this.#database.view((view) => droppable(view, { documentId, epoch }, beforeMs))
    if (span === undefined) return 0
    await this.#database.write((database) => [
      database
        .deleteFrom('snapshot')
        .where('document_id', '=', documentId)
        .where('epoch', '=', epoch)
        .where('through_seq', '<', span.coveredThrough),
    ])
    let dropped = 0
    for (let last = span.first - 1; last < span.through;) {
      last = Math.min(last + DROP_ROWS, span.through)
      const through = last
      const [outcome] = await this.#database.write((database) => [
        database
          .deleteFrom('log_row')
          .where('document_id', '=', documentId)
          .where('epoch', '=', epoch)
          .where('seq', '<=', through),
      ])
      dropped += Number(outcome?.numAffectedRows ?? 0)
    }
    return dropped
  }

  /** Stored bytes, anew. The first statement takes the document's lock, so that the second sees every append. */
  async #count({ documentId, epoch }: Life): Promise<void> {
    const newest = sql`(select max(through_seq) from snapshot where document_id = ${documentId} and epoch = ${epoch})`
    const snapshot = sql`(select length(bytes) from snapshot
      where document_id = ${documentId} and epoch = ${epoch} and through_seq = ${newest})`
    const rows = sql`(select coalesce(sum(length("update")), 0) from log_row
      where document_id = ${documentId} and epoch = ${epoch} and seq > ${newest})`
    await this.#database.write((database) => {
      const document = database.updateTable('document').where('id', '=', documentId).where('epoch', '=', epoch)
      return [
        document.set((is) => ({ bytes: is.ref('bytes') })),
        document.set({ bytes: sql<number>`${snapshot} + ${rows}` }),
      ]
    })
  }
}

interface Source {
  readonly life: Life
  readonly head: Head
  /** How many rows came after the snapshot. */
  readonly rows: number
  readonly updates: readonly Uint8Array[]
}

/**
 * The rows that may go: covered by the older of the two newest snapshots, both of which are good, and in a row from
 * the first without a young one among them (a clock may have jumped). Undefined: not even a second snapshot.
 */
async function droppable(
  view: Parameters<Parameters<Database['view']>[0]>[0],
  { documentId, epoch }: Life,
  beforeMs: number,
): Promise<{ first: number; through: number; coveredThrough: number } | undefined> {
  const snapshots = await view
    .selectFrom('snapshot')
    .select(['through_seq', 'check', 'bytes', 'vector', 'checksum', 'seal'])
    .where('document_id', '=', documentId)
    .where('epoch', '=', epoch)
    .orderBy('through_seq', 'desc')
    .limit(2)
    .execute()
  const older = snapshots[1]
  const isGood = (row: (typeof snapshots)[number]): boolean =>
    isSealedSnapshot(row) && checksumOf(row.bytes) === row.checksum
  if (older === undefined || !snapshots.every(isGood)) return undefined
  const rows = view.selectFrom('log_row').where('document_id', '=', documentId).where('epoch', '=', epoch)
  const first = await rows.select((is) => is.fn.min('seq').as('seq')).executeTakeFirst()
  const young = await rows
    .select('seq')
    .where('at', '>=', beforeMs)
    .where('seq', '<=', older.through_seq)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  const through = young === undefined ? older.through_seq : young.seq - 1
  return { first: first?.seq ?? through + 1, through, coveredThrough: older.through_seq }
}

/** A compactor for a worker thread, with connections of its own. */
export async function openCompactor(location: StoreLocation): Promise<Compactor> {
  if (location.dialect === 'postgres') {
    const storage = new PostgresStorage(openPostgresPool(location.databaseUrl, { size: 1 }))
    return new Compactor(
      storage,
      () => undefined,
      () => storage.close(),
    )
  }
  const storage = await attachSqliteStorage(location.path)
  const connection = openSqlite(location.path, { lockWaitMs: RESTART_WAIT_MS })
  const close = async (): Promise<void> => {
    connection.close()
    await storage.close()
  }
  return new Compactor(storage, () => checkpointWal(connection, location.path), close)
}
