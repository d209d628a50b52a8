import { expect, test, vi } from 'vitest'
import { LIMITS } from '@tandem/sync'
import { SharedRates, sharedRateTable } from './shared-rates.ts'

const RATE = 50
const WINDOW_MS = 2_000
const POINTS = 100

function rates(): SharedRates {
  return new SharedRates({
    cluster: undefined,
    rates: { user: { push: RATE }, ip: {}, document: {} },
    now: () => Date.now(),
  })
}

/** How many of `times` at once were let through. */
async function takenOf(shared: SharedRates, times: number, id = 'ann'): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, async () => shared.take('user', 'push', id)))
  return answers.filter((isTaken) => isTaken).length
}

test('whoever asks for more gets what two seconds of the rate have and, once, a tenth of that on credit', async () => {
  vi.useFakeTimers()
  try {
    const shared = rates()
    expect(await takenOf(shared, 500)).toBe(POINTS + POINTS / 10)
    expect(await takenOf(shared, 500)).toBe(0)
    expect(shared.isDry('user', 'push', 'ann')).toBe(true)
    vi.advanceTimersByTime(WINDOW_MS)
    expect(shared.isDry('user', 'push', 'ann')).toBe(false)
    expect(await takenOf(shared, 500)).toBe(POINTS)
  } finally {
    vi.useRealTimers()
  }
})

test('a flood of a minute gets at most the rate, one window and a tenth of one', async () => {
  vi.useFakeTimers()
  try {
    const shared = rates()
    let taken = 0
    for (let ms = 0; ms < 60_000; ms += 50) {
      taken += await takenOf(shared, 20)
      vi.advanceTimersByTime(50)
    }
    expect(taken).toBeLessThanOrEqual(RATE * 60 + POINTS * 1.1)
    expect(taken).toBeGreaterThanOrEqual(RATE * 60 * 0.9)
  } finally {
    vi.useRealTimers()
  }
})

test('an ordinary caller is answered at once, without a promise to wait for', async () => {
  vi.useFakeTimers()
  try {
    const shared = rates()
    for (let ms = 0; ms < 10_000; ms += 100) {
      expect(shared.take('user', 'push', 'ann')).toBe(true)
      await vi.advanceTimersByTimeAsync(100)
    }
  } finally {
    vi.useRealTimers()
  }
})

test('one caller’s flood is not another’s, and a party without a rate is not counted', async () => {
  const shared = rates()
  await takenOf(shared, 500)
  expect(await shared.take('user', 'push', 'bob')).toBe(true)
  expect(shared.take('document', 'push', 'ann')).toBe(true)
  expect(shared.perSecond('document', 'push')).toBeUndefined()
})

test('credit is given once: what was used before it was taken is paid back in the windows to come', async () => {
  vi.useFakeTimers()
  try {
    const shared = rates()
    let taken = 0
    for (let round = 0; round < 30; round += 1) {
      taken += await takenOf(shared, 1_000)
      vi.advanceTimersByTime(WINDOW_MS)
    }
    expect(taken).toBe(30 * POINTS + POINTS / 10)
  } finally {
    vi.useRealTimers()
  }
})

test('who may have more sockets may do more, and nobody less than one socket may', () => {
  const usual = sharedRateTable({ socketsPerUser: 20, socketsPerIp: 100 })
  expect(usual.user).toEqual({ push: 120, presence: 240, call: 60 })
  expect(usual.ip).toEqual({ push: 600, presence: 1_200, call: 300 })
  const least = sharedRateTable({ socketsPerUser: 1, socketsPerIp: 1 })
  expect(least.user).toEqual({
    push: Math.max(LIMITS.pushesPerSecond, LIMITS.pushBurst / 2),
    presence: LIMITS.presencePerSecond,
    call: Math.max(LIMITS.callsPerSecond, LIMITS.callBurst / 2),
  })
})
