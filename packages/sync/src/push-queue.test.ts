import { describe, expect, test } from 'vitest'
import { OneDocument, Typist, hold, rest } from '../test/one-document.ts'
import type { UserId } from './protocol.ts'
import { PushQueue } from './push-queue.ts'
import { WaitingBytes } from './waiting-bytes.ts'

const MOST = { pushes: 200, bytes: 1_000 }

function entry(name: string, number: number, bytes = 1) {
  return { name: `${name}${number}`, bytes, author: { userId: `user-${name}-1` as UserId } }
}

function queue(waiting: readonly ReturnType<typeof entry>[]) {
  const pushes = new PushQueue<ReturnType<typeof entry>>()
  for (const each of waiting) pushes.add(each)
  const names = (most = MOST): readonly string[] => pushes.takeBatch(most).map(({ name }) => name)
  return { pushes, names }
}
const flood = (count: number, bytes = 1) => Array.from({ length: count }, (_, index) => entry('ann', index + 1, bytes))

describe('pushes that wait for their append', () => {
  test('[ROOM-13] are taken from everybody in turn, those of one user in their order', () => {
    const { names, pushes } = queue([...flood(4), entry('bob', 1), entry('carl', 1), entry('bob', 2)])
    expect(names()).toEqual(['ann1', 'bob1', 'carl1', 'ann2', 'bob2', 'ann3', 'ann4'])
    expect(pushes.isEmpty).toBe(true)
  })

  test('a batch holds at most so many, and who was in it last comes last in the next', () => {
    const { names, pushes } = queue([...flood(3), entry('bob', 1), entry('bob', 2)])
    expect(names({ ...MOST, pushes: 1 })).toEqual(['ann1'])
    expect(names({ ...MOST, pushes: 2 })).toEqual(['bob1', 'ann2'])
    expect(names({ ...MOST, pushes: 2 })).toEqual(['bob2', 'ann3'])
    expect(pushes.isEmpty).toBe(true)
  })

  test('a batch holds at most so many bytes, but one push however large it is', () => {
    const { names } = queue([...flood(3, 600), entry('bob', 1, 5_000)])
    expect(names()).toEqual(['ann1'])
    expect(names()).toEqual(['bob1'])
    expect(names()).toEqual(['ann2'])
    expect(names()).toEqual(['ann3'])
    expect(names()).toEqual([])
  })

  test('all of them are taken when they are given up', () => {
    const { pushes } = queue([...flood(3), entry('bob', 1)])
    expect(pushes.takeAll()).toHaveLength(4)
    expect(pushes.isEmpty).toBe(true)
  })
})

/** A node whose disk holds its first append up, and then every one until it is let go. */
function slow() {
  const document = new OneDocument()
  const rooms = document.node()
  const disk = hold()
  document.beforeCall = (name) => (name === 'append' ? disk.held : undefined)
  return { document, rooms, disk }
}

test(
  '[ROOM-13] in a document that one user floods with large pushes, another’s is in the next append',
  { timeout: 30_000 },
  async () => {
    const { rooms, disk } = slow()
    const flooder = new Typist('ann', 1)
    const sent = Array.from({ length: 11 }, () => rooms.push(flooder.author, flooder.type('x'.repeat(1_000_000))))
    await rest()
    const bob = new Typist('bob', 2)
    const pushed = rooms.push(bob.author, bob.type('hello'))
    await rest()
    disk.release()
    const answer = await pushed
    const all = await Promise.all(sent)
    const before = all.filter((each) => 'seq' in each && 'seq' in answer && each.seq < answer.seq).length
    expect(before).toBeLessThanOrEqual(5) // what the append under way held, and one of the next
  },
)

test(
  '[ROOM-12] one user fills at most three quarters of what may wait: another’s push is taken',
  { timeout: 30_000 },
  async () => {
    const { rooms, disk } = slow()
    const flooder = new Typist('ann', 1)
    const sent = Array.from({ length: 13 }, () =>
      rooms.push(flooder.author, flooder.type('x'.repeat(1_000_000))).then(
        () => 'taken',
        (error: { code: string }) => error.code,
      ),
    )
    const bob = new Typist('bob', 2)
    const pushed = rooms.push(bob.author, bob.type('hello'))
    await rest()
    disk.release()
    await expect(pushed).resolves.toEqual({ seq: expect.any(Number) })
    expect((await Promise.all(sent)).filter((outcome) => outcome === 'overloaded')).toEqual(['overloaded'])
  },
)

test('the largest edit there is may wait while nothing else of its user does', () => {
  const waiting = new WaitingBytes()
  const ann = 'user-ann-1' as UserId
  const giveBack = waiting.take(ann, 16 * 1024 * 1024)
  expect(() => waiting.take(ann, 1)).toThrow('wait to be written')
  giveBack()
  waiting.take(ann, 12 * 1024 * 1024)
  expect(() => waiting.take(ann, 1)).toThrow('wait to be written')
  waiting.take('user-bob-1' as UserId, 4 * 1024 * 1024)
})
