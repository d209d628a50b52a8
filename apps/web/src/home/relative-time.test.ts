import { expect, test } from 'vitest'
import { relativeTime } from './relative-time.ts'

const now = new Date(2026, 10, 22, 14, 0, 0).getTime()
const at = (...parts: [number, number, number, number, number]) => relativeTime(new Date(...parts).getTime(), now, 'en')

test('recent times are said as people say them', () => {
  expect(relativeTime(now - 20_000, now, 'en')).toBe('just now')
  expect(relativeTime(now + 90_000, now, 'en')).toBe('just now')
  expect(at(2026, 10, 22, 13, 55)).toBe('5 minutes ago')
  expect(at(2026, 10, 22, 11, 30)).toBe('2 hours ago')
  expect(at(2026, 10, 21, 23, 50)).toBe('yesterday')
  expect(at(2026, 10, 18, 9, 0)).toBe('4 days ago')
})

test('after a week it is a date, with its year when that is another', () => {
  expect(at(2026, 9, 3, 9, 0)).toBe('Oct 3')
  expect(at(2025, 11, 31, 9, 0)).toBe('Dec 31, 2025')
})
