import { binaryEncoder } from '@tandem/sync'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { keystrokes } from '../load/typists.ts'
import type { Seat } from './client.ts'
import { countTandem } from './tandem-count.ts'
import { TandemPushes } from './tandem-pushes.ts'

const updates = keystrokes(9, 4)
const letters = (...some: readonly Uint8Array[]) => {
  const doc = new Y.Doc()
  for (const update of some) Y.applyUpdate(doc, update)
  return Y.encodeStateVector(doc)
}
let sent: { pushId: number; update: Uint8Array }[]
let pushes: TandemPushes

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  pushes = new TandemPushes((push) => sent.push(push) + 100) // the call's number
})
afterEach(() => vi.useRealTimers())

const [one, two, three, four] = updates as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]

test('one is under way at a time, and what is typed meanwhile goes as one when it is acked', () => {
  for (const update of updates) pushes.add(update)
  expect(sent).toEqual([{ pushId: 1, update: one }])
  pushes.answered(7, false) // a caret's
  expect(sent).toHaveLength(1)
  pushes.answered(101, false)
  expect(sent.map(({ pushId }) => pushId)).toEqual([1, 2])
  expect(letters(one, sent[1]?.update ?? one)).toEqual(letters(...updates))
  pushes.answered(102, false)
  vi.advanceTimersByTime(5_000)
  expect(sent).toHaveLength(2)
})

test('what was refused goes again under its number after a pause, and what was typed meanwhile after it', () => {
  pushes.add(one)
  pushes.add(two)
  pushes.answered(101, true)
  pushes.add(three)
  pushes.add(four)
  vi.advanceTimersByTime(249)
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(252)
  expect(sent.slice(1)).toEqual([{ pushId: 1, update: one }])
  pushes.answered(102, false)
  expect(sent[2]?.pushId).toBe(2)
  expect(letters(one, sent[2]?.update ?? one)).toEqual(letters(...updates))
})

test('answers are told by their numbers, however large; frames of the session are nobody’s', () => {
  const seat: Seat = {
    target: { url: '', tokens: [], pid: 0 },
    document: 'document',
    author: 1,
    tally: { updates: 0, carets: 0, refused: 0 },
    heard: undefined,
  }
  const answered: (readonly [number, boolean])[] = []
  for (const id of [2, 200, 2_000, 200_000])
    for (const said of [{ result: { type: 'data', data: { seq: 7 } } }, { error: { message: 'busy' } }]) {
      const bytes = Buffer.from(binaryEncoder().encode({ id, ...said }))
      countTandem(seat, 'session', { bytes, start: 0 }, (...answer) => answered.push(answer))
    }
  expect(answered).toEqual([2, 200, 2_000, 200_000].flatMap((id) => [[id, false] as const, [id, true] as const]))
  expect(seat.tally.refused).toBe(4)
})
