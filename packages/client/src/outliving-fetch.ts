/** Half of what browsers let all such requests of a page carry at once: they count until an answer is read, this until it begins. */
const MOST_BYTES = 32_768
/** Of a letter in UTF-8. */
const LETTER_BYTES = 3

/**
 * A fetch whose calls outlive the page that makes them (`keepalive`): who sets a star and leaves at once has set it. Only what
 * changes something, and only while little is under way; more goes as usual. Where there is no page it makes no difference.
 */
export function outlivingFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  let underWay = 0
  return async (input, init) => {
    const bytes = init?.method === 'POST' && typeof init.body === 'string' ? init.body.length * LETTER_BYTES : Infinity
    if (underWay + bytes > MOST_BYTES) return fetch(input, init)
    underWay += bytes
    try {
      return await fetch(input, { ...init, keepalive: true })
    } finally {
      underWay -= bytes
    }
  }
}
