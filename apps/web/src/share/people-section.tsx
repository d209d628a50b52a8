import type { DocumentId } from '@tandem/sync'
import { Crown, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/dialog.tsx'
import { MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { say } from '../ui/toast-store.ts'
import { Choice } from './choice.tsx'
import { nameOf, PersonRow } from './person-row.tsx'
import { Section } from './section.tsx'
import {
  handOverWords,
  moreByAddress,
  offered,
  removalWords,
  ROLE_CHOICES,
  roleWords,
  type GivenRole,
  type OfferedRole,
} from './share-words.ts'
import { useSharingChange, type Person, type Shared } from './use-shared.ts'

interface PeopleSectionProps {
  documentId: DocumentId
  shared: Shared
  myId: string | undefined
}

type Asked = { readonly what: 'remove' | 'handOn'; readonly person: Person }

/** Whom the document belongs to and who was given a role; for its owner with everything that can be done about them. */
export function PeopleSection({ documentId, shared, myId }: PeopleSectionProps) {
  const { owner, members, visitors, shutOut, linkRole, role } = shared
  const manages = role === 'owner'
  const [asked, setAsked] = useState<Asked>()
  const setRole = useSharingChange(documentId, (sharing, input: { person: Person; role: OfferedRole | null }) =>
    sharing.setRole.mutate({ documentId, userId: input.person.userId, role: input.role }),
  )
  const controls = (person: Person, own: GivenRole | undefined) => (
    <PersonControls
      person={person}
      own={own}
      disabled={setRole.isPending}
      onRole={(next) => setRole.mutate({ person, role: next })}
      onAsk={(what) => setAsked({ what, person })}
    />
  )
  return (
    <>
      <Section title="People with a role">
        <ul className="mt-1.5">
          <PersonRow person={owner} isMe={owner.userId === myId}>
            <span className="px-2.5 text-[0.8125rem] text-ink-soft">Owner</span>
          </PersonRow>
          {members.map((member) => (
            <PersonRow
              key={member.userId}
              person={member}
              isMe={member.userId === myId}
              note={moreByAddress(member.role, linkRole)}
            >
              {manages ? (
                controls(member, member.role)
              ) : (
                <span className="px-2.5 text-[0.8125rem] text-ink-soft">{roleWords(member.role)}</span>
              )}
            </PersonRow>
          ))}
        </ul>
      </Section>
      {manages && visitors.length > 0 && (
        <Section
          title={linkRole === null ? 'Came by the address before' : 'Came by the address'}
          text={
            linkRole === null
              ? 'They have no access any more. Give them a role to let them in.'
              : 'They can do what anybody with the address can. Give them a role of their own, or remove them.'
          }
        >
          <ul className="mt-1.5">
            {visitors.map((person) => (
              <PersonRow key={person.userId} person={person} isMe={person.userId === myId}>
                {controls(person, undefined)}
              </PersonRow>
            ))}
          </ul>
        </Section>
      )}
      {manages && shutOut.length > 0 && (
        <Section title="Removed" text="Neither the address nor an invite link lets them in.">
          <ul className="mt-1.5">
            {shutOut.map((person) => (
              <PersonRow key={person.userId} person={person} isMe={false}>
                <Button
                  size="small"
                  aria-label={`Let ${nameOf(person)} in again`}
                  disabled={setRole.isPending}
                  onClick={() => setRole.mutate({ person, role: null })}
                >
                  Let in again
                </Button>
              </PersonRow>
            ))}
          </ul>
        </Section>
      )}
      <AskFirst documentId={documentId} linkRole={linkRole} asked={asked} onClose={() => setAsked(undefined)} />
    </>
  )
}

interface PersonControlsProps {
  person: Person
  /** Undefined: they come by the address alone. */
  own: GivenRole | undefined
  disabled: boolean
  onRole(role: OfferedRole): void
  onAsk(what: Asked['what']): void
}

function PersonControls({ person, own, disabled, onRole, onAsk }: PersonControlsProps) {
  return (
    <Choice
      label={`What ${nameOf(person)} may do`}
      value={own && offered(own)}
      {...(own === undefined && { words: 'Give a role' })}
      choices={ROLE_CHOICES}
      disabled={disabled}
      onChange={onRole}
    >
      <MenuSeparator />
      {own && (
        <MenuItem icon={<Crown />} onClick={() => onAsk('handOn')}>
          Make owner…
        </MenuItem>
      )}
      <MenuItem danger icon={<UserMinus />} onClick={() => onAsk('remove')}>
        Remove…
      </MenuItem>
    </Choice>
  )
}

interface AskFirstProps {
  documentId: DocumentId
  linkRole: GivenRole | null
  asked: Asked | undefined
  onClose(): void
}

/** What cannot be taken back with one click is asked first. */
function AskFirst({ documentId, linkRole, asked, onClose }: AskFirstProps) {
  // The words stay while the dialog fades out.
  const [last, setLast] = useState(asked)
  if (asked && asked !== last) setLast(asked)
  const name = last ? nameOf(last.person) : ''
  const isRemoval = last?.what !== 'handOn'
  const act = useSharingChange(documentId, ({ handOn, remove }, { what, person }: Asked) =>
    (what === 'remove' ? remove : handOn).mutate({ documentId, userId: person.userId }),
  )
  return (
    <Confirm
      open={asked !== undefined}
      onClose={onClose}
      title={isRemoval ? `Remove ${name}?` : `Make ${name} the owner?`}
      text={isRemoval ? removalWords(name, linkRole) : handOverWords(name, last.person.isGuest)}
      action={isRemoval ? 'Remove' : 'Make owner'}
      busy={act.isPending}
      onConfirm={() =>
        asked &&
        act.mutate(asked, {
          onSuccess: () => say(isRemoval ? `${name} was removed` : `${name} owns the document now`),
          onSettled: onClose,
        })
      }
    />
  )
}
