import { useDocument } from '@tandem/client/react'
import type { Editor } from '@tiptap/core'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useMe } from '../../account/use-me.ts'
import { pictureOf } from './first-screen-picture.ts'
import { keepScreen, type KeptScreen } from './first-screen-storage.ts'
import { dropFirstScreen } from './first-screen.ts'

/** Without a change. */
const QUIET_MS = 2_000
/** How far somebody scrolls who does so at once. */
const SCREENS = 2

interface FirstScreenKeeperProps {
  readonly editor: Editor
  readonly documentId: string
}

/**
 * Keeps what the document begins with on the screen, for the next time it is opened here, whenever there has been no change for a
 * while, and when the page goes. Only what this device or the server has: what was shown once must not be gone the next time. If it
 * goes too soon for that, an older one goes with it.
 */
export function FirstScreenKeeper({ editor, documentId }: FirstScreenKeeperProps) {
  const view = useDocument(documentId)
  const router = useRouter()
  const userId = useMe()?.userId
  const isSaved = view.status === 'open' && view.saving === 'saved'
  const isKept = isSaved || (view.status === 'open' && view.keeping === 'device')
  const may = useRef({ isSaved, isKept })
  useEffect(() => void (may.current = { isSaved, isKept }), [isSaved, isKept])
  useEffect(dropFirstScreen, [])
  useEffect(() => {
    if (userId === undefined) return
    const keep = (screen: KeptScreen | undefined) => keepScreen(userId, documentId, screen, Date.now())
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => (may.current.isKept ? keepNow() : wait()), QUIET_MS)
    }
    const keepNow = (): void => {
      clearTimeout(timer)
      timer = undefined
      keep(screenOf(editor))
    }
    const leave = (): void => {
      if (timer === undefined) return
      if (may.current.isSaved) keepNow()
      else keep(undefined)
    }
    const hide = (): void => {
      if (document.visibilityState === 'hidden') leave()
    }
    wait()
    editor.on('update', wait)
    document.addEventListener('visibilitychange', hide)
    const stopHearing = router.subscribe('onBeforeNavigate', leave)
    return () => {
      if (timer !== undefined) keep(undefined)
      clearTimeout(timer)
      editor.off('update', wait)
      document.removeEventListener('visibilitychange', hide)
      stopHearing()
    }
  }, [editor, documentId, userId, router])
  return null
}

/** Undefined: there is nothing to be seen. */
function screenOf(editor: Editor): KeptScreen | undefined {
  if (editor.isDestroyed) return undefined
  const text = editor.view.dom
  const blocks = text.textContent === '' ? [] : pictureOf(text, SCREENS * window.innerHeight)
  const top = Math.round(text.getBoundingClientRect().top + window.scrollY)
  return blocks.length > 0 ? { top, blocks } : undefined
}
