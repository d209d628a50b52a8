import type { DocumentView } from '@tandem/client'
import type { DocumentId } from '@tandem/sync'
import { useEffect } from 'react'
import { warn } from '../ui/toast-store.ts'

/** A page that goes astray again so soon is shown as it is: it would load anew for ever. */
const AGAIN_MS = 10 * 60_000
const loadedAt = new Map<DocumentId, number>()

/** A document that was found to show something else than what is stored is opened again by itself, and its person is told. */
export function useLoadedAnew(documentId: DocumentId, view: DocumentView, onOpenAgain: () => void): void {
  const isAstray = view.status === 'failed' && view.error.code === 'diverged'
  useEffect(() => {
    if (!isAstray || Date.now() - (loadedAt.get(documentId) ?? -Infinity) < AGAIN_MS) return
    loadedAt.set(documentId, Date.now())
    warn(
      'This document was loaded anew',
      'The page showed something else than what is stored. What it showed is kept as a copy, among your documents.',
    )
    onOpenAgain()
  }, [isAstray, documentId, onOpenAgain])
}
