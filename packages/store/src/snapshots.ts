import { emptyCheck, type DocumentId, type Epoch, type StoredSnapshot } from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import type { MergedLog } from './compaction.ts'
import { checksumOf, snapshotSeal } from './seals.ts'
import type { SnapshotTable, Tables } from './tables.ts'

type View = Kysely<Tables>

/** Which life of which document: what every question about a log starts with. */
export interface Life {
  readonly documentId: DocumentId
  readonly epoch: Epoch
}

/** A place in a log and its check, from where rows are read and their chain is verified. */
export interface Place {
  readonly seq: number
  readonly check: string
}

/** Bytes are plain, and what was written. */
export interface GoodSnapshot extends StoredSnapshot {
  readonly madeAt: number
}

/** Where the rows after a snapshot go on; without one, where a log starts. */
export function placeAfter(snapshot: Pick<StoredSnapshot, 'throughSeq' | 'check'> | undefined, epoch: Epoch): Place {
  return { seq: snapshot?.throughSeq ?? 0, check: snapshot?.check ?? emptyCheck(epoch) }
}

/** A snapshot as it is written: with the checksum and the seal that say later that it is what was written. */
export function snapshotRow(
  { documentId, epoch }: Life,
  through: Place,
  { bytes, vector, structs }: MergedLog,
): Omit<SnapshotTable, 'made_at'> {
  const checksum = checksumOf(bytes)
  const seal = snapshotSeal({ throughSeq: through.seq, check: through.check, checksum, vector })
  const place = { document_id: documentId, epoch, through_seq: through.seq, check: through.check }
  return { ...place, bytes, vector, checksum, seal, structs }
}

/** The newest snapshot, not beyond a seq, that is what was written; an older one serves when the newest is damaged. */
export async function newestSnapshot(
  view: View,
  life: Life,
  options: { throughSeq?: number; onDamaged?: (throughSeq: number) => void } = {},
): Promise<GoodSnapshot | undefined> {
  for (const throughSeq of await snapshotSeqs(view, life, options.throughSeq)) {
    const row = await snapshotsOf(view, life).selectAll().where('through_seq', '=', throughSeq).executeTakeFirst()
    if (row === undefined) continue
    if (isSealedSnapshot(row) && checksumOf(row.bytes) === row.checksum)
      return { throughSeq, check: row.check, bytes: plainBytes(row.bytes), madeAt: row.made_at }
    options.onDamaged?.(throughSeq)
  }
  return undefined
}

/** What a room opens with. The bytes are not read here: their checksum is part of the seal, and whoever reads them compares it. */
export async function newestVector(
  view: View,
  life: Life,
  throughSeq: number,
): Promise<{ throughSeq: number; check: string; vector: Uint8Array; bytes: number; structs: number } | undefined> {
  for (const seq of await snapshotSeqs(view, life, throughSeq)) {
    const row = await snapshotsOf(view, life)
      .select(['through_seq', 'check', 'checksum', 'vector', 'seal', 'structs', sql<number>`length(bytes)`.as('size')])
      .where('through_seq', '=', seq)
      .executeTakeFirst()
    if (row !== undefined && isSealedSnapshot(row))
      return {
        throughSeq: seq,
        check: row.check,
        vector: plainBytes(row.vector),
        bytes: row.size,
        structs: row.structs,
      }
  }
  return undefined
}

/** The check of the snapshot through a seq; undefined when there is none that can be believed. */
export async function snapshotCheckAt(view: View, life: Life, seq: number): Promise<string | undefined> {
  const row = await snapshotsOf(view, life)
    .select(['through_seq', 'check', 'checksum', 'vector', 'seal'])
    .where('through_seq', '=', seq)
    .executeTakeFirst()
  return row !== undefined && isSealedSnapshot(row) ? row.check : undefined
}

/** Whether a stored snapshot is, all of it, what was written. */
export function isSealedSnapshot(
  row: Pick<SnapshotTable, 'through_seq' | 'check' | 'checksum' | 'vector' | 'seal'>,
): boolean {
  return row.seal === null || row.seal === snapshotSeal({ ...row, throughSeq: row.through_seq })
}

/** PostgreSQL's driver answers with Buffers, whose `toString` and `toJSON` are other ones. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes
}

/** Newest first. */
async function snapshotSeqs(view: View, life: Life, throughSeq = Number.MAX_SAFE_INTEGER): Promise<readonly number[]> {
  const rows = await snapshotsOf(view, life)
    .select('through_seq')
    .where('through_seq', '<=', throughSeq)
    .orderBy('through_seq', 'desc')
    .execute()
  return rows.map((row) => row.through_seq)
}

function snapshotsOf(view: View, { documentId, epoch }: Life) {
  return view.selectFrom('snapshot').where('document_id', '=', documentId).where('epoch', '=', epoch)
}
