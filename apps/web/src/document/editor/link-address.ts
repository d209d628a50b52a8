const ALLOWED = new Set(['http:', 'https:', 'mailto:', 'tel:'])

/**
 * The address a person meant: "example.org" becomes https, an e-mail address becomes mailto.
 * Undefined for what cannot be a link, and for schemes that could run something (javascript:, data:).
 */
export function linkAddress(typed: string): string | undefined {
  const text = typed.trim()
  if (text === '' || /\s/.test(text)) return undefined
  if (text.startsWith('/') || text.startsWith('#')) return text
  if (/^[^@/:]+@[^@/:]+\.[^@/:]+$/.test(text)) return `mailto:${text}`
  const hasScheme = /^(tel:|[a-z][a-z0-9+.-]*:(?!\d))/i.test(text)
  const address = hasScheme ? text : `https://${text}`
  if (!URL.canParse(address) || !ALLOWED.has(new URL(address).protocol)) return undefined
  return address
}

/**
 * The same for a picture: at an https or http address, or on this server. Undefined also for a word alone, which would be the name of a
 * host in somebody's own network; `http://word/` is taken as it is.
 */
export function pictureAddress(typed: string): string | undefined {
  const address = linkAddress(typed)
  if (address === undefined || address.startsWith('/')) return address
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, port } = new URL(address)
  const isNamed = address === typed.trim() || hostname.includes('.') || port !== ''
  return isNamed && (protocol === 'https:' || protocol === 'http:') ? address : undefined
}
