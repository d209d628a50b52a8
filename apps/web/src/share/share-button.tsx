import type { DocumentId } from '@tandem/sync'
import { useQuery } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { documentQuery, useApi } from '../app/api.ts'
import { Button } from '../ui/button.tsx'
import { warn } from '../ui/toast-store.ts'
import { useLazyPart } from '../ui/use-lazy-part.ts'
import { requestsWords } from './share-words.ts'

const loadDialog = async () => (await import('./share-dialog.tsx')).ShareDialog

/** Opens who may open the document, and tells its owner how many ask for access. Its dialog's code is fetched when somebody is about to ask for it. */
export function ShareButton({ documentId, title }: { documentId: DocumentId; title: string }) {
  const [Dialog, load] = useLazyPart(loadDialog)
  const [open, setOpen] = useState(false)
  const api = useApi()
  const { data: requests = 0 } = useQuery({ ...documentQuery(api, documentId), select: (opened) => opened.requests })
  const show = async () => {
    if (await load()) return setOpen(true)
    warn(
      'Sharing could not be opened',
      'The server did not answer, or the page is older than it. Try again, or reload.',
    )
  }
  return (
    <>
      <Button
        size="small"
        look="primary"
        aria-haspopup="dialog"
        aria-label={requests > 0 ? `Share: ${requestsWords(requests)}` : undefined}
        className="relative max-sm:w-8 max-sm:px-0 max-sm:pointer-coarse:w-10"
        onPointerEnter={() => void loadDialog().catch(() => undefined)}
        onClick={() => void show()}
      >
        <UserPlus aria-hidden className="size-4" />
        <span className="max-sm:sr-only">Share</span>
        {requests > 0 && (
          <span
            aria-hidden
            className="absolute -top-1.5 -right-1.5 flex h-5 min-w-5 items-center justify-center rounded-full bg-warn px-1 text-xs leading-none font-semibold text-canvas tabular-nums"
          >
            {requests}
          </span>
        )}
      </Button>
      {Dialog && <Dialog documentId={documentId} title={title} open={open} onClose={() => setOpen(false)} />}
    </>
  )
}
