import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useMe } from '../account/use-me.ts'
import { useApi, type DocumentSummary } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { forgetDocument } from '../app/live-events.tsx'
import { refetch, refetchWhatIsUnderWay } from '../app/refetch.ts'
import { keepScreen, keptScreen, type KeptScreen } from '../document/first-screen/first-screen-storage.ts'
import { offer, warn } from '../ui/toast-store.ts'

/** What was taken off the list, with what this device knew of it. */
interface Taken {
  readonly document: DocumentSummary
  readonly screen: KeptScreen | undefined
}

/**
 * Takes a document off the caller's list: gone at once, back with a word when the server refuses, and back with its star when the person
 * takes it back. `onBack` is called before it is shown again.
 */
export function useTakeOffList(onBack: (document: DocumentSummary) => void): (document: DocumentSummary) => void {
  const api = useApi()
  const queries = useQueryClient()
  const userId = useMe()?.userId
  const show = ({ document, screen }: Taken) => {
    onBack(document)
    showAgain(queries, document)
    if (userId !== undefined && screen) keepScreen(userId, document.documentId, screen, Date.now())
  }
  const putBack = useMutation({
    mutationFn: async ({ document: { documentId, isStarred } }: Taken) => {
      if (isStarred) await api.documents.setStar.mutate({ documentId, isStarred }) // which lists it, too
      else await api.documents.setListed.mutate({ documentId, isListed: true })
    },
    onMutate: show,
    onError: (error, { document }) => warn(`“${document.title}” was not put back`, failureOf(error).message),
    onSettled: () => refetch(queries, 'documents'),
  })
  const takeOff = useMutation({
    mutationFn: ({ document: { documentId } }: Taken) =>
      api.documents.setListed.mutate({ documentId, isListed: false }),
    onMutate: ({ document }) => forgetDocument(queries, document.documentId),
    onSuccess: (_, taken) => {
      refetchWhatIsUnderWay(queries)
      const run = () => putBack.mutate(taken)
      offer(`“${taken.document.title}” is off your list. Its link brings it back.`, { name: 'Undo', run })
    },
    onError: (error, taken) => {
      show(taken)
      void refetch(queries, 'documents')
      warn(`“${taken.document.title}” was not removed from your list`, failureOf(error).message)
    },
  })
  return (document) => {
    const screen = userId === undefined ? undefined : keptScreen(userId, document.documentId)
    takeOff.mutate({ document, screen })
  }
}

/** Where it was: the newest activity is first. */
function showAgain(queries: QueryClient, document: DocumentSummary): void {
  queries.setQueryData<readonly DocumentSummary[]>(['documents'], (list) =>
    list?.some(({ documentId }) => documentId === document.documentId)
      ? list
      : list && [...list, document].toSorted((one, other) => other.updatedAt - one.updatedAt),
  )
}
