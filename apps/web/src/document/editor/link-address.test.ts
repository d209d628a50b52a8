import { expect, test } from 'vitest'
import { linkAddress } from './link-address.ts'

test('what people type becomes the address they mean', () => {
  expect(linkAddress(' example.org/a?b=c#d ')).toBe('https://example.org/a?b=c#d')
  expect(linkAddress('http://example.org')).toBe('http://example.org')
  expect(linkAddress('localhost:4000/d/x')).toBe('https://localhost:4000/d/x')
  expect(linkAddress('ana@example.org')).toBe('mailto:ana@example.org')
  expect(linkAddress('/d/abc')).toBe('/d/abc')
})

test('what is no address, or could run something, is refused', () => {
  expect(linkAddress('')).toBeUndefined()
  expect(linkAddress('two words')).toBeUndefined()
  expect(linkAddress('javascript:alert(1)')).toBeUndefined()
  expect(linkAddress('JaVaScRiPt:alert(1)')).toBeUndefined()
  expect(linkAddress('data:text/html,x')).toBeUndefined()
})
