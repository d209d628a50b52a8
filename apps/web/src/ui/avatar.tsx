import clsx from 'clsx'
import { initials, inkOn } from './initials.ts'

interface AvatarProps {
  name: string
  color: string
  className?: string
}

/** A person's initials on their colour. Decorative: the name is always said next to it or by its parent. */
export function Avatar({ name, color, className }: AvatarProps) {
  return (
    <span
      aria-hidden
      data-initials={initials(name)}
      style={{ backgroundColor: color, color: inkOn(color) }}
      className={clsx(
        // Drawn, not written: what is written in a button has to be in its name.
        'before:content-[attr(data-initials)]',
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold tracking-wide select-none',
        className ?? 'size-7 text-[0.6875rem]',
      )}
    />
  )
}
