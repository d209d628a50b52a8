import { useEffect, useEffectEvent } from 'react'
import { say } from '../ui/toast-store.ts'
import { savingText, type SavingFacts } from './saving-text.ts'

/** Mod+S: a habit of many, so it is answered instead of opening the browser's dialog. */
export function useAlreadySavedKey(facts: SavingFacts): void {
  const answer = useEffectEvent(() => {
    say(savingText(facts) === 'Saved' ? 'Already saved. Tandem saves as you type.' : savingText(facts))
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 's' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      if (!event.repeat) answer()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
}
