import { useState } from 'react'
import { colorOf } from '@tandem/sync'
import { Avatar } from '../ui/avatar.tsx'
import { NameDialog } from './name-dialog.tsx'
import { useMe } from './use-me.ts'

/** Who I am, in the corner; a click changes the name. */
export function AccountButton() {
  const me = useMe()
  const [open, setOpen] = useState(false)
  if (!me) return null
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={`You are ${me.name}. Change your name`}
        onClick={() => setOpen(true)}
        className="-mr-3 flex h-9 min-w-0 items-center gap-2 rounded-full py-1 pr-3 pl-1 text-sm font-medium text-ink-soft transition-colors hover:bg-hover hover:text-ink pointer-coarse:h-11"
      >
        <Avatar name={me.name} color={colorOf(me.userId)} />
        <span className="max-w-40 truncate max-sm:max-w-28">{me.name}</span>
      </button>
      <NameDialog key={String(open)} open={open} onClose={() => setOpen(false)} name={me.name} />
    </>
  )
}
