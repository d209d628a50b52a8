import { useEffect, useState } from 'react'

/** True once this has been so for as long without a break. */
export function useLongSince(isSo: boolean, afterMs: number): boolean {
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    if (!isSo) return
    const timer = setTimeout(() => setLong(true), afterMs)
    return () => {
      clearTimeout(timer)
      setLong(false)
    }
  }, [isSo, afterMs])
  return isLong && isSo
}
