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
  const hasScheme = /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text)
  const address = hasScheme ? text : `https://${text}`
  if (!URL.canParse(address) || !ALLOWED.has(new URL(address).protocol)) return undefined
  return address
}
