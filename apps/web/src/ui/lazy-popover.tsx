import { cloneElement, useState, type ReactElement } from 'react'
import type { Popover, PopoverProps } from './popover.tsx'
import { warn } from './toast-store.ts'

const loadPopover = async () => (await import('./popover.tsx')).Popover

interface LazyPopoverProps extends PopoverProps {
  trigger: ReactElement<{
    onClick?: () => void
    onPointerEnter?: () => void
    'aria-haspopup'?: 'dialog'
    'aria-expanded'?: boolean
  }>
  /** Brings what is in it, before it opens; may be called often. Left out: the children are here already. */
  loadChildren?: () => Promise<void>
}

/** As Popover, for what is there from the start and opened rarely: until somebody is about to, it is a button. */
export function LazyPopover({ loadChildren, ...props }: LazyPopoverProps) {
  const [Loaded, setLoaded] = useState<typeof Popover>()
  if (Loaded) return <Loaded {...props} defaultOpen />
  const load = async () => (await Promise.all([loadPopover(), loadChildren?.()]))[0]
  const open = async () => {
    try {
      const loaded = await load()
      setLoaded(() => loaded)
    } catch {
      warn('This could not be opened', 'A part of the page could not be loaded. Try again, or reload.')
    }
  }
  return cloneElement(props.trigger, {
    'aria-haspopup': 'dialog',
    'aria-expanded': false,
    onPointerEnter: () => void load().catch(() => undefined),
    onClick: () => void open(),
  })
}
