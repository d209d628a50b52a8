import type { ComponentProps } from 'react'
import { buttonClass, type ButtonLook } from './button-class.ts'

export function Button({
  look = 'outline',
  size = 'medium',
  className,
  ...props
}: ButtonLook & ComponentProps<'button'>) {
  return <button type="button" {...props} className={buttonClass({ look, size }, className)} />
}
