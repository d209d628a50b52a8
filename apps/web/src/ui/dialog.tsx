import { AlertDialog as BaseAlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import clsx from 'clsx'
import type { ReactNode } from 'react'
import { buttonClass } from './button-class.ts'

const backdropClass =
  'fixed inset-0 bg-black/25 transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/50'
const panelClass =
  'fixed left-1/2 z-50 -translate-x-1/2 rounded-2xl border border-line bg-surface p-5 ' +
  'text-ink shadow-high outline-none transition-[opacity,scale] duration-100 ease-out ' +
  'data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0'
const SIZES = {
  usual: 'top-[20dvh] w-[min(26rem,calc(100vw-2rem))]',
  wide: 'top-[12dvh] w-[min(42rem,calc(100vw-2rem))]',
}
const titleClass = 'text-base font-semibold tracking-[-0.012em]'
const textClass = 'mt-1.5 text-sm leading-relaxed text-ink-soft'

interface DialogProps {
  open: boolean
  onClose(): void
  title: string
  text?: ReactNode
  size?: keyof typeof SIZES
  /** Where the focus goes when it closes, for one that is opened from a menu, which is gone by then. */
  returnFocus?: () => HTMLElement
  children: ReactNode
}

/** A small modal with a title; Escape and a click beside it close it, focus returns to where it was. */
export function Dialog({ open, onClose, title, text, size = 'usual', returnFocus, children }: DialogProps) {
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={clsx(backdropClass, 'z-40')} />
        <BaseDialog.Popup
          {...(returnFocus !== undefined && { finalFocus: returnFocus })}
          className={clsx(panelClass, SIZES[size])}
        >
          <BaseDialog.Title className={titleClass}>{title}</BaseDialog.Title>
          {text && <BaseDialog.Description className={textClass}>{text}</BaseDialog.Description>}
          {children}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

interface ConfirmProps {
  open: boolean
  onClose(): void
  title: string
  text: ReactNode
  /** The verb of the action, for example "Delete". */
  action: string
  busy?: boolean
  onConfirm(): void
}

/** Asks before something that cannot be taken back; only its two buttons and Escape close it. */
export function Confirm({ open, onClose, title, text, action, busy = false, onConfirm }: ConfirmProps) {
  return (
    <BaseAlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseAlertDialog.Portal>
        {/* Also above a dialog that asks it, which it dims like the page. */}
        <BaseAlertDialog.Backdrop forceRender className={clsx(backdropClass, 'z-50')} />
        <BaseAlertDialog.Popup className={clsx(panelClass, SIZES.usual)}>
          <BaseAlertDialog.Title className={titleClass}>{title}</BaseAlertDialog.Title>
          <BaseAlertDialog.Description className={textClass}>{text}</BaseAlertDialog.Description>
          <DialogActions>
            <BaseAlertDialog.Close className={buttonClass({ look: 'outline' })}>Cancel</BaseAlertDialog.Close>
            <button type="button" disabled={busy} onClick={onConfirm} className={buttonClass({ look: 'danger' })}>
              {action}
            </button>
          </DialogActions>
        </BaseAlertDialog.Popup>
      </BaseAlertDialog.Portal>
    </BaseAlertDialog.Root>
  )
}

export function DialogActions({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={clsx('mt-5 flex justify-end gap-2', className)}>{children}</div>
}

export const DialogClose = BaseDialog.Close
