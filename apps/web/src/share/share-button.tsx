import type { DocumentId } from '@tandem/sync'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { warn } from '../ui/toast-store.ts'
import { useLazyPart } from '../ui/use-lazy-part.ts'

const loadDialog = async () => (await import('./share-dialog.tsx')).ShareDialog

/** Opens who may open the document. Its dialog's code is fetched when somebody is about to ask for it. */
export function ShareButton({ documentId, title }: { documentId: DocumentId; title: string }) {
  const [Dialog, load] = useLazyPart(loadDialog)
  const [open, setOpen] = useState(false)
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
        className="max-sm:w-8 max-sm:px-0 max-sm:pointer-coarse:w-10"
        onPointerEnter={() => void loadDialog().catch(() => undefined)}
        onClick={() => void show()}
      >
        <UserPlus aria-hidden className="size-4" />
        <span className="max-sm:sr-only">Share</span>
      </Button>
      {Dialog && <Dialog documentId={documentId} title={title} open={open} onClose={() => setOpen(false)} />}
    </>
  )
}
