import type { DocumentId } from '@tandem/sync'
import { UserMinus } from 'lucide-react'
import { useRef } from 'react'
import { relativeTime } from '../home/relative-time.ts'
import { useNow } from '../home/use-now.ts'
import { Button } from '../ui/button.tsx'
import { MenuItem, MenuSeparator } from '../ui/menu.tsx'
import { say } from '../ui/toast-store.ts'
import { Choice } from './choice.tsx'
import { nameOf, PersonRow } from './person-row.tsx'
import { Section } from './section.tsx'
import { ROLE_CHOICES, wishWords, type OfferedRole } from './share-words.ts'
import { useSharingChange, type Person, type Shared } from './use-shared.ts'

interface Answer {
  readonly person: Person
  /** What they are given; null: nothing. removed: nothing, and they cannot ask again. */
  readonly with: OfferedRole | null | 'removed'
}

/** Who asks to be let in, or to do more; for the owner, who answers here. */
export function RequestsSection({ documentId, shared }: { documentId: DocumentId; shared: Shared }) {
  const { requests, linkRole, members } = shared
  const now = useNow()
  const place = useRef<HTMLDivElement>(null)
  const answer = useSharingChange(documentId, async (sharing, { person, with: given }: Answer) => {
    const whom = { documentId, userId: person.userId }
    if (given === 'removed') await sharing.remove.mutate(whom)
    else if (given === null) await sharing.decline.mutate(whom)
    else await sharing.setRole.mutate({ ...whom, role: given })
  })
  const give = (person: Person, given: Answer['with']) =>
    answer.mutate(
      { person, with: given },
      {
        onSuccess: () => {
          say(answerWords(nameOf(person), given))
          place.current?.focus() // the row that was pressed in is about to go
        },
      },
    )
  const isIn = ({ userId }: Person) => linkRole !== null || members.some((member) => member.userId === userId)
  return (
    <div ref={place} tabIndex={-1} className="outline-none">
      {requests.length > 0 && (
        <Section title="Asking for access">
          <ul className="mt-1.5">
            {requests.map((request) => (
              <PersonRow
                key={request.userId}
                person={request}
                isMe={false}
                note={`${wishWords(request)}, ${relativeTime(request.at, now)}`}
              >
                {isIn(request) ? (
                  <Button
                    size="small"
                    aria-label={`Let ${nameOf(request)} edit`}
                    disabled={answer.isPending}
                    onClick={() => give(request, 'editor')}
                  >
                    Let edit
                  </Button>
                ) : (
                  <Choice
                    label={`Let ${nameOf(request)} in`}
                    value={undefined}
                    words="Let in"
                    choices={ROLE_CHOICES}
                    disabled={answer.isPending}
                    onChange={(role) => give(request, role)}
                  >
                    <MenuSeparator />
                    <MenuItem danger icon={<UserMinus />} onClick={() => give(request, 'removed')}>
                      Never let in
                    </MenuItem>
                  </Choice>
                )}
                <Button
                  size="small"
                  aria-label={`Decline what ${nameOf(request)} asks for`}
                  disabled={answer.isPending}
                  onClick={() => give(request, null)}
                >
                  Decline
                </Button>
              </PersonRow>
            ))}
          </ul>
        </Section>
      )}
    </div>
  )
}

function answerWords(name: string, given: Answer['with']): string {
  if (given === null) return `What ${name} asked for was declined`
  if (given === 'removed') return `${name} cannot come in or ask again`
  return given === 'editor' ? `${name} can edit now` : `${name} can view now`
}
