import { useEffect, useState } from 'react'

const GRACE_MS = 1_000

/** True once there has been no connection for longer than a blink. */
export function useCut(isLive: boolean): boolean {
  const [isCut, setCut] = useState(false)
  useEffect(() => {
    if (isLive) return
    const timer = setTimeout(() => setCut(true), GRACE_MS)
    return () => {
      clearTimeout(timer)
      setCut(false)
    }
  }, [isLive])
  return isCut && !isLive
}
