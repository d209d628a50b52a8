import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { forgetDocument } from '../app/live-events.tsx'
import { UNTITLED } from '../app/untitled.ts'
import { Confirm } from '../ui/dialog.tsx'
import { say, warn } from '../ui/toast-store.ts'

/** Asks, then deletes. Open while there is a document to ask about. */
export function DeleteDocument({ document, onClose }: { document: DocumentSummary | undefined; onClose(): void }) {
  const api = useApi()
  const queries = useQueryClient()
  // The words stay while the dialog fades out.
  const [last, setLast] = useState(document)
  if (document && document !== last) setLast(document)
  const title = last?.title ?? UNTITLED
  const remove = useMutation({
    mutationFn: ({ documentId }: DocumentSummary) => api.documents.delete.mutate({ documentId }),
    onSuccess: (_, { documentId }) => {
      forgetDocument(queries, documentId)
      say(`“${title}” was deleted`)
    },
    onError: (error) => warn('The document was not deleted', failureOf(error).message),
    onSettled: onClose,
  })
  return (
    <Confirm
      open={document !== undefined}
      onClose={onClose}
      title={`Delete “${title}”?`}
      text="It cannot be brought back, and is gone for everybody who has opened it. Somebody who is writing in it keeps a copy of what they have not saved."
      action="Delete"
      busy={remove.isPending}
      onConfirm={() => document && remove.mutate(document)}
    />
  )
}
