import clsx from 'clsx'

/** A grey bar where text will be. Hidden from screen readers: its surroundings say what is loading. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={clsx('animate-pulse rounded-md bg-pressed', className)} />
}
