/** What the page's address says the document's id is, whatever that may be; undefined on other pages. */
export function documentHere(): string | undefined {
  return /^\/d\/([\w-]+)\/?$/.exec(window.location.pathname)?.[1]
}
