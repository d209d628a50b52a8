import { Tooltip } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'

interface HintProps {
  text: string
  shortcut?: string
  children: ReactElement
}

/** A tooltip. It repeats the name that its child already has, so nothing is lost without it. */
export function Hint({ text, shortcut, children }: HintProps) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="flex items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs font-medium text-canvas shadow-float transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0 data-instant:transition-none">
            {text}
            {shortcut && <kbd className="font-sans text-[0.6875rem] font-normal opacity-70">{shortcut}</kbd>}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

const DELAY_MS = 500

/** Hints of one group follow each other without a delay, as along a toolbar. */
export function HintGroup({ children }: { children: ReactNode }) {
  return (
    <Tooltip.Provider delay={DELAY_MS} closeDelay={0}>
      {children}
    </Tooltip.Provider>
  )
}
