import { expect, test } from 'vitest'
import { damageWords } from './damage-words.ts'

test('a damaged document says until when it can be read, and who can help', () => {
  const words = damageWords(new Date(2026, 10, 22, 14, 5).getTime(), 'en-GB')
  expect(words).toBe(
    'This document is damaged after 22 Nov 2026, 14:05. It is read-only until an administrator repairs it.',
  )
})

test('a document of which nothing can be read says that, and no date', () => {
  expect(damageWords(0)).toMatch(/^This document is damaged from its beginning: nothing of it can be read/)
})
