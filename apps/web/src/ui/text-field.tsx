import clsx from 'clsx'
import type { ComponentProps } from 'react'

export const fieldClass =
  'w-full rounded-lg border border-line-strong bg-surface px-3 text-ink transition-colors placeholder:text-ink-faint ' +
  'hover:border-ink-faint focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent aria-invalid:border-danger'

export function TextField({ className, ...props }: ComponentProps<'input'>) {
  return <input {...props} className={clsx(fieldClass, 'h-10 text-[0.9375rem]', className)} />
}
