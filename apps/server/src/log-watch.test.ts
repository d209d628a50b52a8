import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogWatch, type LogWatchPorts } from './log-watch.ts'

let isUp: boolean
let isAnotherUp: boolean
let socketCount: number
let writes: number
let sentAway: number
let hanging: ((error: Error) => void) | undefined
let watch: LogWatch

function watching(overrides: Partial<LogWatchPorts> = {}): LogWatch {
  watch = new LogWatch({
    ready: async () => {
      writes += 1
      if (!isUp) throw new Error('the database does not answer')
    },
    anotherIsReady: async () => isAnotherUp,
    sendAway: async () => {
      sentAway += 1
      socketCount = 0
    },
    socketCount: () => socketCount,
    now: () => performance.now(),
    ...overrides,
  })
  return watch
}

beforeEach(() => {
  vi.useFakeTimers()
  isUp = true
  isAnotherUp = true
  socketCount = 3
  writes = 0
  sentAway = 0
  hanging = undefined
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

test('when its log is lost and another node has it, people are sent there, once, and new ones are not let in', async () => {
  watching()
  await pass(3_000)
  isUp = false
  await pass(4_900)
  expect([watch.isLost, sentAway]).toEqual([false, 0])
  await pass(2_000)
  expect([watch.isLost, sentAway]).toEqual([true, 1])
  await pass(30_000)
  expect(sentAway).toBe(1)
  isUp = true
  await pass(1_100)
  expect(watch.isLost).toBe(false)
})

test('when nobody has it, everybody stays', async () => {
  isUp = isAnotherUp = false
  watching()
  await pass(60_000)
  expect([watch.isLost, sentAway]).toEqual([true, 0])
  isUp = isAnotherUp = true
  await pass(1_100)
  expect([watch.isLost, sentAway]).toEqual([false, 0])
})

test('a failure shorter than 5 s moves nobody', async () => {
  watching()
  for (let outage = 0; outage < 10; outage += 1) {
    isUp = false
    await pass(4_000)
    isUp = true
    await pass(2_000)
  }
  expect(sentAway).toBe(0)
})

test('the time counts from when the write began that failed: a database that says nothing at all is as gone as one that refuses', async () => {
  watching({ ready: () => new Promise((_, reject) => (hanging = reject)) })
  await pass(6_500)
  expect(watch.isLost).toBe(false)
  hanging?.(new Error('no answer'))
  await pass(0)
  expect([watch.isLost, sentAway]).toEqual([true, 1])
  expect(await watch.isWritable()).toBe(false) // at once, although the next write hangs
})

test('without people it writes nothing by itself, and tells when it is asked', async () => {
  socketCount = 0
  watching()
  await pass(60_000)
  expect(writes).toBe(0)
  expect(await watch.isWritable()).toBe(true)
  isUp = false
  expect(await watch.isWritable()).toBe(false)
  expect(writes).toBe(2)
})

test('without other nodes it writes only when asked, refuses nobody and sends nobody away', async () => {
  isUp = false
  watching({ anotherIsReady: undefined })
  await pass(60_000)
  expect([writes, sentAway]).toEqual([0, 0])
  expect(await watch.isWritable()).toBe(false)
  await pass(60_000)
  expect(watch.isLost).toBe(false)
})

test('a log that takes the look but no append is not writable, until one is written or nobody has tried for a while', async () => {
  const log = watching()
  log.appendEnded('failed')
  expect(await log.isWritable()).toBe(false)
  log.appendEnded('written')
  expect(await log.isWritable()).toBe(true)
  log.appendEnded('failed')
  await pass(5_900)
  expect(await log.isWritable()).toBe(false)
  await pass(200)
  expect(await log.isWritable()).toBe(true)
  expect(log.isLost).toBe(false)
})
