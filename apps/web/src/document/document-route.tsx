import { DocumentId } from '@tandem/sync'
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router'
import { Link2Off } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Invitation } from '../share/invitation.tsx'
import { inviteIn } from '../share/invite-address.ts'
import { buttonClass } from '../ui/button-class.ts'
import { HintGroup } from '../ui/hint.tsx'
import { Notice } from '../ui/notice.tsx'
import { DocumentPage } from './document-page.tsx'

/** What the address names. Another document is another page: nothing of the one before may linger. */
export function DocumentRoute() {
  const { documentId } = useParams({ from: '/d/$documentId' })
  return (
    <HintGroup>
      <NamedDocument key={documentId} documentId={documentId} />
    </HintGroup>
  )
}

/** An address that cannot be a document's is not asked for. */
function NamedDocument({ documentId }: { documentId: string }) {
  const [attempt, setAttempt] = useState(1)
  const parsed = DocumentId.safeParse(documentId)
  const invite = inviteIn(useLocation({ select: ({ hash }) => hash }))
  const navigate = useNavigate()
  // Out of the address, so that nobody hands the secret on by mistake.
  const forgetInvite = useCallback(
    () => void navigate({ to: '/d/$documentId', params: { documentId }, hash: '', replace: true }),
    [navigate, documentId],
  )
  if (parsed.success && invite) return <Invitation documentId={parsed.data} invite={invite} onDone={forgetInvite} />
  // Opening again after a failure is a new page: the document then begins anew, from the log.
  if (parsed.success)
    return <DocumentPage key={attempt} documentId={parsed.data} onOpenAgain={() => setAttempt(attempt + 1)} />
  return (
    <main>
      <Notice
        icon={<Link2Off />}
        title="This link is not complete"
        text="A document's link ends in 8 or more letters and digits. Copy the whole link, or ask for it again."
      >
        <Link to="/" className={buttonClass({ look: 'primary' })}>
          Go to your documents
        </Link>
      </Notice>
    </main>
  )
}
