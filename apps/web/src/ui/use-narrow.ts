import { useSyncExternalStore } from 'react'

const narrow = follow('(width < 40rem)')
const wideMargins = follow('(width >= 58rem)')

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(narrow.subscribe, narrow.matches)
}

/** Whether there is room beside a document's text for two buttons next to each other. */
export function useWideMargins(): boolean {
  return useSyncExternalStore(wideMargins.subscribe, wideMargins.matches)
}

function follow(condition: string) {
  const query = window.matchMedia(condition)
  return {
    matches: () => query.matches,
    subscribe(listener: () => void) {
      query.addEventListener('change', listener)
      return () => query.removeEventListener('change', listener)
    },
  }
}
