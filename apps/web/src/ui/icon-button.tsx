import clsx from 'clsx'
import type { ComponentProps } from 'react'
import { Hint } from './hint.tsx'
import { iconButtonClass } from './icon-button-class.ts'

interface IconButtonProps extends ComponentProps<'button'> {
  /** Its name for screen readers, and what the hint says. */
  label: string
}

/** A button that is only a picture: it always has a name, and shows it on hover and focus. */
export function IconButton({ label, className, ...props }: IconButtonProps) {
  return (
    <Hint text={label}>
      <button type="button" {...props} aria-label={label} className={clsx(iconButtonClass, className)} />
    </Hint>
  )
}
