import { mutationOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { warn } from '../ui/toast-store.ts'
import { useApi, type DocumentSummary, type OpenedDocument } from './api.ts'
import { failureOf } from './failure.ts'
import { refetch, refetchWhatIsUnderWay } from './refetch.ts'

type DocumentId = DocumentSummary['documentId']

/** Documents whose star is being set here, and of which something else was heard meanwhile. */
const doubted = new Set<string>()

const starKey = (documentId: string): readonly string[] => ['star', documentId]

export interface StarChange {
  readonly documentId: DocumentId
  readonly isStarred: boolean
}

/** Sets the caller's star: shown at once, taken back with a word when the server refuses. */
export function useSetStar(documentId: DocumentId): (isStarred: boolean) => void {
  const api = useApi()
  const queries = useQueryClient()
  const send = (isStarred: boolean) => api.documents.setStar.mutate({ documentId, isStarred })
  return useMutation(starChange(queries, documentId, send)).mutate
}

/** Clicks on the star of one document are sent one after the other; what the last one says stays. */
export function starChange(
  queries: QueryClient,
  documentId: DocumentId,
  send: (isStarred: boolean) => Promise<unknown>,
) {
  return mutationOptions({
    mutationKey: starKey(documentId),
    scope: { id: `star-${documentId}` },
    mutationFn: send,
    onMutate: (isStarred: boolean) => setStarred(queries, documentId, isStarred),
    onError: (error, isStarred) => {
      doubted.add(documentId)
      if (isLast(queries, documentId)) setStarred(queries, documentId, !isStarred)
      warn(isStarred ? 'The star was not added' : 'The star was not removed', failureOf(error).message)
    },
    onSettled: () => {
      if (isLast(queries, documentId)) settle(queries, documentId)
    },
  })
}

/** From another tab or device of the caller. Of a star that is being set here it may be the echo of an earlier click: then the list is asked afterwards. */
export function hearStar(
  queries: QueryClient,
  { documentId, isStarred }: Readonly<{ documentId: string; isStarred: boolean }>,
): void {
  const shown = shownStar(queries, documentId)
  if (queries.isMutating({ mutationKey: starKey(documentId) }) > 0) {
    if (shown !== isStarred) doubted.add(documentId)
    return
  }
  setStarred(queries, documentId, isStarred)
  if (shown === undefined) void refetch(queries, 'documents')
  else refetchWhatIsUnderWay(queries)
}

function settle(queries: QueryClient, documentId: string): void {
  if (!doubted.delete(documentId)) return refetchWhatIsUnderWay(queries)
  for (const what of ['documents', 'document'] as const) void refetch(queries, what)
}

/** Asked while a mutation ends: it still counts. */
function isLast(queries: QueryClient, documentId: string): boolean {
  return queries.isMutating({ mutationKey: starKey(documentId) }) <= 1
}

function shownStar(queries: QueryClient, documentId: string): boolean | undefined {
  const listed = queries
    .getQueryData<readonly DocumentSummary[]>(['documents'])
    ?.find((item) => item.documentId === documentId)
  return listed?.isStarred ?? queries.getQueryData<OpenedDocument>(['document', documentId])?.isStarred
}

/** Wherever it is shown. */
function setStarred(queries: QueryClient, documentId: string, isStarred: boolean): void {
  queries.setQueryData<readonly DocumentSummary[]>(['documents'], (list) =>
    list?.map((item) => (item.documentId === documentId ? { ...item, isStarred } : item)),
  )
  queries.setQueryData<OpenedDocument>(['document', documentId], (opened) => opened && { ...opened, isStarred })
}
