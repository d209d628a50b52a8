import { useState } from 'react'

/**
 * A part of the page whose code is fetched when somebody is about to need it: undefined until `load` has resolved with true; false: it could not be
 * fetched, which the caller says in words of its own, and the next call tries again.
 */
export function useLazyPart<Part>(
  fetchPart: () => Promise<Part>,
): [part: Part | undefined, load: () => Promise<boolean>] {
  const [part, setPart] = useState<Part>()
  const load = async () => {
    try {
      const fetched = await fetchPart()
      setPart(() => fetched)
      return true
    } catch {
      return false
    }
  }
  return [part, load]
}
