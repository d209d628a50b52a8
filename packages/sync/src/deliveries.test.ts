import { expect, test } from 'vitest'
import { DOCUMENT, OneDocument, Typist, author, rest, type Reader } from '../test/one-document.ts'
import { LIMITS } from './limits.ts'

/** How many updates each frame has brought since the last look. */
function brought({ frames }: Reader): readonly number[] {
  return frames.splice(0).flatMap((frame) => (frame.type === 'changes' ? [frame.updates.length] : []))
}

async function roomOf(people: number) {
  const document = new OneDocument()
  const rooms = document.node()
  const readers = Array.from({ length: people }, (_, index) => document.join(rooms, `reader-${index}`))
  await rest()
  rooms.presenceTick()
  await rest()
  const [first, second] = readers
  const welcome = second?.frames[0]
  if (first === undefined || second === undefined || welcome?.type !== 'welcome') throw new Error('no welcome')
  readers.forEach(brought)
  const ann = new Typist('ann', 1)
  const type = async (text: string) => {
    await rooms.push(ann.author, ann.type(text))
    await rest()
  }
  const tick = async () => {
    rooms.presenceTick()
    await rest()
  }
  const moveSecond = () =>
    rooms.presence(author('reader-1'), { documentId: DOCUMENT, sessionId: welcome.sessionId, caret: null })
  return { document, first, second, type, tick, moveSecond }
}

test('[ROOM-15] in a crowd, who watches is shown with each tick what has gathered, in one frame', async () => {
  const { first, type, tick } = await roomOf(LIMITS.crowd)
  await type('a')
  await type('b')
  expect(brought(first)).toEqual([])
  await tick()
  expect(brought(first)).toEqual([2])
  await tick()
  expect(brought(first)).toEqual([])
})

test('[ROOM-15] the more watch, the longer gathers what comes after something; what comes after nothing does not wait', async () => {
  const { first, type, tick } = await roomOf(2 * LIMITS.watchingCrowd)
  await type('a')
  await tick()
  expect(brought(first)).toEqual([1])
  await type('b')
  await tick()
  await type('c')
  await tick()
  expect(brought(first)).toEqual([])
  await tick()
  expect(brought(first)).toEqual([2])
  for (let passed = 0; passed < 2; passed++) await tick()
  await type('d')
  await tick()
  expect(brought(first)).toEqual([1])
})

test('[ROOM-15] who has moved lately is shown everything at once, and watches again when that is long ago', async () => {
  const { document, first, second, type, tick, moveSecond } = await roomOf(LIMITS.crowd)
  moveSecond()
  await type('a')
  expect([brought(first), brought(second)]).toEqual([[], [1]])
  await tick()
  brought(second)
  document.nowMs += LIMITS.watchingAfterMs
  await type('b')
  expect(brought(second)).toEqual([])
  await tick()
  expect(brought(second)).toEqual([1])
})

test('[ROOM-15] a room that is no crowd shows everybody everything at once', async () => {
  const { first, type } = await roomOf(LIMITS.crowd - 1)
  await type('a')
  expect(brought(first)).toEqual([1])
})
