import type { DocumentId } from '@tandem/sync'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { warn } from '../ui/toast-store.ts'
import type { OfferedRole } from './share-words.ts'

export interface OwnRequest {
  /** Null: nothing is asked for. Undefined: not known (yet). */
  readonly asked: { readonly role: OfferedRole; readonly at: number } | null | undefined
  readonly isSending: boolean
  /** Null takes it back. Says what went wrong if it did. */
  ask(role: OfferedRole | null): void
}

/** What this person asks of the document's owner; kept fresh by live events while it is shown. */
export function useOwnRequest(documentId: DocumentId): OwnRequest {
  const api = useApi()
  const queries = useQueryClient()
  const queryKey = ['request', documentId]
  const { data: asked } = useQuery({
    queryKey,
    queryFn: () => api.sharing.ownRequest.query({ documentId }),
    staleTime: 0,
  })
  const { mutate: ask, isPending: isSending } = useMutation({
    mutationFn: (role: OfferedRole | null) => api.sharing.ask.mutate({ documentId, role }),
    onError: (error) => warn('That was not sent', failureOf(error).message),
    onSettled: () => queries.invalidateQueries({ queryKey }),
  })
  return { asked, isSending, ask }
}
