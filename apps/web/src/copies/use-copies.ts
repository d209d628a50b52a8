import type { KeptCopy, TandemClient } from '@tandem/client'
import { useTandem } from '@tandem/client/react'
import type { DocumentId } from '@tandem/sync'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

export const COPIES_KEY = ['copies']

function copiesQuery(client: TandemClient) {
  return queryOptions({ queryKey: COPIES_KEY, queryFn: () => client.copies(), staleTime: 0 })
}

/** Work of mine that could not become part of its document, newest first. None where this browser keeps nothing. */
export function useCopies(): readonly KeptCopy[] {
  return useQuery(copiesQuery(useTandem())).data?.toReversed() ?? []
}

/** The newest of one document. Looks again when `justKept`, what its page has just put aside, changes. */
export function useCopyOf(documentId: DocumentId, justKept: object | undefined): KeptCopy | undefined {
  const queries = useQueryClient()
  useEffect(() => {
    if (justKept) void queries.invalidateQueries({ queryKey: COPIES_KEY })
  }, [queries, justKept])
  return useCopies().find((copy) => copy.documentId === documentId)
}
