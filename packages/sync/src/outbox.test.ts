import { expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { Outbox } from './outbox.ts'
import type { Epoch, PresenceEntry, SessionId, UserId } from './protocol.ts'

const START = { epoch: 'epoch-number-1' as Epoch, seq: 10, check: '00000000000000aa' }
const check = (seq: number): string => seq.toString(16).padStart(16, '0')
const entry = (sessionId: string, name: string): PresenceEntry => ({
  sessionId: sessionId as SessionId,
  person: { userId: 'somebody' as UserId, name, color: '#123456' },
  caret: null,
})

function live(): Outbox {
  const outbox = new Outbox()
  outbox.advance(START)
  outbox.caughtUp()
  return outbox
}

function row(seq: number): { seq: number; check: string } {
  return { seq, check: check(seq) }
}

test('[OUT-1] rows leave in order, each once, and move what was sent', () => {
  const outbox = live()
  for (const seq of [9, 10, 11, 11, 12]) outbox.addRow(row(seq), new Uint8Array([seq]))
  expect(outbox.take()).toEqual({
    type: 'changes',
    fromSeq: 11,
    head: 12,
    check: check(12),
    updates: [new Uint8Array([11]), new Uint8Array([12])],
  })
  expect(outbox.sent).toEqual({ ...START, seq: 12, check: check(12) })
  expect(outbox.take()).toBeUndefined()
  expect(outbox.bytes).toBe(0)
})

test('[OUT-2] of presence only the newest entry per session waits', () => {
  const outbox = live()
  outbox.addPresence(entry('session-a', 'Ann'))
  outbox.addPresence(entry('session-b', 'Bob'))
  outbox.addPresence(entry('session-a', 'Anna'))
  outbox.addPresence({ sessionId: 'session-b' as SessionId, gone: true })
  expect(outbox.take()?.presence).toEqual([entry('session-a', 'Anna'), { sessionId: 'session-b', gone: true }])
})

test('[OUT-3] past its limit it drops its updates and is behind; presence and access still wait', () => {
  const outbox = live()
  outbox.addPresence(entry('session-a', 'Ann'))
  for (let seq = 11; !outbox.behind; seq += 1) outbox.addRow(row(seq), new Uint8Array(100_000))
  expect(outbox.bytes).toBe(0)
  outbox.addRow(row(99), new Uint8Array(1))
  expect(outbox.take()).toMatchObject({ updates: [], presence: [entry('session-a', 'Ann')], head: 10 })
  expect(outbox.sent).toEqual(START)
})

test('[OUT-5] a frame carries about one chunk, and at least one update', () => {
  const outbox = live()
  outbox.addRow(row(11), new Uint8Array(LIMITS.chunkBytes + 1))
  outbox.addRow(row(12), new Uint8Array(LIMITS.chunkBytes / 2))
  outbox.addRow(row(13), new Uint8Array(10))
  expect(outbox.take()?.updates.length).toBe(1)
  expect(outbox.take()?.updates.length).toBe(2)
  expect(outbox.isEmpty).toBe(true)
})

test('[OUT-7] of many live events the newest wait', () => {
  const outbox = live()
  for (let count = 0; count < 1_000; count += 1) outbox.addEvent({ name: 'renamed', data: count })
  const events = outbox.take()?.events ?? []
  expect(events.length).toBeLessThan(100)
  expect(events.at(-1)).toEqual({ name: 'renamed', data: 999 })
})
