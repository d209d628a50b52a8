import { binaryEncoder } from '@tandem/sync'
import { expect, test } from 'vitest'
import { keystrokes } from '../load/typists.ts'
import type { Seat } from './client.ts'
import { countTandem } from './tandem-count.ts'
import { eachEdit } from './yjs-bytes.ts'

const SESSION = 'session-of-this-seat'
const PERSON = { userId: 'user-one', name: 'Ann', color: '#30bced' }

function counted(...messages: readonly unknown[]) {
  const heard: number[] = []
  const tally = { updates: 0, carets: 0, refused: 0 }
  const seat: Seat = {
    target: { url: '', tokens: [], pid: 0 },
    document: 'document',
    author: 1,
    tally,
    heard: (key) => heard.push(key),
  }
  for (const message of messages) {
    const packed = binaryEncoder().encode(message)
    // Somewhere within what was read from a socket.
    const bytes = Buffer.concat([Buffer.alloc(3, 0x81), packed, Buffer.alloc(3, 0x81)])
    countTandem(seat, SESSION, { bytes, start: 3 })
  }
  return { ...tally, heard }
}

const changes = (fields: object) => ({
  id: 1,
  result: {
    type: 'data',
    data: { type: 'changes', fromSeq: 70_000, head: 70_002, check: '0123456789abcdef', ...fields },
  },
})

test('updates of a frame are counted and heard; an empty slot is not', () => {
  const updates = keystrokes(9, 3)
  const keys: number[] = []
  for (const update of updates.slice(1)) eachEdit(update, 0, (key) => keys.push(key))
  expect(counted(changes({ updates: [null, updates[1], updates[2]] }))).toEqual({
    updates: 2,
    carets: 0,
    refused: 0,
    heard: keys,
  })
})

test('carets of others are counted, also beside many updates', () => {
  const caret = { anchor: null, head: null }
  const presence = [SESSION, 'another-session', 'a-third-session'].map((sessionId) => ({
    sessionId,
    person: PERSON,
    caret,
  }))
  const updates = keystrokes(9, 40)
  expect(counted(changes({ updates, presence }), changes({ updates: [], presence }))).toMatchObject({
    updates: 40,
    carets: 4,
  })
})

test('answers are nothing, refusals are refusals', () => {
  const refusal = {
    id: 4,
    error: { message: 'Too fast.', code: -32029, data: { retryAfterMs: 1.5, path: 'document.push' } },
  }
  expect(
    counted({ id: 3, result: { type: 'data', data: { seq: 5 } } }, refusal, { id: 5, result: { type: 'data' } }),
  ).toEqual({
    updates: 0,
    carets: 0,
    refused: 1,
    firstRefusal: 'Too fast.',
    heard: [],
  })
})
