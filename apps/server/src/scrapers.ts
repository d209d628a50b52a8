import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList } from 'node:net'

const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, prefix, 'ipv6')

/** What a proxy adds: whoever comes through one may be anybody, whatever private address the proxy has. */
const FORWARDED = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'] as const

/**
 * Who may read the metrics: with METRICS_TOKEN set, whoever sends it as a bearer token; without, whoever connects directly
 * from this machine or a private network. Undefined: they may; else the status they are refused with.
 */
export function scraperRefusal(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  token: string | undefined,
): 401 | 403 | undefined {
  const { headers, socket } = request
  if (token !== undefined) return isSame(headers.authorization ?? '', `Bearer ${token}`) ? undefined : 401
  if (FORWARDED.some((name) => headers[name] !== undefined)) return 403
  return isPrivate(socket.remoteAddress ?? '') ? undefined : 403
}

function isPrivate(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  return PRIVATE.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4')
}

/** In the same time whatever is wrong with it. */
function isSame(one: string, other: string): boolean {
  const [hashed, expected] = [one, other].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer]
  return timingSafeEqual(hashed, expected)
}
