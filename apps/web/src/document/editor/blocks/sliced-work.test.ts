import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SlicedWork } from './sliced-work.ts'

let nowMs = 0
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Work that takes so long on the clock of the page. */
const taking = (ms: number, done: string[], name: string) => () => {
  nowMs += ms
  done.push(name)
}

test('little work is done together in one later task, in its order', () => {
  const [work, done] = [new SlicedWork(), [] as string[]]
  for (const name of ['a', 'b', 'c']) work.add(taking(1, done, name))
  expect(done).toEqual([])
  vi.advanceTimersByTime(0)
  expect(done).toEqual(['a', 'b', 'c'])
})

test('of much work a slice at a time, with a pause as long as it took, 100 ms at most', () => {
  const [work, done] = [new SlicedWork(), [] as string[]]
  for (const [name, ms] of Object.entries({ a: 25, b: 25, c: 400, d: 1 })) work.add(taking(ms, done, name))
  vi.advanceTimersByTime(0)
  expect(done).toEqual(['a', 'b'])
  vi.advanceTimersByTime(49)
  expect(done).toEqual(['a', 'b'])
  vi.advanceTimersByTime(1)
  expect(done).toEqual(['a', 'b', 'c'])
  vi.advanceTimersByTime(99)
  expect(done).toHaveLength(3)
  vi.advanceTimersByTime(1)
  expect(done).toEqual(['a', 'b', 'c', 'd'])
})

test('what is taken back is not done; what is added meanwhile is', () => {
  const [work, done] = [new SlicedWork(), [] as string[]]
  const takeBack = work.add(taking(1, done, 'a'))
  work.add(() => work.add(taking(1, done, 'c')))
  takeBack()
  vi.advanceTimersByTime(10)
  expect(done).toEqual(['c'])
})
