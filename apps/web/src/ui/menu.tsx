import { Menu as BaseMenu } from '@base-ui/react/menu'
import clsx from 'clsx'
import { Check } from 'lucide-react'
import type { ComponentProps, ReactElement, ReactNode } from 'react'
import { popupClass } from './popup-class.ts'

/** Classes of a line in a menu. */
export const menuItemClass =
  'flex min-h-8 cursor-default items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm outline-none select-none ' +
  'data-disabled:opacity-40 data-highlighted:bg-hover pointer-coarse:min-h-10'

interface MenuProps {
  /** The button that opens it, with its name. */
  trigger: ReactElement
  children: ReactNode
  align?: 'start' | 'center' | 'end'
  /** Where focus goes when it closes; by default back to the trigger. */
  finalFocus?: ComponentProps<typeof BaseMenu.Popup>['finalFocus']
}

export function Menu({ trigger, children, align = 'end', finalFocus }: MenuProps) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align={align} className="z-50 outline-none">
          <BaseMenu.Popup
            {...(finalFocus !== undefined && { finalFocus })}
            className={clsx(popupClass, 'min-w-44 p-1')}
          >
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}

interface MenuItemProps extends Omit<ComponentProps<typeof BaseMenu.Item>, 'className'> {
  icon?: ReactNode
  danger?: boolean
}

export function MenuItem({ icon, danger, children, ...props }: MenuItemProps) {
  return (
    <BaseMenu.Item {...props} className={clsx(menuItemClass, danger && 'text-danger data-highlighted:bg-danger-wash')}>
      {icon && (
        <span className={clsx('flex size-4 items-center justify-center [&_svg]:size-4', !danger && 'text-ink-faint')}>
          {icon}
        </span>
      )}
      {children}
    </BaseMenu.Item>
  )
}

interface MenuChoiceProps<Value extends string> {
  value: Value
  onChange(value: Value): void
  choices: readonly { value: Value; label: ReactNode; shortcut?: string }[]
}

/** One of several, the present one marked. */
export function MenuChoice<Value extends string>({ value, onChange, choices }: MenuChoiceProps<Value>) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={onChange}>
      {choices.map((choice) => (
        <BaseMenu.RadioItem key={choice.value} value={choice.value} closeOnClick className={menuItemClass}>
          <span className="min-w-28 flex-1">{choice.label}</span>
          {choice.shortcut && <kbd className="font-sans text-xs text-ink-faint phone:hidden">{choice.shortcut}</kbd>}
          <Check aria-hidden className={clsx('size-4 text-accent', value !== choice.value && 'invisible')} />
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  )
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="mx-2 my-1 h-px bg-line" />
}
