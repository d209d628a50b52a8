import { Random } from '@tandem/sync/random'
import { describe, expect, test } from 'vitest'
import { LatencyGradient } from './latency-gradient.ts'

const LEAST = 10
const MOST = 400

/** Lets a server that takes `tookMs(inFlight)` work for so long, as full as the limit and the demand allow. */
function work(
  gradient: LatencyGradient,
  options: { fromMs?: number; forMs: number; demand: number; tookMs(inFlight: number): number },
) {
  let nowMs = options.fromMs ?? 0
  const endMs = nowMs + options.forMs
  while (nowMs < endMs) {
    const inFlight = Math.min(options.demand, gradient.limit)
    const tookMs = options.tookMs(inFlight)
    nowMs += tookMs
    for (let call = 0; call < inFlight; call += 1) gradient.learn({ tookMs, inFlight, failed: false, nowMs })
  }
}

const SEED = Math.floor(Math.random() * 2 ** 31)
const ROUNDS = 100

/** So many times, each with chance of its own; a failure names its seed. */
function always(property: (random: Random) => void): void {
  for (let seed = SEED; seed < SEED + ROUNDS; seed += 1) {
    try {
      property(new Random(seed))
    } catch (cause) {
      throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
}

const fresh = () => new LatencyGradient({ start: 50, least: LEAST, most: MOST })

describe('a limit found from latency', () => {
  test('is a whole number between its bounds, whatever happens', () => {
    always((random) => {
      const gradient = fresh()
      const limits = new Set<number>()
      let nowMs = 0
      for (let call = 0; call < 300; call += 1) {
        nowMs += random.fraction() * 10 ** random.int(6)
        const tookMs = random.fraction() * 10 ** random.int(7)
        gradient.learn({ tookMs, inFlight: 1 + random.int(10_000), failed: random.chance(0.2), nowMs })
        limits.add(gradient.limit)
      }
      expect([...limits].every(Number.isInteger)).toBe(true)
      expect(Math.min(...limits)).toBeGreaterThanOrEqual(LEAST)
      expect(Math.max(...limits)).toBeLessThanOrEqual(MOST)
    })
  })

  test('a server with a capacity gets no more than it can do in time, and what it can', () => {
    always((random) => {
      const [atBestMs, perSecond] = [1 + random.int(40), 500 + random.int(2_500)]
      const gradient = fresh()
      const tookMs = (inFlight: number): number => Math.max(atBestMs, (inFlight * 1000) / perSecond)
      work(gradient, { forMs: 120_000, demand: 10_000, tookMs })
      expect(tookMs(gradient.limit)).toBeLessThan(125)
      expect(gradient.limit).toBeGreaterThan(perSecond * 0.05)
    })
  })

  test('a server that is slow in itself is not starved: the limit comes back', () => {
    const comesBack = (tookMs: number): void => {
      const gradient = fresh()
      work(gradient, { forMs: 180_000 + 200 * tookMs, demand: 10_000, tookMs: () => tookMs })
      expect(gradient.limit).toBe(MOST)
    }
    always((random) => comesBack(1 + random.int(5_000)))
    // A little above what is usual it falls for 100 s before it is at the least, and comes back only from there.
    for (const tookMs of [101, 102, 103]) comesBack(tookMs)
  })

  test('a database that slows down suddenly is spared within a few of its answers', () => {
    const gradient = fresh()
    work(gradient, { forMs: 20_000, demand: 10_000, tookMs: () => 5 })
    expect(gradient.limit).toBe(MOST)
    work(gradient, { fromMs: 20_000, forMs: 40_000, demand: 10_000, tookMs: (inFlight) => inFlight * 20 })
    expect(gradient.limit).toBe(LEAST)
  })

  test('what was not used says nothing about more', () => {
    const gradient = fresh()
    work(gradient, { forMs: 60_000, demand: 20, tookMs: () => 5 })
    expect(gradient.limit).toBe(50)
  })

  test('failures lower it, however quick they are', () => {
    const gradient = fresh()
    for (let call = 1; call <= 1_000; call += 1)
      gradient.learn({ tookMs: 1, inFlight: 50, failed: true, nowMs: call * 25 })
    expect(gradient.limit).toBeLessThan(15)
  })

  test('a few slow calls among many are no reason', () => {
    const gradient = fresh()
    for (let call = 1; call <= 1_000; call += 1)
      gradient.learn({ tookMs: call % 20 === 0 ? 500 : 5, inFlight: 50, failed: false, nowMs: call * 10 })
    expect(gradient.limit).toBeGreaterThanOrEqual(50)
  })

  test('bounds that contradict each other are refused', () => {
    expect(() => new LatencyGradient({ start: 5, least: 10, most: 20 })).toThrow(RangeError)
  })
})
