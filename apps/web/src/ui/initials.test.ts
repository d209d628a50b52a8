import { expect, test } from 'vitest'
import { initials, inkOn } from './initials.ts'

test('initials come from the first and the last word, as whole graphemes', () => {
  expect(initials('Quiet Otter')).toBe('QO')
  expect(initials('  ana  maría lópez ')).toBe('AL')
  expect(initials('Ana')).toBe('A')
  expect(initials('👩‍🚀 Space')).toBe('👩‍🚀S')
  expect(initials('   ')).toBe('?')
})

test('text on an avatar is black on light colours and white on dark ones', () => {
  expect(inkOn('#ffd166')).toBe('#14181b')
  expect(inkOn('#1d3557')).toBe('#ffffff')
})
