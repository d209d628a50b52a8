import { expect, test } from 'vitest'
import { matchesFilter } from './filter.ts'

test('every word counts, case and accents do not', () => {
  expect(matchesFilter('Año nuevo: Plan', 'plan ano')).toBe(true)
  expect(matchesFilter('Plan', 'plan budget')).toBe(false)
  expect(matchesFilter('Plan', '  ')).toBe(true)
})
