import { describe, expect, test } from 'vitest'
import { addressGroup, clientAddress, isOwnRequest } from './origins.ts'

describe('a request is our own', () => {
  const host = 'tandem.example.org'
  const publicUrl = 'https://tandem.example.org'

  test.each([
    { origin: 'https://tandem.example.org', host },
    { origin: publicUrl, host: 'node-1:4000' },
    { host },
    { origin: 'https://tandem.example.org', host, 'sec-fetch-site': 'same-origin' },
  ])('%o', (headers) => {
    expect(isOwnRequest(headers, publicUrl)).toBe(true)
  })

  test.each([
    { origin: 'https://tandem.example.org.evil.example', host },
    { origin: 'https://evil-tandem.example.org', host },
    { origin: 'https://tandem.example.org:8443', host },
    { origin: 'null', host },
    { origin: 'file://', host },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
  ])('but not %o', (headers) => {
    expect(isOwnRequest(headers, publicUrl)).toBe(false)
  })
})

describe('the caller’s address', () => {
  test('is the peer’s when no proxy is trusted, whatever the header says', () => {
    expect(clientAddress('10.0.0.9', '1.2.3.4', 0)).toBe('10.0.0.9')
  })

  test('is what the trusted proxies saw, whatever the caller wrote before them', () => {
    expect(clientAddress('127.0.0.1', 'forged, 1.2.3.4', 1)).toBe('1.2.3.4')
    expect(clientAddress('127.0.0.1', 'forged, 1.2.3.4, 10.0.0.2', 2)).toBe('1.2.3.4')
    expect(clientAddress('127.0.0.1', undefined, 1)).toBe('127.0.0.1')
  })
})

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:4711', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['::ffff:cb00:7107', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('the limits of %s are those of %s', (address, group) => {
  expect(addressGroup(address)).toBe(group)
})
