/** What a browser knows about the network before a socket notices. */
export type WakeEvent = 'online' | 'offline' | 'visible'

/** Calls back for the browser's hints; outside of a browser there are none. Returns stop. */
export function onWakeEvent(listener: (event: WakeEvent) => void): () => void {
  if (typeof window === 'undefined' || typeof document === 'undefined') return () => undefined
  const stopping = new AbortController()
  const { signal } = stopping
  window.addEventListener('online', () => listener('online'), { signal })
  window.addEventListener('offline', () => listener('offline'), { signal })
  window.addEventListener('pageshow', () => listener('visible'), { signal })
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && listener('visible'), {
    signal,
  })
  return () => stopping.abort()
}

/** Whether the browser says for certain that there is no network. Its "online" means little, so that is no answer. */
export function isSurelyOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false
}
