import type { DocumentId } from '@tandem/sync'
import { Check, Copy, KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-text.ts'
import { TextField } from '../ui/text-field.tsx'
import { say, warn } from '../ui/toast-store.ts'
import { Choice } from './choice.tsx'
import { inviteAddress } from './invite-address.ts'
import { Section } from './section.tsx'
import { EXPIRY_CHOICES, inviteWords, ROLE_CHOICES, roleWords, type Expiry, type OfferedRole } from './share-words.ts'
import { useSharingChange, type Shared } from './use-shared.ts'

const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const day = (atMs: number) => DAY.format(atMs)

/** Links that give a role to whoever opens them: made, told once, listed and revoked. For the owner. */
export function InviteSection({ documentId, shared }: { documentId: DocumentId; shared: Shared }) {
  const [made, setMade] = useState<{ inviteId: string; address: string }>()
  const revoke = useSharingChange(documentId, ({ revokeInvite }, inviteId: string) =>
    revokeInvite.mutate({ documentId, inviteId }),
  )
  const shown = made && shared.invites.some(({ inviteId }) => inviteId === made.inviteId) ? made : undefined
  return (
    <Section
      title="Invite links"
      text="Secret: each gives its role to whoever opens it, also while general access lets nobody in. Revoking one takes nothing from those it let in."
    >
      <NewInvite documentId={documentId} onMade={setMade} />
      {shown && <MadeInvite key={shown.inviteId} address={shown.address} />}
      {shared.invites.length > 0 && (
        <ul aria-label="Invite links" className="mt-2">
          {shared.invites.map((invite) => (
            <li key={invite.inviteId} className="flex min-h-12 items-center gap-3 py-1.5">
              <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-pressed text-ink-soft">
                <KeyRound aria-hidden className="size-4" />
              </span>
              <div className="min-w-0 flex-1">
                <p className="text-sm font-medium">{roleWords(invite.role)}</p>
                <p className="text-xs leading-snug text-ink-soft">{inviteWords(invite, day)}</p>
              </div>
              <Button
                size="small"
                aria-label={`Revoke the invite link: ${inviteWords(invite, day)}`}
                disabled={revoke.isPending}
                onClick={() => revoke.mutate(invite.inviteId, { onSuccess: () => say('The invite link was revoked') })}
              >
                {invite.isExpired ? 'Remove' : 'Revoke'}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

interface NewInviteProps {
  documentId: DocumentId
  onMade(made: { inviteId: string; address: string }): void
}

function NewInvite({ documentId, onMade }: NewInviteProps) {
  const [role, setRole] = useState<OfferedRole>('editor')
  const [expiry, setExpiry] = useState<Expiry>('week')
  const create = useSharingChange(documentId, ({ createInvite }, _: undefined) => {
    const expiresInMs = EXPIRY_CHOICES.find(({ value }) => value === expiry)?.ms ?? null
    return createInvite.mutate({ documentId, role, expiresInMs })
  })
  const make = () =>
    create.mutate(undefined, {
      onSuccess: (invite) =>
        onMade({ inviteId: invite.inviteId, address: inviteAddress(documentId, invite, window.location.href) }),
    })
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      <Choice label="An invite link’s role" value={role} choices={ROLE_CHOICES} onChange={setRole} />
      <Choice label="How long it lasts" value={expiry} choices={EXPIRY_CHOICES} onChange={setExpiry} />
      <Button size="small" look="primary" disabled={create.isPending} onClick={make}>
        Make invite link
      </Button>
    </div>
  )
}

function intoView(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' })
}

/** The one time that its secret is known. */
function MadeInvite({ address }: { address: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    if (await copyText(address)) {
      setCopied(true)
      say('Invite link copied')
    } else warn('This browser did not allow copying', 'Select the link and copy it by hand.')
  }
  return (
    <section ref={intoView} aria-label="The new invite link" className="mt-3 rounded-xl bg-accent-wash p-3">
      <p className="text-[0.8125rem] text-ink-soft">Copy it now: it is shown this once, and kept nowhere.</p>
      <div className="mt-2 flex gap-2">
        <TextField
          readOnly
          aria-label="Invite link"
          value={address}
          onFocus={(event) => event.target.select()}
          className="h-9! min-w-0 text-[0.8125rem]!"
        />
        <Button look="primary" onClick={() => void copy()}>
          {copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          Copy
        </Button>
      </div>
    </section>
  )
}
