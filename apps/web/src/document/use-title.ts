import type { DocumentId } from '@tandem/sync'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { documentQuery, documentsQuery, useApi } from '../app/api.ts'
import { useMe } from '../account/use-me.ts'
import { failureOf } from '../app/failure.ts'
import { holdTitle, keepTitle, keptTitle } from '../app/kept-titles.ts'
import { setTitle } from '../app/live-events.tsx'
import { titleForField } from '../app/untitled.ts'
import { warn } from '../ui/toast-store.ts'
import { TitleDraft } from './title-draft.ts'

export interface Title {
  /** What is shown: what was typed here and is not stored yet, else the server's. */
  readonly text: string
  readonly pending: boolean
  readonly readOnly: boolean
  type(text: string): void
  flush(): void
}

export function useTitle(documentId: DocumentId): Title {
  const api = useApi()
  const queries = useQueryClient()
  const userId = useMe()?.userId ?? ''
  const { data } = useQuery(documentQuery(api, documentId))
  // Without a network: as the list has it.
  const { data: listed } = useQuery({
    ...documentsQuery(api),
    enabled: false,
    select: (list) => list.find((each) => each.documentId === documentId)?.title,
  })
  const stored = data?.title ?? listed
  const draft = useMemo(
    () =>
      new TitleDraft(
        {
          save: async (text) => {
            const { title } = await api.documents.rename.mutate({ documentId, title: text })
            setTitle(queries, documentId, title)
          },
          mayRetry: (error) => failureOf(error).passing,
          refused: (error) => warn('The title was not changed', failureOf(error).message),
          keep: (text) => keepTitle(userId, documentId, text),
        },
        keptTitle(userId, documentId),
      ),
    [api, queries, documentId, userId],
  )
  useEffect(() => draft.open(), [draft])
  useEffect(() => holdTitle(userId, documentId), [userId, documentId])
  const typed = useSyncExternalStore(draft.subscribe, draft.getSnapshot)
  const readOnly = data?.role === 'viewer' || data?.role === 'commenter'
  return useMemo(
    () => ({
      text: typed ?? titleForField(stored ?? ''),
      pending: typed !== undefined,
      readOnly,
      type: (text) => draft.type(text),
      flush: () => draft.flush(),
    }),
    [typed, stored, readOnly, draft],
  )
}
