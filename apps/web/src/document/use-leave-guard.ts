import { useEffect } from 'react'
import { wouldLoseWork, type SavingFacts } from './saving-text.ts'

/** Asks before the tab is closed, only while closing it would lose something. */
export function useLeaveGuard(facts: SavingFacts): void {
  const guard = wouldLoseWork(facts)
  useEffect(() => {
    if (!guard) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', ask)
    return () => window.removeEventListener('beforeunload', ask)
  }, [guard])
}
