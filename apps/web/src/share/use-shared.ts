import type { DocumentId } from '@tandem/sync'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi, type Api } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { warn } from '../ui/toast-store.ts'

export type Shared = Awaited<ReturnType<Api['sharing']['get']['query']>>
export type Person = Shared['owner']

function sharedQuery(api: Api, documentId: DocumentId) {
  return queryOptions({
    queryKey: ['shared', documentId],
    queryFn: () => api.sharing.get.query({ documentId }),
    staleTime: 0,
  })
}

/** Who may open the document; kept fresh by live events while it is shown. */
export function useShared(documentId: DocumentId) {
  return useQuery(sharedQuery(useApi(), documentId))
}

/** One change of who may do what: says what went wrong if it did, and shows how things are afterwards either way. */
export function useSharingChange<Input, Answer>(
  documentId: DocumentId,
  change: (sharing: Api['sharing'], input: Input) => Promise<Answer>,
) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => change(api.sharing, input),
    onError: (error) => warn('That was not changed', failureOf(error).message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['shared', documentId] }),
  })
}
