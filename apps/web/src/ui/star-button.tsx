import clsx from 'clsx'
import { Star } from 'lucide-react'
import { IconButton } from './icon-button.tsx'

interface StarButtonProps {
  isStarred: boolean
  /** What it is a star of, where there are several. */
  of?: string
  onChange(isStarred: boolean): void
  id?: string
  className?: string
}

/** A star that is on or off. On a touch screen it can be hit within 44 px, whatever it looks like. */
export function StarButton({ isStarred, of, onChange, id, className }: StarButtonProps) {
  const what = isStarred ? 'Remove star' : 'Star'
  return (
    <IconButton
      id={id}
      label={of === undefined ? what : `${what}${isStarred ? ' from' : ''} ${of}`}
      aria-pressed={isStarred}
      onClick={() => onChange(!isStarred)}
      className={clsx(
        'relative pointer-coarse:after:absolute pointer-coarse:after:-inset-0.5',
        isStarred ? 'text-star hover:text-star' : 'text-ink-faint',
        className,
      )}
    >
      <Star aria-hidden className={clsx('size-4.5', isStarred && 'fill-current')} />
    </IconButton>
  )
}
