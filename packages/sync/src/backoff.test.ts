import { expect, test } from 'vitest'
import { Backoff, PUSH_BACKOFF_CAP_MS } from './backoff.ts'

/** Pauses of so many failures in a row, with chance always the same. */
function pauses(options: { fraction: number; failures: number; capMs?: number }): number[] {
  const waited: number[] = []
  const clock = {
    now: () => 0,
    after: (delayMs: number) => {
      waited.push(delayMs)
      return () => undefined
    },
  }
  const backoff = new Backoff(clock, { id: () => 'unused', fraction: () => options.fraction }, options.capMs)
  for (let failure = 0; failure < options.failures; failure += 1) backoff.later(() => undefined)
  return waited
}

test('pauses double from 250 ms to 15 s, for pushes to 5 s', () => {
  expect(pauses({ fraction: 1, failures: 9 })).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  const ofPushes = pauses({ fraction: 1, failures: 7, capMs: PUSH_BACKOFF_CAP_MS })
  expect(ofPushes).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
})

test('they are a full jitter: anything from nothing to that', () => {
  expect(pauses({ fraction: 0, failures: 3 })).toEqual([0, 0, 0])
  expect(pauses({ fraction: 0.5, failures: 3 })).toEqual([125, 250, 500])
})

test('one attempt waits at a time, and a success starts over', () => {
  const cancelled: number[] = []
  const waited: number[] = []
  const clock = {
    now: () => 0,
    after: (delayMs: number) => {
      waited.push(delayMs)
      return () => void cancelled.push(delayMs)
    },
  }
  const backoff = new Backoff(clock, { id: () => 'unused', fraction: () => 1 })
  backoff.later(() => undefined)
  backoff.later(() => undefined)
  expect(cancelled).toEqual([250])
  expect(backoff.isFailing).toBe(true)
  backoff.succeeded()
  expect(backoff.isFailing).toBe(false)
  backoff.later(() => undefined)
  expect(waited).toEqual([250, 500, 250])
})
