import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Me } from '../account/sign-in.ts'
import { failureOf } from './failure.ts'
import { useApi, type Api, type DocumentSummary, type OpenedDocument } from './api.ts'
import { refetch, refetchWhatIsUnderWay } from './refetch.ts'
import { hearStar } from './stars.ts'

export type LiveEvent =
  ReturnType<Api['documents']['changes']['subscribe']> extends AsyncIterable<infer Event> ? Event : never

const RETRY_MS = 3_000

/** Keeps what the page has fetched true while others change it. Renders nothing. */
export function LiveEvents() {
  const api = useApi()
  const queries = useQueryClient()
  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined
    let subscription: { unsubscribe(): void } | undefined
    const subscribe = () => {
      subscription = api.documents.changes.subscribe(undefined, {
        onData: (event) => applyEvent(queries, event),
        // The transport reconnects by itself; this is for a refusal. The list is then merely not live for a moment.
        onError: (error) => {
          if (failureOf(error).passing) retry = setTimeout(subscribe, RETRY_MS)
        },
      })
    }
    subscribe()
    return () => {
      clearTimeout(retry)
      subscription?.unsubscribe()
    }
  }, [api, queries])
  return null
}

/** An event is a hint: what it says is shown at once, and what it does not say is fetched. */
export function applyEvent(queries: QueryClient, event: LiveEvent): void {
  switch (event.name) {
    case 'documentRenamed':
      setTitle(queries, event.data.documentId, event.data.title)
      return refetchWhatIsUnderWay(queries)
    case 'documentDeleted':
      forgetDocument(queries, event.data.documentId)
      return refetchWhatIsUnderWay(queries)
    case 'personRenamed':
      queries.setQueryData<Me>(['me'], (me) => me && { ...me, name: event.data.name })
      return void refetch(queries, 'documents')
    case 'documentAccessChanged':
    case 'accessRequested':
      return refetchAccess(queries)
    case 'documentStarred':
      return hearStar(queries, event.data)
    case 'documentListed':
      if (event.data.isListed) return void refetch(queries, 'documents')
      forgetDocument(queries, event.data.documentId)
      showNoStar(queries, event.data.documentId)
      return refetchWhatIsUnderWay(queries)
    case 'documentCreated':
    case 'documentVisited':
      return void refetch(queries, 'documents')
    case 'resync':
      return refetchAccess(queries)
    default:
      event satisfies never
  }
}

/** Who may do what, and who asks for it. */
function refetchAccess(queries: QueryClient): void {
  for (const what of ['documents', 'document', 'shared', 'request'] as const) void refetch(queries, what)
}

/** The new title, everywhere it is shown. */
export function setTitle(queries: QueryClient, documentId: string, title: string): void {
  queries.setQueryData<readonly DocumentSummary[]>(['documents'], (list) =>
    list?.map((item) => (item.documentId === documentId ? { ...item, title } : item)),
  )
  queries.setQueryData<OpenedDocument>(['document', documentId], (opened) => opened && { ...opened, title })
}

/** Taken off the list, which takes the star. */
function showNoStar(queries: QueryClient, documentId: string): void {
  queries.setQueryData<OpenedDocument>(['document', documentId], (opened) => opened && { ...opened, isStarred: false })
}

/** It is in no list any more. */
export function forgetDocument(queries: QueryClient, documentId: string): void {
  queries.setQueryData<readonly DocumentSummary[]>(['documents'], (list) =>
    list?.filter((item) => item.documentId !== documentId),
  )
}
