import { expect, test } from 'vitest'
import { hopFigures, hopLine } from './hops.ts'

const histogram = (...counts: readonly [number, number, number]) => [
  [0.001, counts[0]] as const,
  [0.01, counts[1]] as const,
  [Infinity, counts[2]] as const,
]

test('what lies between two looks at a histogram is told by its quantiles, within a bucket in proportion', () => {
  const figures = hopFigures({ commit: histogram(50, 50, 50) }, { commit: histogram(50, 150, 150) })
  expect(figures['commit p50']).toBeCloseTo(5.5)
  expect(figures['commit p99']).toBeCloseTo(9.91)
})

test('what took longer than the last edge is said to have taken that', () => {
  expect(hopFigures({}, { commit: histogram(0, 0, 10) })['commit p50']).toBeCloseTo(10)
})

test('of nothing there is nothing to say', () => {
  expect(hopFigures({}, { commit: histogram(0, 0, 0) })['commit p50']).toBeNaN()
  expect(hopLine({ p50: 1 })).toBeUndefined()
})

test('a line names every hop', () => {
  const all = { push_wait: histogram(10, 10, 10), commit: histogram(0, 10, 10), delivery: histogram(10, 10, 10) }
  expect(hopLine(hopFigures({}, all))).toBe(
    "Where Tandem's updates waited in the node, ms p50 (p99): until its append begins 0.5 (1.0); until that is on disk 5.5 (9.9); until it is handed to sockets 0.5 (1.0).",
  )
})
