import { expect, test } from 'vitest'
import { LoopWatch } from './loop-watch.ts'

/** A loop whose turns, in ms, are as the test says; they are forgotten at every look. */
function loop() {
  let turns: number[] = []
  const mean = (): number => (turns.reduce((sum, turn) => sum + turn, 0) / turns.length) * 1e6
  const watch = new LoopWatch({
    get mean() {
      return mean()
    },
    get stddev() {
      return Math.sqrt(turns.reduce((sum, turn) => sum + (turn * 1e6 - mean()) ** 2, 0) / turns.length)
    },
    enable: () => undefined,
    disable: () => undefined,
    reset: () => (turns = []),
  })
  return {
    watch,
    /** Whether it counts as late after a second of these turns. */
    after: (...milliseconds: number[]) => {
      turns = milliseconds
      watch.look()
      return watch.isLate
    },
  }
}

const QUICK = Array.from({ length: 50 }, () => 20)
const SLOW = [300, 300, 300, 300]

test('a loop that is slow for two seconds is late, and it is not once it keeps up again', () => {
  const { after } = loop()
  expect([after(...QUICK), after(...SLOW), after(...SLOW), after(...SLOW), after(...QUICK)]).toEqual([
    false,
    false,
    true,
    true,
    false,
  ])
})

test('one long turn is not', () => {
  const { after } = loop()
  expect([after(900, ...QUICK), after(...QUICK), after(900, ...QUICK)]).toEqual([false, false, false])
})

test('many quick turns do not hide those that take most of the time', () => {
  const { after } = loop()
  const mixed = [400, 20, 20, 20, 20, 400, 20, 20]
  expect([after(...mixed), after(...mixed)]).toEqual([false, true])
})

test('a second without a single turn changes nothing', () => {
  const { after } = loop()
  after(...SLOW)
  expect([after(), after(...SLOW), after(), after(...QUICK)]).toEqual([false, true, true, false])
})

test('the pace falls with the length of the turns, to a half; to a tenth only when it is late for two seconds', () => {
  const { after, watch } = loop()
  const paceAfter = (...turns: number[]): number => {
    after(...turns)
    return Math.round(watch.pace * 100) / 100
  }
  expect(watch.pace).toBe(1)
  expect(paceAfter(...QUICK)).toBe(1)
  expect(paceAfter(100, 100, 100)).toBe(0.75)
  expect(paceAfter(...SLOW)).toBe(0.5)
  expect(paceAfter(...SLOW)).toBe(0.1)
  expect(paceAfter()).toBe(0.1)
  expect(paceAfter(...QUICK)).toBe(1)
})
