import { hash } from 'node:crypto'
import {
  emptyCheck,
  nextCheck,
  type DocumentId,
  type Epoch,
  type Head,
  type LogRow,
  type ResumeToken,
  type StoredSnapshot,
} from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import { Damaged } from './storage-error.ts'
import type { Tables } from './tables.ts'

type View = Kysely<Tables>

/** Which life of which document: what every question about a log starts with. */
export interface Life {
  readonly documentId: DocumentId
  readonly epoch: Epoch
}

/** A place in a log and its check, from where rows are read and their chain is verified. */
interface Place {
  readonly seq: number
  readonly check: string
}

/** Rows that one slice looks at; the rest follows in the next. */
const SLICE_ROWS = 5_000

export async function headOf(view: View, documentId: DocumentId): Promise<Head | undefined> {
  return view
    .selectFrom('document')
    .select(HEAD_COLUMNS)
    .where('id', '=', documentId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

export const HEAD_COLUMNS = [
  'epoch',
  'head',
  'head_check as check',
  'access_version as accessVersion',
  'schema_version as schemaVersion',
] as const

/**
 * Whether a token is of this document's history. The row at its seq decides, or the snapshot through it.
 * One older than every kept row has only its epoch to go by: it belongs, and gets the snapshot.
 */
export async function belongs(view: View, documentId: DocumentId, head: Head, token: ResumeToken): Promise<boolean> {
  if (token.epoch !== head.epoch || token.seq > head.head) return false
  if (token.seq === 0) return token.check === emptyCheck(head.epoch)
  if (token.seq === head.head) return token.check === head.check
  const known =
    (await checkAt(view, { documentId, epoch: head.epoch }, token.seq)) ??
    (await snapshotCheckAt(view, { documentId, epoch: head.epoch }, token.seq))
  return known === undefined || known === token.check
}

async function checkAt(view: View, { documentId, epoch }: Life, seq: number): Promise<string | undefined> {
  const row = await view
    .selectFrom('log_row')
    .select('check')
    .where('document_id', '=', documentId)
    .where('epoch', '=', epoch)
    .where('seq', '=', seq)
    .executeTakeFirst()
  return row?.check
}

async function snapshotCheckAt(view: View, { documentId, epoch }: Life, seq: number): Promise<string | undefined> {
  const row = await view
    .selectFrom('snapshot')
    .select('check')
    .where('document_id', '=', documentId)
    .where('epoch', '=', epoch)
    .where('through_seq', '=', seq)
    .executeTakeFirst()
  return row?.check
}

/**
 * The rows that follow a place, at least one if there is any, then while they fit; verified against its check.
 * Undefined when the next row is not kept any more. Throws SyncError 'log-unavailable' when a row is damaged or missing.
 */
export async function rowsAfter(
  view: View,
  life: Life,
  after: Place,
  options: { head: number; maxBytes: number },
): Promise<readonly LogRow[] | undefined> {
  if (after.seq >= options.head) return []
  const through = await sliceEnd(view, life, after.seq, options.maxBytes)
  const rows = through === undefined ? [] : await readRows(view, life, after.seq, through)
  if (rows[0]?.seq !== after.seq + 1) return undefined
  verifyRows(life.documentId, after, rows)
  return rows
}

/** The rows that follow a place up to the first that is damaged or missing: for a repair. Never throws for damage. */
export async function readableRowsAfter(
  view: View,
  life: Life,
  after: Place,
  head: number,
): Promise<readonly LogRow[]> {
  const readable: LogRow[] = []
  let place = after
  while (place.seq < head) {
    const through = await sliceEnd(view, life, place.seq, Infinity)
    const rows = through === undefined ? [] : await readRows(view, life, place.seq, through)
    const intact = intactRows(place, rows)
    readable.push(...intact)
    if (intact.length === 0 || intact.length < rows.length) return readable
    place = intact.at(-1) ?? place
  }
  return readable
}

/** All of them, verified. Throws SyncError 'log-unavailable' when one is damaged or missing. */
export async function everyRowAfter(view: View, life: Life, after: Place, head: number): Promise<LogRow[]> {
  const all: LogRow[] = []
  let place = after
  while (place.seq < head) {
    const rows = await rowsAfter(view, life, place, { head, maxBytes: Infinity })
    if (rows === undefined) throw new Damaged(life.documentId, `row ${place.seq + 1} of its log is missing`)
    all.push(...rows)
    place = rows.at(-1) ?? place
  }
  return all
}

/** Looks at sizes only: a slice of many large rows must not be read to find out that it is too large. */
async function sliceEnd(view: View, life: Life, afterSeq: number, maxBytes: number): Promise<number | undefined> {
  const sizes = await view
    .selectFrom('log_row')
    .select(['seq', sql<number>`length("update")`.as('bytes')])
    .where('document_id', '=', life.documentId)
    .where('epoch', '=', life.epoch)
    .where('seq', '>', afterSeq)
    .orderBy('seq')
    .limit(SLICE_ROWS)
    .execute()
  let through: number | undefined
  let total = 0
  for (const { seq, bytes } of sizes) {
    total += bytes
    if (through !== undefined && total > maxBytes) break
    through = seq
  }
  return through
}

async function readRows(view: View, life: Life, afterSeq: number, throughSeq: number): Promise<LogRow[]> {
  const rows = await view
    .selectFrom('log_row')
    .select(['seq', 'check', 'update', 'user_id as userId', 'replica_id as replicaId', 'push_id as pushId', 'at'])
    .where('document_id', '=', life.documentId)
    .where('epoch', '=', life.epoch)
    .where('seq', '>', afterSeq)
    .where('seq', '<=', throughSeq)
    .orderBy('seq')
    .execute()
  return rows.map((row) => ({ ...row, update: plainBytes(row.update) }))
}

function verifyRows(documentId: DocumentId, after: Place, rows: readonly LogRow[]): void {
  const intact = intactRows(after, rows)
  const next = rows[intact.length]
  if (next === undefined) return
  const seq = after.seq + intact.length + 1
  const what = next.seq === seq ? 'is not what was written' : 'is missing'
  throw new Damaged(documentId, `row ${seq} of its log ${what}`)
}

/** Those from the first on that follow each other by seq and by check. */
function intactRows(after: Place, rows: readonly LogRow[]): readonly LogRow[] {
  let { seq, check } = after
  for (const [index, row] of rows.entries()) {
    seq += 1
    check = nextCheck(check, row.update)
    if (row.seq !== seq || row.check !== check) return rows.slice(0, index)
  }
  return rows
}

/** The newest snapshot whose bytes are what was written; an older one serves when the newest is damaged. */
export async function newestSnapshot(view: View, { documentId, epoch }: Life): Promise<StoredSnapshot | undefined> {
  const seqs = await view
    .selectFrom('snapshot')
    .select(['through_seq'])
    .where('document_id', '=', documentId)
    .where('epoch', '=', epoch)
    .orderBy('through_seq', 'desc')
    .execute()
  for (const { through_seq } of seqs) {
    const snapshot = await view
      .selectFrom('snapshot')
      .select(['through_seq as throughSeq', 'check', 'bytes', 'checksum'])
      .where('document_id', '=', documentId)
      .where('epoch', '=', epoch)
      .where('through_seq', '=', through_seq)
      .executeTakeFirst()
    if (snapshot === undefined || checksumOf(snapshot.bytes) !== snapshot.checksum) continue
    return { throughSeq: snapshot.throughSeq, check: snapshot.check, bytes: plainBytes(snapshot.bytes) }
  }
  return undefined
}

/** SHA-256, hex: names a snapshot's bytes. */
export function checksumOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex')
}

/** PostgreSQL's driver answers with Buffers, whose `toString` and `toJSON` are other ones. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : bytes
}
