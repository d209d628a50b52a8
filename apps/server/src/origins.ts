import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * The origins that may act with a person's cookie: PUBLIC_URL, and the very host the request came to. Compared whole,
 * never by ending. A browser fills in both headers itself, so a foreign page cannot make them agree.
 */
export function ownOrigins(host: string | undefined, publicUrl: string | undefined): string[] {
  const own = host === undefined ? [] : [`http://${host}`, `https://${host}`]
  return publicUrl === undefined ? own : [publicUrl, ...own]
}

/** Whether a request that changes something comes from our own page, or from no browser at all. */
export function isOwnRequest(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  return headers.origin === undefined || ownOrigins(headers.host, publicUrl).includes(headers.origin)
}

/**
 * The caller's address. Of X-Forwarded-For only the entries that our own `trustedProxies` appended are believed:
 * the caller is the one the outermost of them saw.
 */
export function clientAddress(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  trustedProxies: number,
): string {
  const hops = [forwardedFor ?? []]
    .flat()
    .flatMap((value) => value.split(','))
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
  const address = trustedProxies === 0 ? peer : (hops.at(-trustedProxies) ?? hops[0] ?? peer)
  return address ?? 'unknown'
}

/**
 * Whose limits an address counts against: itself; of IPv6 the first 64 bits, which is what one household or server is given
 * and could walk through freely. The same text for every spelling.
 */
export function addressGroup(address: string): string {
  const plain = address
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
  if (isIP(plain) !== 6) return plain
  const groups = groupsOf(plain)
  const [high = 0, low = 0] = groups.slice(6)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1) // all hex, one :: at most
  const [before = [], after = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].map((group) => Number.parseInt(group, 16))
}
