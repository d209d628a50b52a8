import { LIMITS } from '@tandem/sync'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Ticks } from './ticks.ts'

let ticks: Ticks
let presenceTicks: number
let heartbeats: (() => void)[]
let sockets: number
let relay: { state: 'well' | 'unwell' }

beforeEach(() => {
  vi.useFakeTimers()
  presenceTicks = 0
  heartbeats = []
  sockets = 0
  relay = { state: 'well' }
  ticks = new Ticks({
    rooms: {
      presenceTick: () => void (presenceTicks += 1),
      heartbeat: () => new Promise<void>((resolve) => heartbeats.push(resolve)),
    },
    relay,
    socketCount: () => sockets,
  })
})
afterEach(() => {
  ticks.stop()
  vi.useRealTimers()
})

test('presence ticks while there are sockets, and only then', async () => {
  await vi.advanceTimersByTimeAsync(1_000)
  expect(presenceTicks).toBe(0)
  sockets = 1
  ticks.wake()
  ticks.wake()
  await vi.advanceTimersByTimeAsync(LIMITS.presenceFrameMs * 10)
  expect(presenceTicks).toBe(10)
  sockets = 0
  await vi.advanceTimersByTimeAsync(LIMITS.presenceFrameMs * 10)
  expect(presenceTicks).toBe(11) // the one that saw them gone
})

test('a heartbeat waits for the one before, and is quicker while the relay is unwell', async () => {
  await vi.advanceTimersByTimeAsync(LIMITS.heartbeatMs * 5)
  expect(heartbeats).toHaveLength(1)
  relay.state = 'unwell'
  heartbeats[0]?.()
  await vi.advanceTimersByTimeAsync(LIMITS.unwellHeartbeatMs)
  expect(heartbeats).toHaveLength(2)
})

test('after stop nothing ticks', async () => {
  sockets = 1
  ticks.wake()
  ticks.stop()
  ticks.wake()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([presenceTicks, heartbeats.length]).toEqual([0, 0])
  expect(vi.getTimerCount()).toBe(0)
})
