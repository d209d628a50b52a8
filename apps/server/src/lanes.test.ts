import { describe, expect, test } from 'vitest'
import type { InFlight } from './in-flight.ts'
import { openLanes } from './lanes.ts'

/** Calls, each of somebody else or all of one, until the lane takes no more at once. How many it took. */
function fill(lane: InFlight, whoOf: (call: number) => string = (call) => `user-${call}`): number {
  const waiting = lane.waiting
  for (let calls = 0; ; calls += 1) {
    lane.run(whoOf(calls), () => new Promise(() => undefined)).catch(() => undefined)
    if (lane.waiting > waiting) return calls
  }
}

describe('lanes', () => {
  test('what is expensive gets a hundredth of what pushes get, and never nothing', async () => {
    const state = { nowMs: 0 }
    const lanes = openLanes({ now: () => state.nowMs, after: () => () => undefined, onShed: () => undefined })
    expect(lanes.expensive.limit).toBe(2)
    for (let round = 0; round < 50; round += 1) {
      const calls = Array.from({ length: 200 }, (_, index) => {
        const work = Promise.withResolvers<void>()
        return { ...work, result: lanes.pushes.run(`user-${index}`, () => work.promise).catch(() => undefined) }
      })
      state.nowMs += 4_000
      for (const { resolve } of calls) resolve()
      await Promise.all(calls.map(({ result }) => result))
      if (lanes.pushes.limit === 100) break
    }
    expect(lanes.pushes.limit).toBe(100)
    expect(lanes.expensive.limit).toBe(1)
  })

  test('a lane that is full leaves the others alone', () => {
    const lanes = openLanes({ now: () => 0, after: () => () => undefined, onShed: () => undefined })
    expect(fill(lanes.expensive)).toBe(2)
    expect(fill(lanes.opens)).toBe(100)
    expect(fill(lanes.pushes)).toBe(200)
  })

  test('one user has three quarters of the places, a second one the rest at once', () => {
    const lanes = openLanes({ now: () => 0, after: () => () => undefined, onShed: () => undefined })
    for (const [lane, places] of [
      [lanes.pushes, 150],
      [lanes.opens, 75],
    ] as const) {
      expect(fill(lane, () => 'ann')).toBe(places)
      expect(fill(lane, () => 'bob')).toBe(places / 3)
    }
  })
})
