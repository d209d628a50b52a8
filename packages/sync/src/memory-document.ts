import { emptyCheck } from './check.ts'
import { goesOn } from './edit-parts.ts'
import type { Head, LogRow, NewRow, StoredSnapshot } from './ports.ts'
import type { ResumeToken, Role, UserId } from './protocol.ts'

interface StoredRow extends LogRow {
  readonly pushHash: string
}

/** One document of a MemoryLog. */
export interface MemoryDocument {
  head: Head
  /** Dense: those that compaction has not dropped. */
  rows: StoredRow[]
  /** The same rows by the push they were; of an edit in parts, the last. */
  readonly pushes: Map<string, StoredRow>
  snapshot:
    | (StoredSnapshot & {
        readonly vector: ReadonlyMap<number, number>
        readonly structs: number
        readonly madeAt: number
      })
    | undefined
  readonly owners: Map<number, UserId>
  /** Null: shut out, whatever the link gives. */
  readonly roles: Map<UserId, Role | null>
  linkRole: Role | undefined
  deleted: boolean
  /** The first row that is not what was written. */
  damagedSeq: number | undefined
}

/** Where the log stands; of a damaged one, the last whole edit before the damage. A damaged row that a snapshot covers harms nobody. */
export function readableHead({ head, rows, snapshot, damagedSeq }: MemoryDocument): Head {
  if (damagedSeq === undefined || damagedSeq > head.head || damagedSeq <= (snapshot?.throughSeq ?? 0)) return head
  const last = rows.findLast((row) => row.seq < damagedSeq && !goesOn(row))
  if (last !== undefined) return { ...head, head: last.seq, check: last.check, damagedAfterMs: last.at }
  const check = snapshot?.check ?? emptyCheck(head.epoch)
  return { ...head, head: snapshot?.throughSeq ?? 0, check, damagedAfterMs: snapshot?.madeAt ?? 0 }
}

/**
 * Whether a token is of this document's history. The row at its seq decides, or the snapshot through it.
 * One older than every kept row has only its epoch to go by: it belongs, and gets the snapshot.
 */
export function belongs(document: MemoryDocument, token: ResumeToken): boolean {
  const { rows, snapshot } = document
  const head = readableHead(document)
  if (token.epoch !== head.epoch) return false
  if (token.seq > head.head) return head.damagedAfterMs !== undefined
  if (token.seq === 0) return token.check === emptyCheck(head.epoch)
  if (token.seq === head.head) return token.check === head.check
  if (token.seq === snapshot?.throughSeq) return token.check === snapshot.check
  const row = rows[token.seq - (rows[0]?.seq ?? 1)]
  return row === undefined || row.check === token.check
}

/** Rows before this one are not kept any more. */
export function firstKept({ head, rows }: MemoryDocument): number {
  return rows[0]?.seq ?? head.head + 1
}

/** Rows after a seq: at least one if there is any, then while they fit. */
export function rowsWithin(document: MemoryDocument, afterSeq: number, maxBytes: number): LogRow[] {
  const { rows } = document
  const { head } = readableHead(document)
  const slice: LogRow[] = []
  let bytes = 0
  for (const row of rows.slice(Math.max(0, afterSeq + 1 - firstKept(document)))) {
    if (row.seq > head) break
    bytes += row.update.byteLength
    if (slice.length > 0 && bytes > maxBytes) break
    slice.push(asRead(row))
  }
  return slice
}

export function asRead({ pushHash: _, ...row }: StoredRow): LogRow {
  return row
}

export function pushName(push: Pick<LogRow, 'userId' | 'replicaId' | 'pushId'>): string {
  return `${push.userId} ${push.replicaId} ${push.pushId}`
}

/** A push has one place in a log: a batch that repeats one is not written, and its room looks again. */
export function repeatsPush(written: ReadonlyMap<string, unknown>, rows: readonly NewRow[]): boolean {
  const names = rows.map((row) => `${pushName(row)} ${row.part?.part ?? 1}`)
  return new Set(names).size < names.length || rows.some((row) => written.has(pushName(row)))
}
