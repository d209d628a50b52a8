import { nextCheck } from './check.ts'
import type { Head, LogRow } from './ports.ts'
import type { Epoch, NodeId, RelayMessage } from './protocol.ts'

export type RelayedRows = Extract<RelayMessage, { type: 'changes' }>

/** Rows up to this size travel on the relay; of larger ones only the head is announced, and the others read the log. */
const RELAYED_BYTES = 64 * 1024

/** What the other nodes are told of rows that are in the log now; at least one. */
export function rowsForRelay(
  rows: readonly LogRow[],
  from: { node: NodeId; epoch: Epoch; schemaVersion: number },
): RelayedRows {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) throw new RangeError('There are no rows to relay.')
  const bytes = rows.reduce((sum, row) => sum + row.update.byteLength, 0)
  const relayed = rows.map(({ update, userId, replicaId, pushId, part, at }) => ({
    update,
    userId,
    replicaId,
    pushId,
    ...(part && { part }),
    at,
  }))
  const { check, seq: head } = last
  return { type: 'changes', ...from, fromSeq: first.seq, head, check, rows: bytes <= RELAYED_BYTES ? relayed : [] }
}

/** [GAP-1] A message's rows after the head, with the checks they must have; undefined when they do not lead to its check. */
export function rowsThatFollow(message: RelayedRows, { head, check: headCheck }: Head): readonly LogRow[] | undefined {
  if (message.fromSeq > head + 1 || message.head !== message.fromSeq + message.rows.length - 1) return undefined
  let check = headCheck
  const rows = message.rows.slice(head + 1 - message.fromSeq).map((row, index): LogRow => {
    check = nextCheck(check, row.update)
    const { part, ...others } = row
    return { ...others, ...(part && { part }), seq: head + 1 + index, check }
  })
  return check === message.check ? rows : undefined
}
