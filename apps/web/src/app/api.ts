import type { TandemClient } from '@tandem/client'
import { useTandem } from '@tandem/client/react'
import { queryOptions } from '@tanstack/react-query'

export type Api = TandemClient['api']
export type DocumentSummary = Awaited<ReturnType<Api['documents']['list']['query']>>[number]
export type OpenedDocument = Awaited<ReturnType<Api['documents']['get']['query']>>

export function useApi(): Api {
  return useTandem().api
}

/** What I own and what I have opened, newest first; kept fresh by `LiveEvents`. */
export function documentsQuery(api: Api) {
  return queryOptions({ queryKey: ['documents'], queryFn: () => api.documents.list.query() })
}

/** Title, owner and my role. Asking for it puts the document into my list. */
export function documentQuery(api: Api, documentId: OpenedDocument['documentId']) {
  return queryOptions({ queryKey: ['document', documentId], queryFn: () => api.documents.get.query({ documentId }) })
}
