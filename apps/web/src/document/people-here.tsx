import type { PresentPerson } from '@tandem/client'
import { usePeopleMayBeMissing, usePresence } from '@tandem/client/react'
import { colorOf, type DocumentId } from '@tandem/sync'
import clsx from 'clsx'
import { CircleDashed } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import type { Me } from '../account/sign-in.ts'
import { useMe } from '../account/use-me.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Hint } from '../ui/hint.tsx'
import { LazyPopover } from '../ui/lazy-popover.tsx'
import { warn } from '../ui/toast-store.ts'
import { useLazyPart } from '../ui/use-lazy-part.ts'
import { useNarrow } from '../ui/use-narrow.ts'
import { follow, followStore } from './following.ts'

const SHOWN = { wide: 5, narrow: 1 }

type Here = Pick<PresentPerson, 'userId' | 'name' | 'color'>

/** Who has this document open, each person once however many tabs they have; oneself first. A click follows somebody. */
export function PeopleHere({ documentId }: { documentId: DocumentId }) {
  const me = useMe()
  const people = distinct(usePresence(documentId), me)
  const room = SHOWN[useNarrow() ? 'narrow' : 'wide']
  // The place of "+1" can as well hold the one it counts.
  const shown = people.length > room + 1 ? people.slice(0, room) : people
  const more = people.slice(shown.length)
  return (
    <div className="flex shrink-0 items-center">
      {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- Safari forgets that an unstyled list is one */}
      <ul role="list" aria-label="People here" className="flex items-center gap-1 max-sm:gap-0.5">
        {shown.map((person) => (
          <li key={person.userId} className="flex">
            {person.userId === me?.userId ? <OwnAvatar person={person} /> : <OthersAvatar person={person} />}
          </li>
        ))}
        {more.map(({ userId, name }) => (
          <li key={userId} className="sr-only">
            {name}
          </li>
        ))}
      </ul>
      {more.length > 0 && <Everybody people={people} hidden={more.length} own={me?.userId} />}
      <MaybeMore documentId={documentId} />
    </div>
  )
}

/** Quiet: nothing is wrong with the document, and it passes by itself. */
function MaybeMore({ documentId }: { documentId: DocumentId }) {
  if (!usePeopleMayBeMissing(documentId)) return null
  const text = 'Some people may not be shown right now'
  return (
    <Hint text={text}>
      <button type="button" aria-label={text} className="ml-1 cursor-default rounded-full p-1 text-ink-soft">
        <CircleDashed aria-hidden className="size-4" />
      </button>
    </Hint>
  )
}

const loadNameDialog = async () => (await import('../account/name-dialog.tsx')).NameDialog

/** The dialog's code is fetched when somebody is about to ask for it. */
function OwnAvatar({ person }: { person: Here }) {
  const [Dialog, load] = useLazyPart(loadNameDialog)
  const [open, setOpen] = useState(false)
  const show = async () => {
    if (await load()) return setOpen(true)
    warn('This could not be opened', 'A part of the page could not be loaded. Try again, or reload.')
  }
  return (
    <>
      <Hint text={`${person.name} (you)`}>
        <button type="button" aria-haspopup="dialog" onClick={() => void show()} className="rounded-full">
          <Avatar name={person.name} color={person.color} />
          <span className="sr-only">{person.name} (you)</span>
        </button>
      </Hint>
      {Dialog && <Dialog key={String(open)} open={open} onClose={() => setOpen(false)} name={person.name} />}
    </>
  )
}

function OthersAvatar({ person }: { person: Here }) {
  const isFollowed = useSyncExternalStore(followStore.subscribe, followStore.getSnapshot)?.userId === person.userId
  return (
    <Hint text={isFollowed ? `Stop following ${person.name}` : `Follow ${person.name}`}>
      <button
        type="button"
        aria-pressed={isFollowed}
        onClick={() => follow(isFollowed ? undefined : person)}
        className={clsx('rounded-full', isFollowed && 'ring-2 ring-accent ring-offset-2 ring-offset-canvas')}
      >
        <Avatar name={person.name} color={person.color} />
        <span className="sr-only">{person.name}</span>
      </button>
    </Hint>
  )
}

function Everybody({ people, hidden, own }: { people: readonly Here[]; hidden: number; own: string | undefined }) {
  return (
    <LazyPopover
      title={`${people.length} people are here`}
      trigger={
        <button
          type="button"
          aria-label={`${hidden} more people`}
          className="ml-1 flex h-7 min-w-7 items-center justify-center rounded-full bg-pressed px-1.5 text-xs font-semibold text-ink-soft hover:text-ink"
        >
          +{hidden}
        </button>
      }
    >
      <ul className="mt-2 -mb-1 max-h-72 overflow-y-auto">
        {people.map((person) => (
          <li key={person.userId}>
            <button
              type="button"
              disabled={person.userId === own}
              onClick={() => follow(person)}
              className="flex w-full items-center gap-2.5 rounded-lg py-1.5 text-left text-sm enabled:hover:bg-hover"
            >
              <Avatar name={person.name} color={person.color} />
              <span className="truncate">{person.userId === own ? `${person.name} (you)` : person.name}</span>
            </button>
          </li>
        ))}
      </ul>
    </LazyPopover>
  )
}

/** Whoever looks at the page is here, also while the connection is gone. */
function distinct(sessions: readonly Here[], me: Me | undefined): readonly Here[] {
  const people = new Map(sessions.map((session) => [session.userId, session]))
  if (!me) return [...people.values()]
  const self = { userId: me.userId, name: me.name, color: colorOf(me.userId) }
  people.delete(me.userId)
  return [self, ...people.values()]
}
