import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { documentQuery, useApi } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { markFresh } from '../document/fresh-documents.ts'
import { Button } from '../ui/button.tsx'
import { warn } from '../ui/toast-store.ts'

export function NewDocumentButton() {
  const api = useApi()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: () => api.documents.create.mutate({ title: '' }),
    onSuccess: (document) => {
      queries.setQueryData(documentQuery(api, document.documentId).queryKey, { ...document, role: 'owner' })
      markFresh(document.documentId)
      return navigate({ to: '/d/$documentId', params: { documentId: document.documentId } })
    },
    onError: (error) => warn('No document was created', failureOf(error).message),
  })
  return (
    <Button look="primary" disabled={create.isPending} onClick={() => create.mutate()}>
      <Plus aria-hidden className="-ml-0.5 size-4" />
      New document
    </Button>
  )
}
