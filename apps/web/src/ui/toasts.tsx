import clsx from 'clsx'
import { CircleAlert, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { iconButtonClass } from './icon-button-class.ts'
import { dismiss, hold, letGo, toastStore, type ToastMessage } from './toast-store.ts'

/** Where `say` and `warn` appear. The two live regions are there from the start: screen readers watch only what they have seen. */
export function Toasts() {
  const toasts = useSyncExternalStore(toastStore.subscribe, toastStore.getSnapshot)
  return (
    <section
      aria-label="Notifications"
      className="pointer-events-none fixed bottom-[calc(var(--foot)+1rem)] left-1/2 z-50 flex w-[min(24rem,calc(100vw-2rem))] -translate-x-1/2 flex-col gap-2 sm:bottom-[calc(var(--foot)+1.5rem)]"
    >
      <div aria-live="assertive" className="flex flex-col gap-2">
        {toasts
          .filter(({ trouble }) => trouble !== undefined)
          .map((toast) => (
            <Toast key={toast.id} toast={toast} />
          ))}
      </div>
      <div aria-live="polite" className="flex flex-col items-center gap-2">
        {toasts
          .filter(({ trouble }) => trouble === undefined)
          .map((toast) => (
            <Toast key={toast.id} toast={toast} />
          ))}
      </div>
    </section>
  )
}

function Toast({ toast }: { toast: ToastMessage }) {
  const { id, action } = toast
  const trouble = toast.trouble !== undefined
  return (
    <div
      onPointerEnter={() => hold(id)}
      onPointerLeave={() => letGo(id)}
      onFocus={() => hold(id)}
      onBlur={() => letGo(id)}
      className={clsx(
        'pointer-events-auto flex items-start gap-3 rounded-xl shadow-high transition-[opacity,translate] duration-150 starting:translate-y-2 starting:opacity-0',
        trouble ? 'w-full border border-line bg-surface p-3 pl-4 text-ink' : 'bg-ink px-4 py-2.5 text-canvas',
      )}
    >
      {trouble && <CircleAlert aria-hidden className="mt-0.5 size-4.5 shrink-0 text-danger" />}
      <div className="min-w-0 flex-1 text-sm">
        <p className="font-medium">{toast.title}</p>
        {trouble && <p className="mt-0.5 break-words text-ink-soft">{toast.trouble}</p>}
      </div>
      {action && (
        <button
          type="button"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
          className="-my-1 -mr-2 shrink-0 rounded-md px-2 py-1 text-sm font-semibold underline underline-offset-3 focus-visible:outline-2 focus-visible:outline-current pointer-coarse:-my-2 pointer-coarse:py-2"
        >
          {action.name}
        </button>
      )}
      {trouble && (
        <button
          type="button"
          aria-label="Dismiss"
          onClick={() => dismiss(id)}
          className={clsx(iconButtonClass, '-my-1.5')}
        >
          <X aria-hidden className="size-4" />
        </button>
      )}
    </div>
  )
}
