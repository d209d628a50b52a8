import { expect, test } from 'vitest'
import { isSafeImage, isSafeLink } from './safe-url.ts'

test.each(['https://a.b', 'HTTP://a.b', '//a.b/c', '/a', 'a b', '#a', '?a', '', '日本'])(
  '%j is safe for links and images',
  (url) => {
    expect([isSafeLink(url), isSafeImage(url)]).toEqual([true, true])
  },
)

test.each(['mailto:a@b.c', 'tel:+49', 'TEL:1'])('%j is safe for links only', (url) => {
  expect([isSafeLink(url), isSafeImage(url)]).toEqual([true, false])
})

test.each([
  'javascript:a',
  'java\tscript:a',
  '\u0001javascript:a',
  'data:image/png,a',
  'vbscript:a',
  'file:///a',
  'ftp://a.b',
  'blob:https://a.b',
  'https://',
  'http://a b',
  `https://a.b/${'x'.repeat(2_000)}`,
  undefined,
  null,
  {},
  7,
])('%j is safe for nothing', (url) => {
  expect([isSafeLink(url), isSafeImage(url)]).toEqual([false, false])
})
