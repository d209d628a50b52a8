import type { PresenceBridge } from '@tandem/client'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { documentsQuery, useApi } from '../../../app/api.ts'
import { UNTITLED } from '../../../app/untitled.ts'
import type { MentionablePerson } from './mention-items.ts'
import type { InsertDialogs } from './slash-items.ts'
import { SuggestMenu, type SuggestItem, type SuggestSource } from './suggest-menu.ts'

const DOCUMENTS_FRESH_MS = 30_000

/** The menu of one editor: blocks, the people who are here and the documents that one knows, emoji. */
export function useSuggestMenu(awareness: PresenceBridge, dialogs: InsertDialogs): SuggestMenu {
  const api = useApi()
  const queries = useQueryClient()
  return useMemo(
    () =>
      new SuggestMenu({
        slash: fromChunk(
          () => import('./slash-items.ts'),
          ({ slashItems }, query) => slashItems(query, dialogs),
        ),
        emoji: fromChunk(
          () => import('./emoji-items.ts'),
          ({ emojiItems }, query) => emojiItems(query),
        ),
        mention: async (query) => {
          const asked = queries.fetchQuery({ ...documentsQuery(api), staleTime: DOCUMENTS_FRESH_MS })
          // Without a connection there are still the people.
          const documents = await asked.catch(() => [])
          const titled = documents.map(({ documentId, title }) => ({ documentId, title: title.trim() || UNTITLED }))
          const { mentionItems } = await import('./mention-items.ts')
          return mentionItems(query, peopleOf(awareness), titled)
        },
      }),
    [api, queries, awareness, dialogs],
  )
}

/** Loads what has the items the first time; from then on the answer is there at once. */
function fromChunk<Chunk>(
  load: () => Promise<Chunk>,
  items: (chunk: Chunk, query: string) => readonly SuggestItem[],
): SuggestSource {
  let chunk: Chunk | undefined
  return (query) =>
    chunk === undefined ? load().then((loaded) => items((chunk = loaded), query)) : items(chunk, query)
}

function peopleOf(awareness: PresenceBridge): MentionablePerson[] {
  const users = [...awareness.getStates().values(), awareness.getLocalState()].flatMap((state) => state?.user ?? [])
  return users.flatMap(({ userId, name, color }) => (userId === undefined ? [] : [{ userId, name, color }]))
}
