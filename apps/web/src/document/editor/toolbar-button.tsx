import { Toolbar } from '@base-ui/react/toolbar'
import clsx from 'clsx'
import type { MouseEvent, ReactNode } from 'react'
import { Hint } from '../../ui/hint.tsx'
import { shortcutText } from './shortcut.ts'

/** Classes of everything in the toolbar; `pressed`: it is in force at the selection. */
export function toolbarButtonClass({ pressed }: { pressed: boolean }): string {
  return clsx(
    'inline-flex h-8 min-w-8 shrink-0 items-center rounded-md px-1.5 transition-colors select-none [&_svg]:size-4',
    'focus-visible:-outline-offset-2 data-disabled:opacity-35',
    'pointer-coarse:h-10 pointer-coarse:min-w-10',
    pressed
      ? 'bg-accent-wash text-accent'
      : 'text-ink-soft not-data-disabled:hover:bg-hover not-data-disabled:hover:text-ink not-data-disabled:data-popup-open:bg-hover',
  )
}

interface ToolbarButtonProps {
  label: string
  icon: ReactNode
  keys?: string
  pressed?: boolean
  disabled?: boolean
  /** Why it cannot be done now; it is disabled then, and says so. */
  whyNot?: string | undefined
  onRun(): void
}

/** A button that acts on the selection, so a click on it must not take the focus out of the text. */
export function ToolbarButton({ label, icon, keys, pressed, disabled = false, whyNot, onRun }: ToolbarButtonProps) {
  return (
    <Hint text={whyNot ? `${label}: ${whyNot}` : label} {...(keys && { shortcut: shortcutText(keys) })}>
      <Toolbar.Button
        aria-label={label}
        aria-pressed={pressed}
        aria-description={whyNot}
        disabled={disabled || whyNot !== undefined}
        // The library hands no event of a disabled one on, which takes the focus all the same.
        onMouseDownCapture={keepFocus}
        onClick={onRun}
        className={clsx(toolbarButtonClass({ pressed: pressed === true }), 'justify-center')}
      >
        {icon}
      </Toolbar.Button>
    </Hint>
  )
}

function keepFocus(event: MouseEvent): void {
  event.preventDefault()
}
