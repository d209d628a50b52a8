import { emptyCheck, Epoch, LIMITS, nextCheck, type DocumentId, type Head, type LogRow } from '@tandem/sync'
import { mergeLog, type MergedLog } from './compaction.ts'
import type { Database } from './database.ts'
import { freshId } from './documents.ts'
import { checksumOf, headOf, newestSnapshot, rowsAfter, type Life } from './log-reads.ts'
import { openPostgresPool, PostgresStorage } from './postgres-storage.ts'
import { attachSqliteStorage, sqlitePath } from './sqlite-storage.ts'
import { damaged } from './storage-error.ts'
import type { StoreOptions } from './open-store.ts'

export interface RepairResult {
  /** Through here the log was good, and is what the document holds now. Undefined: nothing was damaged, nothing was done. */
  readonly throughSeq: number | undefined
  /** Rows after that, which stay in `log_row` under `epoch` and are not part of the document any more. */
  readonly cutRows: number
  /** The life that ended. */
  readonly epoch: Epoch
}
