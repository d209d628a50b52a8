import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { scraperRefusal } from './scrapers.ts'

const TOKEN = 'a token for metrics'

function from(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage
}

test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '172.18.0.5', '192.168.1.9', 'fd00::7', 'fe80::1%eth0'])(
  'without a token %s may read the metrics',
  (address) => {
    expect(scraperRefusal(from(address), undefined)).toBeUndefined()
  },
)

test.each(['203.0.113.7', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.7', ''])(
  'without a token %s may not',
  (address) => {
    expect(scraperRefusal(from(address), undefined)).toBe(403)
  },
)

test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
  'whoever comes through a proxy (%s) may not, whatever its address',
  (name) => {
    expect(scraperRefusal(from('10.1.2.3', { [name]: '10.1.2.3' }), undefined)).toBe(403)
  },
)

test('with a token it is the token that counts, from anywhere, through anything', () => {
  const told = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.7' }
  expect(scraperRefusal(from('203.0.113.7', told), TOKEN)).toBeUndefined()
  expect(scraperRefusal(from('127.0.0.1'), TOKEN)).toBe(401)
  expect(scraperRefusal(from('127.0.0.1', { authorization: `Bearer ${TOKEN}x` }), TOKEN)).toBe(401)
  expect(scraperRefusal(from('127.0.0.1', { authorization: TOKEN }), TOKEN)).toBe(401)
})
