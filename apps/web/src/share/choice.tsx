import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ButtonLook } from '../ui/button-class.ts'
import { Button } from '../ui/button.tsx'
import { Menu, MenuChoice } from '../ui/menu.tsx'

interface ChoiceProps<Value extends string> {
  /** What is chosen here, for those who cannot see where it stands. */
  label: string
  /** Undefined: none of them so far. */
  value: Value | undefined
  choices: readonly { value: Value; label: string }[]
  onChange(value: NoInfer<Value>): void
  /** What it says, where that is not the chosen one's own words. */
  words?: string
  disabled?: boolean
  size?: ButtonLook['size']
  children?: ReactNode
}

/** A button that says what is chosen, and opens what else there is. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, value, choices, onChange, disabled = false, size = 'small', children } = props
  const words = props.words ?? choices.find((choice) => choice.value === value)?.label ?? ''
  return (
    <Menu
      trigger={
        <Button size={size} disabled={disabled} aria-label={`${label}: ${words}`} className="max-w-full min-w-0">
          <span className="truncate">{words}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-ink-faint" />
        </Button>
      }
    >
      <MenuChoice<string>
        value={value ?? ''}
        onChange={(next) => {
          const chosen = choices.find((choice) => choice.value === next)
          if (chosen) onChange(chosen.value)
        }}
        choices={choices}
      />
      {children}
    </Menu>
  )
}
