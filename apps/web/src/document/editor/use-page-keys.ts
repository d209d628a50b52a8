import { useEffect } from 'react'
import type { EditorKeyActions } from './editor-keys.ts'
import { isMac } from './shortcut.ts'

/**
 * Keys that are meant wherever the focus is, be it in the title, on a button or nowhere: Mod+F, for what the browser finds by itself is
 * only what is drawn; Mod+/, and outside of any field also `?`. A dialog keeps its keys, and the text has them itself.
 */
export function usePageKeys({ find, showShortcuts }: Pick<EditorKeyActions, 'find' | 'showShortcuts'>): void {
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      const { target, key, altKey, shiftKey } = event
      const isInDialog = target instanceof Element && target.closest('[role=dialog], [role=alertdialog]') !== null
      if (event.defaultPrevented || altKey || isInDialog) return
      const [mod, other] = isMac() ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey]
      if (mod && !other && !shiftKey && key.toLowerCase() === 'f') find()
      else if (mod && !other && key === '/') showShortcuts()
      else if (!mod && !other && key === '?' && !isField(target)) showShortcuts()
      else return
      event.preventDefault()
    }
    window.addEventListener('keydown', look)
    return () => window.removeEventListener('keydown', look)
  }, [find, showShortcuts])
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select') !== null)
  )
}
