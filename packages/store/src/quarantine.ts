import type { DocumentId, Epoch, LogRow } from '@tandem/sync'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { readableRowsAfter } from './log-reads.ts'
import { newestSnapshot, placeAfter, type GoodSnapshot, type Life, type Place } from './snapshots.ts'
import { storedHeadOf, type StoredHead } from './stored-head.ts'
import type { Tables } from './tables.ts'

/** A log that turned out to be damaged, for the operator: nothing of its content. */
export interface DamageFound {
  readonly documentId: DocumentId
  readonly epoch: Epoch
  /** The last seq that is readable together with everything before it, and the head it should go on to. */
  readonly readableThrough: number
  readonly head: number
}

/** A log read to its end, or as far as it is what was written. */
export interface ExaminedLog {
  readonly life: Life
  readonly stored: StoredHead
  /** The newest good snapshot, and the readable rows after it. */
  readonly snapshot: GoodSnapshot | undefined
  readonly rows: readonly LogRow[]
  /** Where the readable log ends; `at`: when that was written, 0 when nothing is readable. */
  readonly readable: Place & { readonly at: number }
  readonly isWhole: boolean
  /** Newer snapshots that are not what was written. */
  readonly damagedSnapshots: readonly number[]
}

/** Reads all of a log, whatever it is marked as. Undefined: there is no such document. Never throws for damage. */
export async function examine(view: Kysely<Tables>, documentId: DocumentId): Promise<ExaminedLog | undefined> {
  const stored = await storedHeadOf(view, documentId)
  if (stored === undefined) return undefined
  const life = { documentId, epoch: stored.epoch }
  const damagedSnapshots: number[] = []
  const snapshot = await newestSnapshot(view, life, { onDamaged: (seq) => damagedSnapshots.push(seq) })
  const from = placeAfter(snapshot, stored.epoch)
  const rows = await readableRowsAfter(view, life, from, stored.head)
  const { seq, check } = rows.at(-1) ?? from
  const readable = { seq, check, at: rows.at(-1)?.at ?? snapshot?.madeAt ?? 0 }
  const isWhole = seq === stored.head && check === stored.head_check
  return { life, stored, snapshot, rows, readable, isWhole, damagedSnapshots }
}

/**
 * Looks at a log that seemed damaged once more, and marks its document when it is: from then on it is readable up to
 * the damage, and no append to it succeeds, until `repairDocument`. Resolves with what it marked; undefined when the
 * log is whole after all, or was marked before. Throws SyncError 'log-unavailable'.
 */
export async function quarantine(database: Database, documentId: DocumentId): Promise<DamageFound | undefined> {
  const log = await database.view((view) => examine(view, documentId))
  if (log === undefined || log.isWhole) return undefined
  const { stored, readable } = log
  const [marked] = await database.write((tables) => [
    tables
      .updateTable('document')
      .set({ damaged_after: readable.seq, damaged_check: readable.check, damaged_at: readable.at })
      .where('id', '=', documentId)
      .where('epoch', '=', stored.epoch)
      .where((is) => is.or([is('damaged_after', 'is', null), is('damaged_after', '>', readable.seq)])),
  ])
  if (marked?.numAffectedRows === 0n) return undefined
  return { documentId, epoch: stored.epoch, readableThrough: readable.seq, head: stored.head }
}
