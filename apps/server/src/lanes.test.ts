import { describe, expect, test } from 'vitest'
import type { InFlight } from './in-flight.ts'
import { openLanes } from './lanes.ts'

/** Calls until the lane takes no more at once. How many it took. */
function fill(lane: InFlight): number {
  for (let calls = 0; ; calls += 1) {
    lane.run(() => new Promise(() => undefined)).catch(() => undefined)
    if (lane.waiting > 0) return calls
  }
}

describe('lanes', () => {
  test('what is expensive gets a hundredth of what pushes get, and never nothing', async () => {
    const state = { nowMs: 0 }
    const lanes = openLanes({ now: () => state.nowMs, after: () => () => undefined, onShed: () => undefined })
    expect(lanes.expensive.limit).toBe(2)
    for (let round = 0; round < 50; round += 1) {
      const calls = Array.from({ length: 200 }, () => {
        const work = Promise.withResolvers<void>()
        return { ...work, result: lanes.pushes.run(() => work.promise).catch(() => undefined) }
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
})
