import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import type { LogRow } from './ports.ts'
import type { Changes, ReplicaId, UserId } from './protocol.ts'
import { StoredFrames } from './stored-frames.ts'

function rowsThrough(count: number, bytes = 10): LogRow[] {
  return Array.from({ length: count }, (_, index) => ({
    seq: index + 1,
    check: String(index + 1),
    update: new Uint8Array(bytes).fill(index),
    userId: 'ann' as UserId,
    replicaId: `replica-${index % 2}` as ReplicaId,
    pushId: index + 1,
    at: 0,
  }))
}

const changesOf = (frames: ReturnType<StoredFrames['ofRows']>): Changes[] => frames.map(({ frame }) => frame as Changes)
const updates = (frames: readonly Changes[]): unknown[] => frames.flatMap((frame) => frame.updates)

test('[ROOM-14] whoever reads the same rows gets the same frames, without a gap between them', () => {
  const stored = new StoredFrames()
  const rows = rowsThrough(600)
  const frames = stored.ofRows(rows)
  expect(stored.ofRows([...rows])).toBe(frames)
  expect(updates(changesOf(frames))).toEqual(rows.map(({ update }) => update))
  expect(changesOf(frames).map(({ fromSeq, head }) => [fromSeq, head])).toEqual([
    [1, 256],
    [257, 512],
    [513, 600],
  ])
  expect(frames.map(({ reached }) => reached)).toEqual([256, 512, 600].map((seq) => ({ seq, check: String(seq) })))
})

test('[ROOM-14] when rows have come, the frames before the last are still the same', () => {
  const stored = new StoredFrames()
  const rows = rowsThrough(600)
  const before = stored.ofRows(rows.slice(0, 520))
  const after = stored.ofRows(rows)
  expect(after.slice(0, 2).map(({ frame }, index) => frame === before[index]?.frame)).toEqual([true, true])
  expect(changesOf(after).at(-1)).toMatchObject({ fromSeq: 513, head: 600 })
  expect(updates(changesOf(after))).toEqual(rows.map(({ update }) => update))
})

test('[ROOM-14] rows that follow another snapshot are other frames', () => {
  const stored = new StoredFrames()
  const rows = rowsThrough(600)
  stored.ofRows(rows)
  const later = changesOf(stored.ofRows(rows.slice(100)))
  expect(later[0]).toMatchObject({ fromSeq: 101, head: 356 })
  expect(updates(later)).toEqual(rows.slice(100).map(({ update }) => update))

  const large = rowsThrough(4, LIMITS.chunkBytes / 2)
  expect(changesOf(stored.ofRows(large))[0]?.updates).toHaveLength(2)
  const [one, two, three] = large
  if (one === undefined || two === undefined || three === undefined) throw new Error('unreachable')
  const whole = { ...three, update: new Uint8Array(LIMITS.chunkBytes) }
  stored.ofRows([one, two, whole])
  // Not by their bytes: half a megabyte of differences would be printed.
  const [first, second] = updates(changesOf(stored.ofRows([two, whole])))
  expect([first === two.update, second === whole.update]).toEqual([true, true])
})

test('frames of rows and pieces of a snapshot are no larger than LIMITS.chunkBytes', () => {
  const stored = new StoredFrames()
  const rows = rowsThrough(5, LIMITS.chunkBytes / 2)
  expect(changesOf(stored.ofRows(rows)).map((frame) => frame.updates.length)).toEqual([2, 2, 1])
  const snapshot = { throughSeq: 7, check: '7', bytes: new Uint8Array(LIMITS.chunkBytes + 1).fill(3) }
  const pieces = stored.ofSnapshot(snapshot)
  expect(stored.ofSnapshot(snapshot)).toBe(pieces)
  expect(pieces.map(({ frame, reached }) => [frame.type === 'snapshot' && frame.bytes.byteLength, reached])).toEqual([
    [LIMITS.chunkBytes, undefined],
    [1, { seq: 7, check: '7' }],
  ])
})

test('[OUT-1] frames with empty slots are one reader’s, and leave no trace in what others get', () => {
  const stored = new StoredFrames()
  const rows = rowsThrough(4)
  const own = changesOf(stored.ofRows(rows, (row) => row.replicaId === 'replica-1'))
  expect(updates(own)).toEqual([rows[0]?.update, null, rows[2]?.update, null])
  expect(updates(changesOf(stored.ofRows(rows)))).toEqual(rows.map(({ update }) => update))
})
