const LINKS = new Set(['http:', 'https:', 'mailto:', 'tel:'])
const IMAGES = new Set(['http:', 'https:'])

/** Whether a link may lead there: http, https, mailto, tel, or relative to the page. Never throws. */
export function isSafeLink(url: unknown): url is string {
  return hasProtocol(url, LINKS)
}

/** Whether an image may be loaded from there: http, https, or relative to the page. Never throws. */
export function isSafeImage(url: unknown): url is string {
  return hasProtocol(url, IMAGES)
}

/** Judged by the parser that a browser uses, which sees through `java\nscript:` and its like. */
function hasProtocol(url: unknown, allowed: ReadonlySet<string>): url is string {
  const base = 'https://relative.invalid/'
  return typeof url === 'string' && URL.canParse(url, base) && allowed.has(new URL(url, base).protocol)
}
