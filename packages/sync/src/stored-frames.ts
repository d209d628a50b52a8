import { goesOn } from './edit-parts.ts'
import { LIMITS } from './limits.ts'
import type { LogRow, StoredSnapshot } from './ports.ts'
import type { Changes, Snapshot } from './protocol.ts'

/** What a page is sent after its welcome, while it reads the log. */
export interface StoredFrame {
  readonly frame: Snapshot | Changes
  /** Where its reader stands once it has it; undefined: in the middle of a snapshot. */
  readonly reached: { readonly seq: number; readonly check: string } | undefined
}

/** A frame closes with so many rows, so that those of a long tail stay the same while the document is written in. */
const ROWS = 256

/**
 * [ROOM-14] The frames of a room's snapshot and rows, one object for all who read the same, so that whoever encodes them needs to do it
 * once, too. Those of a snapshot and of closed groups of rows last as long as these are in memory; of the newest rows there are only the last ones made.
 */
export class StoredFrames {
  readonly #snapshots = new WeakMap<StoredSnapshot, readonly StoredFrame[]>()
  /** Closed groups, by their last row. */
  readonly #closed = new WeakMap<LogRow, { readonly first: LogRow; readonly stored: StoredFrame }>()
  #newest: { readonly first: LogRow; readonly last: LogRow; readonly frames: readonly StoredFrame[] } | undefined

  /** In pieces of LIMITS.chunkBytes; one at least. */
  ofSnapshot(snapshot: StoredSnapshot): readonly StoredFrame[] {
    let frames = this.#snapshots.get(snapshot)
    if (frames === undefined) this.#snapshots.set(snapshot, (frames = piecesOf(snapshot)))
    return frames
  }

  /** Of rows that follow each other, in frames of about LIMITS.chunkBytes. `isOwn`: which are empty slots; then they are made for one reader alone. */
  ofRows(rows: readonly LogRow[], isOwn?: (row: LogRow) => boolean): readonly StoredFrame[] {
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return []
    if (isOwn !== undefined && rows.some(isOwn)) return inGroups(rows).map(({ group }) => changesOf(group, isOwn))
    if (this.#newest?.first === first && this.#newest.last === last) return this.#newest.frames
    const frames = inGroups(rows).map(({ group, isClosed }) => (isClosed ? this.#ofClosed(group) : changesOf(group)))
    this.#newest = { first, last, frames }
    return frames
  }

  #ofClosed(group: Group): StoredFrame {
    const [first, last] = [group[0], group.at(-1) ?? group[0]]
    const kept = this.#closed.get(last)
    if (kept?.first === first) return kept.stored
    const stored = changesOf(group)
    this.#closed.set(last, { first, stored })
    return stored
  }
}

type Group = readonly [LogRow, ...LogRow[]]

function changesOf(group: Group, isOwn?: (row: LogRow) => boolean): StoredFrame {
  const last = group.at(-1) ?? group[0]
  const { seq, check } = last
  const updates = group.map((row) => (isOwn?.(row) === true ? null : row.update))
  const frame = { type: 'changes', fromSeq: group[0].seq, head: seq, check, updates } as const
  return { frame: goesOn(last) ? { ...frame, goesOn: true } : frame, reached: { seq, check } }
}

function piecesOf({ throughSeq, check, bytes }: StoredSnapshot): readonly StoredFrame[] {
  const of = Math.max(1, Math.ceil(bytes.byteLength / LIMITS.chunkBytes))
  return Array.from({ length: of }, (_, index) => {
    const piece = bytes.subarray(index * LIMITS.chunkBytes, (index + 1) * LIMITS.chunkBytes)
    return {
      frame: { type: 'snapshot', throughSeq, check, part: index + 1, of, bytes: piece },
      reached: index + 1 === of ? { seq: throughSeq, check } : undefined,
    }
  })
}

/** From the same start the same groups, but the last: so they are found again when there are more rows. */
function inGroups(rows: readonly LogRow[]): { readonly group: Group; readonly isClosed: boolean }[] {
  const groups: { group: [LogRow, ...LogRow[]]; isClosed: boolean }[] = []
  let bytes = 0
  for (const row of rows) {
    const open = groups.at(-1)
    bytes += row.update.byteLength
    if (open !== undefined && open.group.length < ROWS && bytes <= LIMITS.chunkBytes) open.group.push(row)
    else {
      if (open !== undefined) open.isClosed = true
      groups.push({ group: [row], isClosed: false })
      bytes = row.update.byteLength
    }
  }
  return groups
}
