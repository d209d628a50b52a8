import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { Epoch, PresenceEntry, SessionId, UserId } from './protocol.ts'
import { SharedFrames, type WaitingRow } from './shared-frames.ts'

const START = { epoch: 'epoch-number-1' as Epoch, seq: 10, check: '00000000000000aa' }
const check = (seq: number): string => seq.toString(16).padStart(16, '0')
const entry = (sessionId: string, name: string): PresenceEntry => ({
  sessionId: sessionId as SessionId,
  person: { userId: 'somebody' as UserId, name, color: '#123456' },
  caret: null,
})

function live(): Outbox {
  const outbox = new Outbox(() => [entry('session-here', 'Hal')])
  outbox.advance(START)
  outbox.caughtUp()
  return outbox
}

const shared = new SharedFrames({ clock: { now: () => 0 }, meter: { observe: () => undefined } })

function row(seq: number, update: Uint8Array): WaitingRow {
  return { seq, check: check(seq), update, goesOn: false, arrivedMs: 0 }
}

test('[OUT-1] rows leave in order, each once, and move what was sent', () => {
  const outbox = live()
  for (const seq of [9, 10, 11, 11, 12]) outbox.addRow(row(seq, new Uint8Array([seq])))
  expect(outbox.take(shared)).toEqual({
    type: 'changes',
    fromSeq: 11,
    head: 12,
    check: check(12),
    updates: [new Uint8Array([11]), new Uint8Array([12])],
  })
  expect(outbox.sent).toEqual({ ...START, seq: 12, check: check(12) })
  expect(outbox.take(shared)).toBeUndefined()
  expect(outbox.bytes).toBe(0)
})

test('[OUT-2] of presence only the newest entry per session waits', () => {
  const outbox = live()
  outbox.addPresence(entry('session-a', 'Ann'))
  outbox.addPresence(entry('session-b', 'Bob'))
  outbox.addPresence(entry('session-a', 'Anna'))
  outbox.addPresence({ sessionId: 'session-b' as SessionId, gone: true })
  expect(outbox.take(shared)?.presence).toEqual([entry('session-a', 'Anna'), { sessionId: 'session-b', gone: true }])
})

test('[OUT-3] past its limit it drops its updates and is behind; presence and access still wait', () => {
  const outbox = live()
  outbox.addPresence(entry('session-a', 'Ann'))
  for (let seq = 11; !outbox.behind; seq += 1) outbox.addRow(row(seq, new Uint8Array(100_000)))
  expect(outbox.bytes).toBe(0)
  outbox.addRow(row(99, new Uint8Array(1)))
  expect(outbox.take(shared)).toMatchObject({ updates: [], presence: [entry('session-a', 'Ann')], head: 10 })
  expect(outbox.sent).toEqual(START)
})

test('[OUT-5] a frame carries about one chunk, and at least one update', () => {
  const outbox = live()
  outbox.addRow(row(11, new Uint8Array(LIMITS.chunkBytes + 1)))
  outbox.addRow(row(12, new Uint8Array(LIMITS.chunkBytes / 2)))
  outbox.addRow(row(13, new Uint8Array(10)))
  expect(outbox.take(shared)?.updates.length).toBe(1)
  expect(outbox.take(shared)?.updates.length).toBe(2)
  expect(outbox.isEmpty).toBe(true)
})

const left = (id: number) => ({ sessionId: `session-${id}` as SessionId, gone: true as const })

test('[OUT-8] of people who left so many entries wait; with one more, everybody is named anew and nothing gathers', () => {
  const outbox = live()
  outbox.addPresence(entry('session-a', 'Ann'))
  for (let id = 0; id < LIMITS.outboxGone; id += 1) outbox.addPresence(left(id))
  expect(outbox.gone).toBe(LIMITS.outboxGone)
  outbox.addPresence(left(-1))
  for (let id = 0; id < 10_000; id += 1) outbox.addPresence(left(id))
  outbox.addPresence(entry('session-a', 'Anna'))
  expect([outbox.gone, outbox.isEmpty]).toEqual([0, false])
  expect(outbox.take(shared)).toMatchObject({ presence: [entry('session-here', 'Hal')], everybody: true })
  expect(outbox.isEmpty).toBe(true)
  outbox.addPresence(left(1))
  expect(outbox.take(shared)).not.toHaveProperty('everybody')
})

test('[OUT-8] entries that were taken do not count', () => {
  const outbox = live()
  for (let id = 0; id < 2 * LIMITS.outboxGone; id += 1) {
    outbox.addPresence(left(id))
    if (id % 10 === 0) expect(outbox.take(shared)).not.toHaveProperty('everybody')
  }
})

test('[OUT-7] of many live events the newest wait', () => {
  const outbox = live()
  for (let count = 0; count < 1_000; count += 1) outbox.addEvent({ name: 'renamed', data: count })
  const events = outbox.take(shared)?.events ?? []
  expect(events.length).toBeLessThan(100)
  expect(events.at(-1)).toEqual({ name: 'renamed', data: 999 })
})
