/** What the page's address says the document's id is, whatever that may be; undefined on other pages. */
export function documentHere(): string | undefined {
  const { pathname = '' } = (globalThis.location ?? {}) as Partial<Location> // a worker's or a test's
  return /^\/d\/([\w-]+)\/?$/.exec(pathname)?.[1]
}
