import { describe, expect, test } from 'vitest'
import { Door } from './door.ts'

function door({ perSecond = 100 } = {}) {
  const state = { nowMs: 0, pace: 1 }
  const made = new Door({
    perSecond,
    loop: {
      get pace() {
        return state.pace
      },
      look: () => undefined,
    },
    now: () => state.nowMs,
  })
  let addresses = 0
  /** So many come at once, each from an address of its own: in how many seconds each is to come back. */
  const come = (count: number, address?: string) =>
    Array.from({ length: count }, () => made.retryAfterS(address ?? `10.0.0.${(addresses += 1)}`))
  return { state, come, made }
}

const admitted = (answers: readonly (number | undefined)[]) => answers.filter((answer) => answer === undefined).length

describe('the door', () => {
  test('lets in so many per second, half of them at once, and no more after a quiet time', () => {
    const { come, state } = door()
    expect(admitted(come(1_000))).toBe(50)
    state.nowMs += 250
    expect(admitted(come(1_000))).toBe(25)
    let nextSecond = 0
    for (let step = 0; step < 10; step += 1) {
      state.nowMs += 100
      nextSecond += admitted(come(100))
    }
    expect(nextSecond).toBe(100)
    state.nowMs += 60_000
    expect(admitted(come(1_000))).toBe(50)
  })

  test('those who are turned away are told to come back one after the other, within 10 s', () => {
    const { come } = door()
    const slots = come(2_000).filter((slot) => slot !== undefined)
    expect(slots).toEqual(slots.toSorted((one, other) => one - other))
    for (const second of [1, 2, 3, 9]) expect(slots.filter((slot) => slot === second)).toHaveLength(100)
    expect(Math.max(...slots)).toBe(10)
  })

  test('slots come nearer again as time passes', () => {
    const { come, state } = door()
    come(550)
    state.nowMs += 5_000
    come(100)
    expect(come(1)).toEqual([1])
  })

  test('one address cannot use up what there is for all', () => {
    const { come, state } = door()
    expect(admitted(come(1_000, 'loud'))).toBe(25)
    expect(admitted(come(10))).toBe(10)
    state.nowMs += 1_000
    expect(admitted(come(1_000, 'loud'))).toBe(25)
  })

  test('it goes at the pace of the event loop', () => {
    const { come, state } = door()
    const inOneSecond = (): number => {
      let admittedNow = 0
      for (let step = 0; step < 10; step += 1) {
        state.nowMs += 100
        admittedNow += admitted(come(100))
      }
      return admittedNow
    }
    come(100)
    for (const [pace, sockets] of [
      [0.5, 50],
      [0.1, 10],
      [1, 100],
    ] as const) {
      state.pace = pace
      expect(inOneSecond()).toBe(sockets)
    }
  })

  test('one per second is still one', () => {
    const { come, state } = door({ perSecond: 1 })
    expect(admitted(come(5))).toBe(1)
    state.nowMs += 1_000
    expect(admitted(come(5, 'somebody'))).toBe(1)
  })

  test('an address is forgotten once that changes nothing', () => {
    const { come, state, made } = door()
    come(50, 'loud')
    state.nowMs += 900
    made.sweep()
    expect(admitted(come(100, 'loud'))).toBe(22)
    state.nowMs += 10_000
    made.sweep()
    expect(admitted(come(100, 'loud'))).toBe(25)
  })
})
