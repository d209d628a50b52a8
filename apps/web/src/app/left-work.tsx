import { useLiveConnection, useTandem } from '@tandem/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '../account/use-me.ts'
import { sendLeftTitles } from './left-titles.ts'

/** Looked for with each connection, and again when the page is come back to, but then not more often than that. */
const PAUSE_MS = 30_000

/** Sends what was typed in pages that are gone, whichever page is open now: whoever typed it was told that it will be. Renders nothing. */
export function LeftWork() {
  const client = useTandem()
  const queries = useQueryClient()
  const userId = useMe()?.userId
  const isLive = useLiveConnection() === 'live'
  useEffect(() => {
    if (userId === undefined || !isLive) return
    let lookedAt = -Infinity
    const look = () => {
      if (document.visibilityState === 'hidden' || performance.now() - lookedAt < PAUSE_MS) return
      lookedAt = performance.now()
      void client.sendLeftWork()
      void sendLeftTitles({ api: client.api, queries, userId })
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [client, queries, userId, isLive])
  return null
}
