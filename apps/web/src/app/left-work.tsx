import { useTandem } from '@tandem/client/react'
import { useEffect } from 'react'

/** Looked for again when the page is come back to, but not more often than that. */
const PAUSE_MS = 30_000

/** Sends what was typed in pages that are gone, whichever page is open now: whoever typed it was told that it will be. Renders nothing. */
export function LeftWork() {
  const client = useTandem()
  useEffect(() => {
    let lookedAt = -Infinity
    const look = () => {
      if (document.visibilityState === 'hidden' || performance.now() - lookedAt < PAUSE_MS) return
      lookedAt = performance.now()
      void client.sendLeftWork()
    }
    const lookNow = () => {
      lookedAt = -Infinity
      look()
    }
    look()
    window.addEventListener('online', lookNow)
    document.addEventListener('visibilitychange', look)
    return () => {
      window.removeEventListener('online', lookNow)
      document.removeEventListener('visibilitychange', look)
    }
  }, [client])
  return null
}
