import { expect, test } from 'vitest'
import { linkAddress, pictureAddress } from './link-address.ts'

test('what people type becomes the address they mean', () => {
  expect(linkAddress(' example.org/a?b=c#d ')).toBe('https://example.org/a?b=c#d')
  expect(linkAddress('http://example.org')).toBe('http://example.org')
  expect(linkAddress('localhost:4000/d/x')).toBe('https://localhost:4000/d/x')
  expect(linkAddress('ana@example.org')).toBe('mailto:ana@example.org')
  expect(linkAddress('tel:030123')).toBe('tel:030123')
  expect(linkAddress('/d/abc')).toBe('/d/abc')
})

test('what is no address, or could run something, is refused', () => {
  expect(linkAddress('')).toBeUndefined()
  expect(linkAddress('two words')).toBeUndefined()
  expect(linkAddress('javascript:alert(1)')).toBeUndefined()
  expect(linkAddress('JaVaScRiPt:alert(1)')).toBeUndefined()
  expect(linkAddress('data:text/html,x')).toBeUndefined()
})

test.each([
  ['example.org/a.png', 'https://example.org/a.png'],
  ['http://example.org/a.png', 'http://example.org/a.png'],
  ['localhost:4000/a.png', 'https://localhost:4000/a.png'],
  ['http://wiki/a.png', 'http://wiki/a.png'],
  ['/api/uploads/a', '/api/uploads/a'],
])('a picture may be at %s', (typed, address) => {
  expect(pictureAddress(typed)).toBe(address)
})

test.each(['notaurl', 'picture/a', '#a', '', 'two words', 'ana@example.org', 'tel:1', 'javascript:alert(1)'])(
  'no picture is at "%s"',
  (typed) => {
    expect(pictureAddress(typed)).toBeUndefined()
  },
)
