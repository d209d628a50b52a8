import type { DocumentId } from '@tandem/sync'
import type { QueryClient } from '@tanstack/react-query'
import { warn } from '../ui/toast-store.ts'
import type { Api } from './api.ts'
import { failureOf } from './failure.ts'
import { keepTitle, keptTitle, keptTitles, unlessHeld } from './kept-titles.ts'
import { setTitle } from './live-events.tsx'

interface LeftTitlesPorts {
  readonly api: { readonly documents: { readonly rename: Pick<Api['documents']['rename'], 'mutate'> } }
  readonly queries: QueryClient
  readonly userId: string
}

/** Sends the titles that were typed on pages that are gone. What fails for want of a connection is left for the next time. */
export async function sendLeftTitles(ports: LeftTitlesPorts): Promise<void> {
  const { userId } = ports
  for (const [documentId, title] of keptTitles(userId))
    await unlessHeld(userId, documentId, () => sendTitle(ports, documentId as DocumentId, title))
}

async function sendTitle(
  { api, queries, userId }: LeftTitlesPorts,
  documentId: DocumentId,
  title: string,
): Promise<void> {
  const isStill = () => keptTitle(userId, documentId) === title
  if (!isStill()) return
  try {
    const stored = await api.documents.rename.mutate({ documentId, title })
    setTitle(queries, documentId, stored.title)
  } catch (error) {
    const { passing, message } = failureOf(error)
    if (passing) return
    warn('A title that you typed could not be changed', message)
  }
  if (isStill()) keepTitle(userId, documentId, undefined)
}
