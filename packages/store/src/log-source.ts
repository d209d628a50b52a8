import type { DocumentId, Epoch } from '@tandem/sync'
import type { Database } from './database.ts'
import { everyRowAfter } from './log-reads.ts'
import type { StoreLocation } from './open-store.ts'
import { openPostgresPool, PostgresStorage } from './postgres-storage.ts'
import { newestSnapshot, placeAfter } from './snapshots.ts'
import { attachSqliteStorage } from './sqlite-storage.ts'
import { headOf } from './stored-head.ts'

/** A whole document as of one moment: these updates, in this order, are it. */
export interface WholeLog {
  readonly epoch: Epoch
  readonly seq: number
  readonly updates: readonly Uint8Array[]
}

/** Reads whole logs, for a worker thread that replays them; writes nothing. */
export class LogSource {
  readonly #database: Pick<Database, 'view'>
  readonly #close: () => Promise<void>

  constructor(database: Pick<Database, 'view'>, close: () => Promise<void>) {
    this.#database = database
    this.#close = close
  }

  /** Undefined: there is no such document, or it is damaged. Throws SyncError 'log-unavailable', and Error when a row is not what was written. */
  whole(documentId: DocumentId): Promise<WholeLog | undefined> {
    return this.#database.view(async (view) => {
      const head = await headOf(view, documentId)
      if (head === undefined || head.damagedAfterMs !== undefined) return undefined
      const life = { documentId, epoch: head.epoch }
      const snapshot = await newestSnapshot(view, life)
      const rows = await everyRowAfter(view, life, placeAfter(snapshot, head.epoch), head.head)
      const updates = rows.map(({ update }) => update)
      return { epoch: head.epoch, seq: head.head, updates: snapshot ? [snapshot.bytes, ...updates] : updates }
    })
  }

  async close(): Promise<void> {
    await this.#close()
  }
}

/** With a connection of its own. */
export async function openLogSource(location: StoreLocation): Promise<LogSource> {
  const storage =
    location.dialect === 'postgres'
      ? new PostgresStorage(openPostgresPool(location.databaseUrl, { size: 1 }))
      : await attachSqliteStorage(location.path)
  return new LogSource(storage, () => storage.close())
}
