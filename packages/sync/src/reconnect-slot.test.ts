import { expect, test } from 'vitest'
import { slotMsOf, withSlot } from './reconnect-slot.ts'

test('a slot is read from the reason it was written into', () => {
  for (const slotMs of [0, 1, 250, 10_000]) expect(slotMsOf(withSlot('This node restarts.', slotMs))).toBe(slotMs)
})

test('a slot is a whole number of milliseconds from now on', () => {
  expect(slotMsOf(withSlot('Busy.', 12.4))).toBe(12)
  expect(slotMsOf(withSlot('Busy.', -3))).toBe(0)
})

test('any other reason has none', () => {
  const others = [
    '',
    'come back in 10 ms',
    '[come back in 10 ms] later',
    'x [come back in 1e9 ms]',
    'x [come back in 9999999 ms]',
  ]
  for (const reason of others) expect(slotMsOf(reason)).toBeUndefined()
})
