import { expect, test } from 'vitest'
import { linesSvg } from './lines.ts'

const pointsIn = (svg: string): string[] => [...svg.matchAll(/points="([^"]*)"/g)].map(([, points]) => points ?? '')

test('one line for each server, higher where more, evenly along the loads, with a tenfold step always as high', () => {
  const svg = linesSvg({
    title: 'p99 <ms>',
    at: [10, 20, 30],
    lines: [
      { label: 'one', values: [1, 10, 100] },
      { label: 'two', values: [100, 10, 1] },
    ],
  })
  const [one = [], two = []] = pointsIn(svg).map((points) =>
    points.split(' ').map((point) => point.split(',').map(Number)),
  )
  const [low, middle, high] = one.map(([, y]) => y ?? Number.NaN)
  expect([(low ?? 0) - (middle ?? 0), (middle ?? 0) - (high ?? 0)]).toEqual([120, 120])
  expect(two.map(([, y]) => y)).toEqual([high, middle, low])
  expect(one.map(([x]) => x)).toEqual([60, 305, 550])
  expect(svg).toContain('p99 &lt;ms>')
})

test('what was not measured is no point', () => {
  const svg = linesSvg({ title: '', at: [1, 2, 3], lines: [{ label: 'one', values: [5, Number.NaN, 7] }] })
  expect(pointsIn(svg)[0]?.split(' ')).toHaveLength(2)
  expect(svg).not.toContain('NaN')
})
