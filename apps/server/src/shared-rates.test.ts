import { expect, test, vi } from 'vitest'
import { DocumentId, LIMITS, UserId } from '@tandem/sync'
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

const LIMIT = 1_000
const documentId = DocumentId.parse('document-1')
const user = (name: string): UserId => UserId.parse(`user-${name}-1`)

/** What a second of a flood by `users` and of a bystander who types gets through, in steps of 50 ms. */
async function flooded(
  shared: SharedRates,
  { users, each, seconds }: { users: number; each: number; seconds: number },
) {
  const got = { flood: 0, typed: 0, refused: 0 }
  const bystander = user('bystander')
  for (let step = 0; step < seconds * 20; step += 1) {
    const tries = Array.from({ length: (users * each) / 20 }, async (_, index) =>
      shared.takeFor(user(`flooder${index % users}`), 'push', documentId),
    )
    // The bystander comes last in each step, at 10 a second.
    const typed = step % 2 === 0 ? shared.takeFor(bystander, 'push', documentId) : undefined
    got.flood += (await Promise.all(tries)).filter((isTaken) => isTaken).length
    if (typed !== undefined) got[(await typed) ? 'typed' : 'refused'] += 1
    await vi.advanceTimersByTimeAsync(50)
  }
  return got
}

function documentRates(): SharedRates {
  const rates = { user: {}, ip: {}, document: { push: LIMIT } }
  return new SharedRates({ cluster: undefined, rates, now: () => Date.now() })
}

test('whoever types in a document that others flood is let through every time; all together stay within its limit', async () => {
  vi.useFakeTimers()
  try {
    const shared = documentRates()
    const { flood, typed, refused } = await flooded(shared, { users: 40, each: 60, seconds: 20 })
    expect([typed, refused]).toEqual([200, 0])
    expect(flood + typed).toBeLessThanOrEqual(LIMIT * 22 * 1.1)
    expect(flood).toBeGreaterThan(LIMIT * 20 * 0.8)
  } finally {
    vi.useRealTimers()
  }
})

test('one who floods is not modest, and what is kept for others is not used up by many who flood', async () => {
  vi.useFakeTimers()
  try {
    const shared = documentRates()
    await flooded(shared, { users: 40, each: 60, seconds: 10 })
    const before = shared.perSecond('document', 'push')
    const { flood } = await flooded(shared, { users: 40, each: 60, seconds: 10 })
    expect(before).toBe(LIMIT)
    expect(flood).toBeLessThanOrEqual(LIMIT * 0.92 * 12)
  } finally {
    vi.useRealTimers()
  }
})

test('an address tries ten invite links a minute, and another address its own ten', async () => {
  vi.useFakeTimers()
  try {
    const shared = rates()
    const letThrough = async (address: string): Promise<number> => {
      const tries = await Promise.all(Array.from({ length: 30 }, () => shared.takeInvite(address)))
      return tries.filter((isTaken) => isTaken).length
    }
    expect(await letThrough('203.0.113.7')).toBe(LIMITS.invitesPerMinute)
    expect(await letThrough('203.0.113.7')).toBe(0)
    expect(await letThrough('203.0.113.8')).toBe(LIMITS.invitesPerMinute)
    vi.advanceTimersByTime(60_000)
    expect(await letThrough('203.0.113.7')).toBe(LIMITS.invitesPerMinute)
  } finally {
    vi.useRealTimers()
  }
})
