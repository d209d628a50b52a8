import { LIMITS } from '@tandem/sync'
import { expect, test } from 'vitest'
import { Buckets, CallerBuckets } from './allowance.ts'

test('a burst is allowed, more than it is refused by the limit’s name, and time gives it back', () => {
  let nowMs = 0
  const buckets = new Buckets(() => nowMs)
  for (let count = 0; count < LIMITS.pushBurst; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow(/LIMITS\.pushesPerSecond/)
  buckets.take('presence') // each rate is its own
  nowMs += 1_000
  for (let count = 0; count < LIMITS.pushesPerSecond; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow('LIMITS.pushesPerSecond')
})

test('an hour of silence saves no more than one burst', () => {
  let nowMs = 0
  const buckets = new Buckets(() => nowMs)
  nowMs += 3_600_000
  for (let count = 0; count < LIMITS.pushBurst; count++) buckets.take('push')
  expect(() => buckets.take('push')).toThrow('LIMITS.pushesPerSecond')
})

test('sessions are counted, not timed; releasing twice gives back one', () => {
  const buckets = new Buckets(() => 0)
  const releases = Array.from({ length: LIMITS.sessionsPerSocket }, () => buckets.openSession())
  expect(() => buckets.openSession()).toThrow(/LIMITS\.sessionsPerSocket/)
  releases[0]?.()
  releases[0]?.()
  buckets.openSession()
  expect(() => buckets.openSession()).toThrow('LIMITS.sessionsPerSocket')
})

test('a caller is the same one the next time', () => {
  const callers = new CallerBuckets(() => 0)
  for (let count = 0; count < LIMITS.callBurst; count++) callers.of('ann').take('call')
  expect(() => callers.of('ann').take('call')).toThrow('LIMITS.callsPerSecond')
  callers.of('bob').take('call')
})
