import type { DocumentId } from '@tandem/sync'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useEffect } from 'react'
import { useApi } from '../app/api.ts'
import { failureOf } from '../app/failure.ts'
import { DocumentSkeleton } from '../document/document-skeleton.tsx'
import { buttonClass } from '../ui/button-class.ts'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { warn } from '../ui/toast-store.ts'
import type { Invite } from './invite-address.ts'

interface InvitationProps {
  documentId: DocumentId
  invite: Invite
  /** It was taken, or will never be: the document can be opened as by its plain address. */
  onDone(): void
}

/** Takes an invite before the document is opened: without it the document may be shut. */
export function Invitation({ documentId, invite, onDone }: InvitationProps) {
  const api = useApi()
  const { isSuccess, error, refetch, isFetching } = useQuery({
    queryKey: ['invite', documentId, invite.inviteId],
    queryFn: async () => {
      await api.sharing.acceptInvite.mutate({ documentId, ...invite })
      return true
    },
    retry: false, // tries are counted: one that was refused for their number would use up the next
    gcTime: 0,
  })
  const failure = error ? failureOf(error) : undefined
  const isOver = isSuccess || failure?.passing === false
  const refusal = failure?.message
  useEffect(() => {
    if (!isOver) return
    // Who can open it all the same goes on with that; who cannot is told so by the document.
    if (refusal !== undefined) warn('The invite link was not taken', refusal)
    onDone()
  }, [isOver, refusal, onDone])
  if (!failure || isOver) return <DocumentSkeleton progress={0} />
  return (
    <main>
      <Notice
        alert
        icon={<KeyRound />}
        title="This invite link could not be taken yet"
        text={failure.code === 'overloaded' ? failure.message : `${failure.message} The link is still good.`}
      >
        <Button look="primary" disabled={isFetching} onClick={() => void refetch()}>
          Try again
        </Button>
        <Link to="/" className={buttonClass({ look: 'outline' })}>
          Go to your documents
        </Link>
      </Notice>
    </main>
  )
}
