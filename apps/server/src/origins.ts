import type { IncomingHttpHeaders } from 'node:http'

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
