import type { DocumentId } from '@tandem/sync'
import { useQuery } from '@tanstack/react-query'
import { memo } from 'react'
import { documentQuery, documentsQuery, useApi } from '../app/api.ts'
import { useSetStar } from '../app/stars.ts'
import { StarButton } from '../ui/star-button.tsx'

/**
 * The star of the open document. As with its title: without a network, as the list has it. Before either is known there is only its room:
 * it would say what nobody knows, and step aside for the title while somebody presses it.
 */
export const StarDocument = memo(function StarDocument({ documentId }: { documentId: DocumentId }) {
  const api = useApi()
  const { data: opened } = useQuery({ ...documentQuery(api, documentId), select: ({ isStarred }) => isStarred })
  const { data: listed } = useQuery({
    ...documentsQuery(api),
    enabled: false,
    select: (list) => list.find((each) => each.documentId === documentId)?.isStarred,
  })
  const setStar = useSetStar(documentId)
  const isStarred = opened ?? listed
  return (
    <StarButton
      isStarred={isStarred ?? false}
      onChange={setStar}
      {...(isStarred === undefined && { className: 'invisible' })}
    />
  )
})
