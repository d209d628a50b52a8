import { Popover as BasePopover } from '@base-ui/react/popover'
import clsx from 'clsx'
import type { ReactElement, ReactNode } from 'react'
import { popupClass } from './popup-class.ts'

export interface PopoverProps {
  trigger: ReactElement
  title: string
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  defaultOpen?: boolean
}

/** A panel that a button opens. Its title is read out, and shown. */
export function Popover({ trigger, title, children, align = 'end', defaultOpen = false }: PopoverProps) {
  return (
    <BasePopover.Root defaultOpen={defaultOpen}>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner sideOffset={8} align={align} collisionPadding={12} className="z-40">
          <BasePopover.Popup className={clsx(popupClass, 'w-72 max-w-[calc(100vw-1.5rem)] p-4')}>
            <BasePopover.Title className="text-sm font-semibold">{title}</BasePopover.Title>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  )
}
