import {
  emptyCheck,
  goesOn,
  nextCheck,
  type DocumentId,
  type Head,
  type LogRow,
  type NewRow,
  type ResumeToken,
} from '@tandem/sync'
import { sql, type Kysely } from 'kysely'
import { rowSeal } from './seals.ts'
import { plainBytes, snapshotCheckAt, type Life, type Place } from './snapshots.ts'
import { Damaged } from './storage-error.ts'
import type { Tables } from './tables.ts'

type View = Kysely<Tables>

/** A row as it is stored: with the two columns that nobody outside the store sees. */
type SealedRow = Omit<LogRow, 'update'> & Pick<NewRow, 'pushHash'> & { readonly seal: string | null }
type StoredRow = SealedRow & Pick<LogRow, 'update'>

/** What a row's seal covers, and the seal. */
export const SEALED_COLUMNS = [
  'seq',
  'check',
  'user_id as userId',
  'replica_id as replicaId',
  'push_id as pushId',
  'part',
  'parts',
  'push_hash as pushHash',
  'at',
  'seal',
] as const

/** Rows that one slice looks at; the rest follows in the next. */
const SLICE_ROWS = 5_000

/**
 * Whether a token is of this document's history. The row at its seq decides, or the snapshot through it. One older than
 * every kept row, or at a damaged one, has only its epoch to go by: it belongs. So does one beyond the damage of a
 * damaged log: who has more than can be read here keeps it.
 */
export async function belongs(view: View, documentId: DocumentId, head: Head, token: ResumeToken): Promise<boolean> {
  if (token.epoch !== head.epoch) return false
  if (token.seq > head.head) return head.damagedAfterMs !== undefined
  if (token.seq === 0) return token.check === emptyCheck(head.epoch)
  if (token.seq === head.head) return token.check === head.check
  const life = { documentId, epoch: head.epoch }
  const known = (await checkAt(view, life, token.seq)) ?? (await snapshotCheckAt(view, life, token.seq))
  return known === undefined || known === token.check
}

async function checkAt(view: View, life: Life, seq: number): Promise<string | undefined> {
  const [row] = await readRows(view, life, { afterSeq: seq - 1, throughSeq: seq })
  return row !== undefined && isSealed(row) ? row.check : undefined
}

/**
 * The rows that follow a place, at least one if there is any, then while they fit; verified against its check.
 * Undefined when the next row is not kept any more. Throws Damaged when a row is damaged or missing.
 */
export async function rowsAfter(
  view: View,
  life: Life,
  after: Place,
  options: { head: number; maxBytes: number },
): Promise<readonly LogRow[] | undefined> {
  if (after.seq >= options.head) return []
  const throughSeq = await sliceEnd(view, life, after.seq, options)
  const rows = throughSeq === undefined ? [] : await readRows(view, life, { afterSeq: after.seq, throughSeq })
  if (rows[0]?.seq !== after.seq + 1) return undefined
  verifyRows(life.documentId, after, rows)
  return rows.map(asRead)
}

/**
 * The rows that follow a place up to the first that is damaged or missing, without an edit that was cut in two by that.
 * Never throws for damage.
 */
export async function readableRowsAfter(
  view: View,
  life: Life,
  after: Place,
  head: number,
): Promise<readonly LogRow[]> {
  const readable: StoredRow[] = []
  let place = after
  while (place.seq < head) {
    const throughSeq = await sliceEnd(view, life, place.seq, { head, maxBytes: Infinity })
    const rows = throughSeq === undefined ? [] : await readRows(view, life, { afterSeq: place.seq, throughSeq })
    const intact = intactRows(place, rows)
    readable.push(...intact)
    if (intact.length === 0 || intact.length < rows.length) break
    place = intact.at(-1) ?? place
  }
  return wholeEdits(readable).map(asRead)
}

/** All of them, verified. Throws Damaged when one is damaged or missing. */
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

/** What a repair says of a row that it leaves behind: never anything of its content. */
export interface CutRow {
  readonly seq: number
  readonly at: number
  readonly userId: string
  readonly bytes: number
  /** Whether it is, by itself, what was written. It is of no use without those before it. */
  readonly intact: boolean
}

/** The rows after a place as they lie there, whatever is wrong with them; at most `limit`. */
export async function rowsLeftBehind(view: View, life: Life, after: Place, limit: number): Promise<CutRow[]> {
  const rows = await readRows(view, life, { afterSeq: after.seq, throughSeq: Number.MAX_SAFE_INTEGER, limit })
  return rows.map((row, index) => {
    const before = rows[index - 1] ?? after
    const follows = before.seq === row.seq - 1 && nextCheck(before.check, row.update) === row.check
    const { seq, at, userId, update } = row
    return { seq, at, userId, bytes: update.byteLength, intact: follows && isSealed(row) }
  })
}

/** Looks at sizes only: a slice of many large rows must not be read to find out that it is too large. */
async function sliceEnd(
  view: View,
  life: Life,
  afterSeq: number,
  { head, maxBytes }: { head: number; maxBytes: number },
): Promise<number | undefined> {
  const sizes = await rowsOf(view, life)
    .select(['seq', sql<number>`length("update")`.as('bytes')])
    .where('seq', '>', afterSeq)
    .where('seq', '<=', head)
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

async function readRows(
  view: View,
  life: Life,
  { afterSeq, throughSeq, limit }: { afterSeq: number; throughSeq: number; limit?: number },
): Promise<StoredRow[]> {
  const rows = await rowsOf(view, life)
    .select([...SEALED_COLUMNS, 'update'])
    .where('seq', '>', afterSeq)
    .where('seq', '<=', throughSeq)
    .orderBy('seq')
    .limit(limit ?? SLICE_ROWS)
    .execute()
  return rows.map(({ update, ...row }) => ({ ...sealedRow(row), update: plainBytes(update) }))
}

/** A row of SEALED_COLUMNS, as the port has it. */
export function sealedRow({
  part,
  parts: of,
  ...row
}: Omit<SealedRow, 'part'> & { readonly part: number; readonly parts: number }): SealedRow {
  return { ...row, ...(of > 1 && { part: { part, of } }) }
}

function asRead({ pushHash: _, seal: __, ...row }: StoredRow): LogRow {
  return row
}

function verifyRows(documentId: DocumentId, after: Place, rows: readonly StoredRow[]): void {
  const intact = intactRows(after, rows)
  const next = rows[intact.length]
  if (next === undefined) return
  const seq = after.seq + intact.length + 1
  const what = next.seq === seq ? 'is not what was written' : 'is missing'
  throw new Damaged(documentId, `row ${seq} of its log ${what}`)
}

/** Those from the first on that follow each other by seq and by check, with what is beside their updates. */
function intactRows(after: Place, rows: readonly StoredRow[]): readonly StoredRow[] {
  let { seq, check } = after
  for (const [index, row] of rows.entries()) {
    seq += 1
    check = nextCheck(check, row.update)
    if (row.seq !== seq || row.check !== check || !isSealed(row)) return rows.slice(0, index)
  }
  return rows
}

/** Whether what is beside a row's update is what was written, as far as that can be said of it alone. */
export function isSealed(row: SealedRow): boolean {
  return row.seal === null || row.seal === rowSeal(row, row.at)
}

function wholeEdits(rows: readonly StoredRow[]): readonly StoredRow[] {
  const last = rows.findLastIndex((row) => !goesOn(row))
  return rows.slice(0, last + 1)
}

function rowsOf(view: View, { documentId, epoch }: Life) {
  return view.selectFrom('log_row').where('document_id', '=', documentId).where('epoch', '=', epoch)
}
