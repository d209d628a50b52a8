import { useEffect, useState } from 'react'

const GRACE_MS = 1_000

/** True once it has been so for longer than a blink. */
export function useLasting(isSo: boolean): boolean {
  const [hasLasted, setHasLasted] = useState(false)
  useEffect(() => {
    if (!isSo) return
    const timer = setTimeout(() => setHasLasted(true), GRACE_MS)
    return () => {
      clearTimeout(timer)
      setHasLasted(false)
    }
  }, [isSo])
  return hasLasted && isSo
}
