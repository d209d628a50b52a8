import type { DocumentId, Role } from '@tandem/sync'
import { useQuery } from '@tanstack/react-query'
import { documentQuery, useApi } from '../app/api.ts'
import type { AccessNow } from './access-words.ts'

/** What the person may do now, asked anew; undefined unless `asks`. */
export function useAccessNow(
  documentId: DocumentId,
  { asks, wasOpen }: { asks: boolean; wasOpen: boolean },
): AccessNow | undefined {
  const api = useApi()
  const { data, isFetchedAfterMount, isSuccess } = useQuery({
    ...documentQuery(api, documentId),
    enabled: asks,
    refetchOnMount: 'always',
  })
  if (!asks) return undefined
  const may = !isFetchedAfterMount ? 'asking' : isSuccess ? mayWith(data.role) : 'none'
  return { may, wasOpen, ownerName: data?.ownerName ?? undefined }
}

function mayWith(role: Role): 'writing' | 'reading' {
  return role === 'owner' || role === 'editor' ? 'writing' : 'reading'
}
