import { useDocument } from '@tandem/client/react'
import type { Editor } from '@tiptap/core'
import { useEffect } from 'react'
import { rememberedMe } from '../../account/remembered-me.ts'
import { pictureOf } from './first-screen-picture.ts'
import { keepScreen } from './first-screen-storage.ts'
import { dropFirstScreen } from './first-screen.ts'

/** Without a change. */
const QUIET_MS = 2_000
/** How far somebody scrolls who does so at once. */
const SCREENS = 2

/**
 * Keeps what the document begins with on the screen, for the next time it is opened here, whenever there has been no change for a
 * while, and when the page goes. Only what this device or the server has: what was shown once must not be gone the next time.
 */
export function FirstScreenKeeper({ editor, documentId }: { editor: Editor; documentId: string }) {
  const view = useDocument(documentId)
  const isKept = view.status === 'open' && (view.saving === 'saved' || view.keeping === 'device')
  const isSaved = view.status === 'open' && view.saving === 'saved'
  useEffect(dropFirstScreen, [])
  useEffect(() => {
    if (!isKept) return
    let timer: ReturnType<typeof setTimeout>
    const wait = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => keepFirstScreen(editor, documentId), QUIET_MS)
    }
    wait()
    editor.on('update', wait)
    return () => {
      clearTimeout(timer)
      editor.off('update', wait)
    }
  }, [editor, documentId, isKept])
  useEffect(() => {
    const keep = (): void => {
      if (isSaved && document.visibilityState === 'hidden') keepFirstScreen(editor, documentId)
    }
    document.addEventListener('visibilitychange', keep)
    return () => document.removeEventListener('visibilitychange', keep)
  }, [editor, documentId, isSaved])
  return null
}

function keepFirstScreen(editor: Editor, documentId: string): void {
  const userId = rememberedMe()?.userId
  if (userId === undefined || editor.isDestroyed) return
  const text = editor.view.dom
  const blocks = text.textContent === '' ? [] : pictureOf(text, SCREENS * window.innerHeight)
  const top = Math.round(text.getBoundingClientRect().top + window.scrollY)
  keepScreen(userId, documentId, blocks.length > 0 ? { top, blocks } : undefined, Date.now())
}
