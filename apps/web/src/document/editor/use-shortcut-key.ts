import { useEffect } from 'react'

/** `?` outside of any field. In the text it is a question mark; there Mod+/ does the same. */
export function useShortcutKey(onAsked: () => void): void {
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      const { target } = event
      const isTyping =
        target instanceof HTMLElement &&
        (target.isContentEditable || target.closest('input, textarea, select') !== null)
      if (event.key !== '?' || isTyping || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
        return
      event.preventDefault()
      onAsked()
    }
    window.addEventListener('keydown', look)
    return () => window.removeEventListener('keydown', look)
  }, [onAsked])
}
