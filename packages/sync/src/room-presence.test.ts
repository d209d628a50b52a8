import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, author, rest, type Reader } from '../test/one-document.ts'
import { LIMITS } from './limits.ts'
import type { Relay } from './ports.ts'
import type { Rooms } from './rooms.ts'

/** A relay whose health the test says. */
function relay(): Relay & { state: Relay['state'] } {
  return {
    state: 'well',
    publish: () => {},
    subscribe: () => ({ ready: Promise.resolve(), close: () => {} }),
    onSuspicion: () => () => {},
  }
}

/** What each frame after the welcome says of missing people; undefined: nothing. */
const said = ({ frames }: Reader) =>
  frames.flatMap((frame) => (frame.type === 'changes' ? [frame.presenceIsLocal] : []))

async function beat(rooms: Rooms): Promise<void> {
  await rooms.heartbeat()
  rooms.presenceTick()
  await rest()
}

test('[PRES-9] sessions are told once when the relay is unwell, and once when other nodes must have repeated themselves', async () => {
  const document = new OneDocument()
  const hints = relay()
  const rooms = document.node('one', hints)
  const early = document.join(rooms, 'ann')
  await rest()
  expect(early.frames[0]).not.toHaveProperty('presenceIsLocal')
  await beat(rooms)
  hints.state = 'unwell'
  for (let beats = 0; beats < 3; beats += 1) await beat(rooms)
  expect(said(early).filter((isLocal) => isLocal !== undefined)).toEqual([true])
  const late = document.join(rooms, 'bob')
  await rest()
  expect(late.frames[0]).toMatchObject({ type: 'welcome', presenceIsLocal: true })

  hints.state = 'well'
  document.nowMs += LIMITS.presenceRepeatMs
  await beat(rooms)
  expect(said(early).at(-1)).not.toBe(false)
  document.nowMs += LIMITS.heartbeatMs
  for (let beats = 0; beats < 3; beats += 1) await beat(rooms)
  for (const reader of [early, late]) expect(said(reader).filter((isLocal) => isLocal === false)).toEqual([false])
})

test('[PRES-9] a room that opens while the relay is unwell says so from the first welcome, and not for ever', async () => {
  const document = new OneDocument()
  const hints = relay()
  hints.state = 'unwell'
  const rooms = document.node('one', hints)
  const ann = document.join(rooms, 'ann')
  await rest()
  expect(ann.frames[0]).toMatchObject({ presenceIsLocal: true })
  hints.state = 'well'
  await beat(rooms)
  expect(said(ann)).not.toContain(false)
  document.nowMs += LIMITS.presenceRepeatMs + LIMITS.heartbeatMs
  await beat(rooms)
  expect(said(ann)).toContain(false)
})

test('[OUT-8] a reader that takes nothing while hundreds come and go is told of those who are here, itself among them', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const reader = document.join(rooms, 'bob')
  document.join(rooms, 'ann')
  await rest()
  rooms.presenceTick()
  await rest()
  reader.open = false
  for (let count = 0; count < LIMITS.outboxGone + 50; count += 1) {
    const passing = document.join(rooms, `passing-${count}`)
    await rest()
    rooms.presenceTick()
    passing.leave()
    await rest()
    rooms.presenceTick()
    await rest()
    expect(rooms.stats.outboxGone).toBeLessThanOrEqual(LIMITS.outboxGone)
  }
  reader.open = true
  await rest()
  const told = reader.frames.find((frame) => frame.type === 'changes' && frame.everybody === true)
  expect(told).toMatchObject({ presence: [{ person: { name: 'bob' } }, { person: { name: 'ann' } }] })
  expect(rooms.stats.outboxGone).toBe(0)
})

test('[PRES-10] the more people, the fewer frames of presence: a tick more for each so many sessions', async () => {
  const framesIn = async (people: number): Promise<number> => {
    const document = new OneDocument()
    const crowded = document.node('crowded')
    const readers = Array.from({ length: people }, (_, index) => document.join(crowded, `reader-${index}`))
    await rest()
    crowded.presenceTick()
    await rest()
    const [first] = readers
    const [welcome] = first?.frames ?? []
    if (first === undefined || welcome?.type !== 'welcome') throw new Error('no welcome')
    const before = readers.at(-1)?.frames.length ?? 0
    for (let tick = 0; tick < 12; tick += 1) {
      crowded.presence(author('reader-0'), { documentId: DOCUMENT, sessionId: welcome.sessionId, caret: null })
      crowded.presenceTick()
      await rest()
    }
    return (readers.at(-1)?.frames.length ?? 0) - before
  }
  expect(await framesIn(LIMITS.presenceCrowd - 1)).toBe(12)
  expect(await framesIn(2 * LIMITS.presenceCrowd)).toBe(4) // two ticks in three are passed over
})

test('[PRES-11] the caret that text has moved arrives in the frame of that text, and the next tick is passed over', async () => {
  const document = new OneDocument()
  const rooms = document.node()
  const writer = document.join(rooms, 'ann')
  const reader = document.join(rooms, 'bob')
  await rest()
  rooms.presenceTick()
  await rest()
  const ann = new Typist('ann', 1)
  const [welcome] = writer.frames
  if (welcome?.type !== 'welcome') throw new Error('no welcome')
  const move = () => rooms.presence(ann.author, { documentId: DOCUMENT, sessionId: welcome.sessionId, caret: null })
  const seen = async () => {
    await rest()
    const heard = reader.frames.splice(0).flatMap((frame) => (frame.type === 'changes' ? [frame] : []))
    return heard.map(({ updates, presence = [] }) => [updates.length, presence.length])
  }
  await seen()

  const pushed = rooms.push(ann.author, ann.type('a'))
  move()
  await pushed
  expect(await seen()).toEqual([[1, 1]])
  move()
  await rooms.push(ann.author, ann.type('b'))
  expect(await seen()).toEqual([[1, 0]]) // one presence frame between two ticks
  rooms.presenceTick()
  expect(await seen()).toEqual([])
  await rooms.push(ann.author, ann.type('c'))
  expect(await seen()).toEqual([[1, 1]])
  rooms.presenceTick()
  move()
  rooms.presenceTick()
  expect(await seen()).toEqual([[0, 1]])
})
