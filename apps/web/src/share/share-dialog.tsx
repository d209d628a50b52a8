import type { DocumentId } from '@tandem/sync'
import { UNTITLED } from '../app/untitled.ts'
import { failureOf } from '../app/failure.ts'
import { useMe } from '../account/use-me.ts'
import { Button } from '../ui/button.tsx'
import { Dialog, DialogActions, DialogClose } from '../ui/dialog.tsx'
import { buttonClass } from '../ui/button-class.ts'
import { Skeleton } from '../ui/skeleton.tsx'
import { GeneralAccess } from './general-access.tsx'
import { InviteSection } from './invite-section.tsx'
import { PeopleSection } from './people-section.tsx'
import { nameOf } from './person-row.tsx'
import { RequestsSection } from './requests-section.tsx'
import { roleWords } from './share-words.ts'
import { useShared, type Shared } from './use-shared.ts'

interface ShareDialogProps {
  documentId: DocumentId
  title: string
  open: boolean
  onClose(): void
}

/** Who may open a document: for its owner to decide, for everybody else to know. */
export function ShareDialog({ documentId, title, open, onClose }: ShareDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} size="wide" title={`Share “${title.trim() || UNTITLED}”`}>
      <div className="-mx-5 -mb-2 max-h-[calc(76dvh-8rem)] overflow-y-auto overscroll-contain [mask-image:linear-gradient(to_bottom,transparent,black_0.75rem,black_calc(100%-0.75rem),transparent)] px-5 py-3">
        <Access documentId={documentId} />
      </div>
      <DialogActions>
        <DialogClose className={buttonClass({ look: 'primary' })}>Done</DialogClose>
      </DialogActions>
    </Dialog>
  )
}

function Access({ documentId }: { documentId: DocumentId }) {
  const { data, error, refetch } = useShared(documentId)
  const me = useMe()
  if (data === undefined && error)
    return (
      <div role="alert" className="py-6 text-sm text-ink-soft">
        <p>Who has access could not be read. {failureOf(error).message}</p>
        <Button size="small" className="mt-3" onClick={() => void refetch()}>
          Try again
        </Button>
      </div>
    )
  if (data === undefined)
    return (
      <div aria-busy aria-label="Reading who has access" className="space-y-4 py-5">
        <Skeleton className="h-4 w-2/5" />
        <Skeleton className="h-8 w-full" />
        <Skeleton className="h-8 w-4/5" />
      </div>
    )
  return (
    <>
      <p className="-mt-1 text-sm leading-relaxed text-ink-soft">{intro(data)}</p>
      {data.role === 'owner' && <RequestsSection documentId={documentId} shared={data} />}
      <GeneralAccess documentId={documentId} shared={data} />
      <PeopleSection documentId={documentId} shared={data} myId={me?.userId} />
      {data.role === 'owner' && <InviteSection documentId={documentId} shared={data} />}
    </>
  )
}

/** Who decides, and what one may do oneself. */
function intro({ role, owner }: Shared): string {
  if (role !== 'owner')
    return `You: ${roleWords(role).toLowerCase()}. ${nameOf(owner)} owns this document and decides who may open it.`
  if (owner.isGuest)
    return 'You own this document and decide who may open it. You are a guest: only this browser knows you as its owner.'
  return 'You own this document and decide who may open it.'
}
