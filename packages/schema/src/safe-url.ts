const LINKS = new Set(['http:', 'https:', 'mailto:', 'tel:'])
/** In UTF-16 units. In UTF-8, with a title beside it, that is within LIMITS.valueBytes: a node refuses what is over. */
const LONGEST_URL = 2_000
const IMAGES = new Set(['http:', 'https:'])

/** Whether a link may lead there: http, https, mailto, tel, or relative to the page, and not too long. Never throws. */
export function isSafeLink(url: unknown): url is string {
  return hasProtocol(url, LINKS)
}

/** Whether an image may be loaded from there: http, https, or relative to the page, and not too long. Never throws. */
export function isSafeImage(url: unknown): url is string {
  return hasProtocol(url, IMAGES)
}

/** Judged by the parser that a browser uses, which sees through `java\nscript:` and its like. */
function hasProtocol(url: unknown, allowed: ReadonlySet<string>): url is string {
  const base = 'https://relative.invalid/'
  if (typeof url !== 'string' || url.length > LONGEST_URL || !URL.canParse(url, base)) return false
  return allowed.has(new URL(url, base).protocol)
}
