import { hashKey, type QueryClient } from '@tanstack/react-query'
import { forgetFirstScreen } from '../document/first-screen/first-screen.ts'
import type { DocumentSummary } from './api.ts'

/** Grows when a summary becomes something else: what an older page kept is then not read. */
const FORM = 1
const DOCUMENTS = ['documents']

const nameFor = (userId: string): string => `tandem:documents:${FORM}:${userId}`

/** The list of documents as this browser saw it last, of this account. */
function keptDocuments(userId: string): readonly DocumentSummary[] | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameFor(userId)) ?? 'null')
    return Array.isArray(kept) && kept.every(isSummary) ? kept.map(whole) : undefined
  } catch {
    return undefined // storage is switched off, or somebody wrote something else there: the server has to be asked
  }
}

/** Shows what was kept until the server has answered, and keeps what it answers. Returns stop. */
export function keepDocuments(queries: QueryClient, userId: string): () => void {
  const kept = keptDocuments(userId)
  // As old as can be, so that it is asked for anew at once.
  if (kept && !queries.getQueryData(DOCUMENTS)) queries.setQueryData(DOCUMENTS, kept, { updatedAt: 1 })
  let last: unknown = kept
  return queries.getQueryCache().subscribe(({ query }) => {
    const data: unknown = query.state.data
    if (query.queryHash !== hashKey(DOCUMENTS) || data === last || data === undefined) return
    forgetGone(userId, last, data)
    last = data
    try {
      localStorage.setItem(nameFor(userId), JSON.stringify(data))
    } catch {
      return // full or switched off: then the list needs the server
    }
  })
}

/** Of what is no longer one's own to open nothing is shown, not even until that is said. */
function forgetGone(userId: string, before: unknown, now: unknown): void {
  const idsIn = (list: unknown) =>
    Array.isArray(list) ? list.filter(isSummary).map(({ documentId }) => documentId) : []
  const ids = new Set(idsIn(now))
  for (const documentId of idsIn(before)) if (!ids.has(documentId)) forgetFirstScreen(userId, documentId)
}

/** What an earlier page has kept says nothing of stars and requests. */
function whole(kept: DocumentSummary): DocumentSummary {
  const { isStarred = false, requests = 0 } = kept as Partial<DocumentSummary>
  return { ...kept, isStarred, requests }
}

function isSummary(value: unknown): value is DocumentSummary {
  if (typeof value !== 'object' || value === null) return false
  const { documentId, title } = value as Partial<Record<keyof DocumentSummary, unknown>>
  return typeof documentId === 'string' && typeof title === 'string'
}
