import { SyncError } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { InFlight } from './in-flight.ts'
import type { EndedCall } from './latency-gradient.ts'

/** A lane with a limit that the test sets, a clock that it moves, and work that it ends. */
function lane({ limit = 2, length = 2, patienceMs = 100, shareOfOne = 1 } = {}) {
  const learned: EndedCall[] = []
  const timers = new Set<{ atMs: number; callback: () => void }>()
  const state = { limit, nowMs: 0, shed: 0 }
  const inFlight = new InFlight({
    what: 'push',
    limit: {
      get limit() {
        return state.limit
      },
      learn: (ended) => learned.push(ended),
    },
    shareOfOne,
    queue: { length, patienceMs },
    now: () => state.nowMs,
    after: (delayMs, callback) => {
      const timer = { atMs: state.nowMs + delayMs, callback }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    onShed: () => (state.shed += 1),
  })
  const pass = (ms: number): void => {
    state.nowMs += ms
    for (const timer of timers) {
      if (timer.atMs > state.nowMs) continue
      timers.delete(timer)
      timer.callback()
    }
  }
  return { inFlight, learned, state, pass, timers }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A call that lasts until it is told to end. */
function call(inFlight: InFlight, who = 'ann') {
  const work = Promise.withResolvers<string>()
  let began = false
  const result = inFlight.run(who, () => {
    began = true
    return work.promise
  })
  result.catch(() => undefined) // looked at where it matters
  return { end: work.resolve, fail: work.reject, result, hasBegun: () => began }
}

describe('calls in flight', () => {
  test('as many as the limit at once, the next in their order as places come free', async () => {
    const { inFlight } = lane()
    const calls = [1, 2, 3, 4].map(() => call(inFlight))
    await turn()
    expect(calls.map(({ hasBegun }) => hasBegun())).toEqual([true, true, false, false])
    expect([inFlight.count, inFlight.waiting]).toEqual([2, 2])
    calls[1]?.end('second')
    await turn()
    expect(calls.map(({ hasBegun }) => hasBegun())).toEqual([true, true, true, false])
    expect(await calls[1]?.result).toBe('second')
    for (const { end } of calls) end('done')
    await Promise.all(calls.map(({ result }) => result))
    expect([inFlight.count, inFlight.waiting]).toEqual([0, 0])
  })

  test('beyond the queue one is refused at once, before anything was done', async () => {
    const { inFlight, state } = lane()
    const calls = [1, 2, 3, 4, 5].map(() => call(inFlight))
    const refused = calls[4]
    await expect(refused?.result).rejects.toMatchObject({ code: 'overloaded', then: 'retry' })
    expect(refused?.hasBegun()).toBe(false)
    expect(state.shed).toBe(1)
  })

  test('who has waited too long is refused, who came later still waits', async () => {
    const { inFlight, pass, state, timers } = lane()
    const calls = [1, 2, 3].map(() => call(inFlight))
    pass(60)
    const later = call(inFlight)
    pass(60)
    await expect(calls[2]?.result).rejects.toMatchObject({ code: 'overloaded' })
    expect(inFlight.waiting).toBe(1)
    calls[0]?.end('done')
    await turn()
    expect(later.hasBegun()).toBe(true)
    pass(1_000)
    expect(state.shed).toBe(1)
    expect(timers.size).toBe(0)
  })

  test('a limit that falls ends nobody, and lets nobody in until enough have gone', async () => {
    const { inFlight, state } = lane()
    const calls = [1, 2, 3].map(() => call(inFlight))
    state.limit = 1
    calls[0]?.end('done')
    await turn()
    expect(calls[2]?.hasBegun()).toBe(false)
    calls[1]?.end('done')
    await turn()
    expect(calls[2]?.hasBegun()).toBe(true)
  })

  test('a limit that rises lets several in at once', async () => {
    const { inFlight, state } = lane()
    const calls = [1, 2, 3, 4].map(() => call(inFlight))
    state.limit = 4
    calls[0]?.end('done')
    await turn()
    expect(calls.every(({ hasBegun }) => hasBegun())).toBe(true)
  })

  test('a limit that rose while nobody left lets in whoever has waited longest', async () => {
    const { inFlight, state } = lane({ limit: 1 })
    const [, second] = [call(inFlight), call(inFlight)]
    await turn()
    state.limit = 2
    const third = call(inFlight)
    await turn()
    expect([second.hasBegun(), third.hasBegun()]).toEqual([true, false])
  })

  test('the limit learns how long each took; a failing storage is a failure, a refused caller is not', async () => {
    const { inFlight, learned, pass } = lane({ limit: 3 })
    const [fine, down, wrong] = [call(inFlight), call(inFlight), call(inFlight)]
    pass(30)
    fine.end('done')
    down.fail(new SyncError('log-unavailable', 'down'))
    wrong.fail(new SyncError('not-allowed', 'no'))
    await expect(down.result).rejects.toMatchObject({ code: 'log-unavailable' })
    await expect(wrong.result).rejects.toMatchObject({ code: 'not-allowed' })
    await fine.result
    expect(learned.map(({ tookMs, inFlight: at, failed }) => [tookMs, at, failed])).toEqual([
      [30, 1, false],
      [30, 2, true],
      [30, 3, false],
    ])
    expect(inFlight.count).toBe(0)
  })
})

describe('calls in flight of several callers', () => {
  /** `calls` of one caller, each ended when its turn has come, and in which order all of them began. */
  function crowd(inFlight: InFlight) {
    const began: string[] = []
    const ends: (() => void)[] = []
    const refused: string[] = []
    const come = (who: string, times = 1): void => {
      for (let index = 1; index <= times; index += 1) {
        const name = `${who}${index}`
        const work = (): Promise<void> => {
          began.push(name)
          return new Promise((resolve) => ends.push(resolve))
        }
        inFlight.run(who, work).catch(() => refused.push(name))
      }
    }
    /** The oldest call in flight ends. */
    const endOne = async (): Promise<void> => {
      ends.shift()?.()
      await turn()
    }
    return { began, refused, come, endOne }
  }

  test('the next free place is for who has nothing in flight, however many of another wait', async () => {
    const { inFlight } = lane({ limit: 4, length: 60 })
    const { began, come, endOne } = crowd(inFlight)
    come('flood', 54)
    come('bob')
    await turn()
    expect(began).toEqual(['flood1', 'flood2', 'flood3', 'flood4'])
    await endOne()
    expect(began.at(-1)).toBe('bob1')
    await endOne()
    expect(began.at(-1)).toBe('flood5')
  })

  test('those who wait take turns, even over one place, each in their own order', async () => {
    const { inFlight } = lane({ limit: 1, length: 20 })
    const { began, come, endOne } = crowd(inFlight)
    come('ann', 5)
    come('bob', 3)
    come('cat', 1)
    for (let ended = 0; ended < 8; ended += 1) await endOne()
    expect(began).toEqual(['ann1', 'bob1', 'cat1', 'ann2', 'bob2', 'ann3', 'bob3', 'ann4', 'ann5'])
  })

  test('who comes later does not come before who has waited longer', async () => {
    const { inFlight } = lane({ limit: 1, length: 20 })
    const { began, come, endOne } = crowd(inFlight)
    for (const who of ['ann', 'bob', 'cat']) come(who)
    await endOne()
    come('dan')
    await endOne()
    await endOne()
    expect(began).toEqual(['ann1', 'bob1', 'cat1', 'dan1'])
  })

  test('of several who wait, the one with fewest in flight is next', async () => {
    const { inFlight, state } = lane({ limit: 3, length: 20 })
    const { began, come } = crowd(inFlight)
    come('ann', 4)
    come('bob', 4)
    await turn()
    expect(began).toEqual(['ann1', 'ann2', 'ann3'])
    state.limit = 8
    come('cat')
    await turn()
    expect(began.slice(3)).toEqual(['bob1', 'bob2', 'bob3', 'ann4', 'bob4'])
  })

  test('one caller never has all places: the rest is there for another at once', async () => {
    const { inFlight } = lane({ limit: 4, length: 20, shareOfOne: 0.75 })
    const { began, come, endOne } = crowd(inFlight)
    come('flood', 5)
    await turn()
    expect(began).toEqual(['flood1', 'flood2', 'flood3'])
    come('bob', 2)
    await turn()
    expect(began).toEqual(['flood1', 'flood2', 'flood3', 'bob1'])
    await endOne()
    expect(began.at(-1)).toBe('bob2')
    await endOne()
    expect(began.at(-1)).toBe('flood4')
  })

  test('the share of a small limit is still one place', async () => {
    const { inFlight } = lane({ limit: 1, shareOfOne: 0.5 })
    const { began, come } = crowd(inFlight)
    come('ann', 1)
    await turn()
    expect(began).toEqual(['ann1'])
  })

  test('in a full queue the newest of who fills it makes room for another, and for nobody of their own', async () => {
    const { inFlight, state } = lane({ limit: 1, length: 4 })
    const { began, refused, come, endOne } = crowd(inFlight)
    come('flood', 6)
    await turn()
    expect(refused).toEqual(['flood6'])
    come('bob', 3)
    await turn()
    expect(refused).toEqual(['flood6', 'flood5', 'flood4', 'bob3'])
    expect([inFlight.waiting, state.shed]).toEqual([4, 4])
    for (let ended = 0; ended < 6; ended += 1) await endOne()
    expect(began).toEqual(['flood1', 'bob1', 'flood2', 'bob2', 'flood3'])
    expect([inFlight.count, inFlight.waiting]).toEqual([0, 0])
  })

  test('impatience goes by the time that each has waited, whoever they are', async () => {
    const { inFlight, pass } = lane({ limit: 1, length: 20 })
    const { began, refused, come, endOne } = crowd(inFlight)
    come('flood', 3)
    pass(60)
    come('bob')
    pass(60)
    await turn()
    expect(refused).toEqual(['flood2', 'flood3'])
    await endOne()
    expect(began).toEqual(['flood1', 'bob1'])
  })
})
