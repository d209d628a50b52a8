import { colorOf } from '@tandem/sync'
import type { ReactNode } from 'react'
import { Avatar } from '../ui/avatar.tsx'
import type { Person } from './use-shared.ts'

export function nameOf(person: Person): string {
  return person.name ?? 'Somebody whose account is gone'
}

interface PersonRowProps {
  person: Person
  isMe: boolean
  /** Said below the name, where there is more to say than what kind of account it is. */
  note?: string | undefined
  /** What they may do, or what can be done about it. */
  children: ReactNode
}

export function PersonRow({ person, isMe, note, children }: PersonRowProps) {
  const name = nameOf(person)
  const kind = person.isGuest ? 'Guest on one device' : undefined
  const below = note ?? kind
  return (
    <li className="flex min-h-12 items-center gap-3 py-1.5">
      <Avatar name={name} color={colorOf(person.userId)} className="size-8 text-xs" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium" title={name}>
          {name}
          {isMe && <span className="font-normal text-ink-soft"> (you)</span>}
        </p>
        {below && <p className="text-xs leading-snug text-ink-soft">{below}</p>}
      </div>
      <div className="flex shrink-0 items-center gap-1">{children}</div>
    </li>
  )
}
