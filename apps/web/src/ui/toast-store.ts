export interface ToastMessage {
  readonly id: number
  readonly title: string
  /** Present: something did not work, and this says why and what can be done. */
  readonly trouble?: string
}

const NEWS_MS = 3_000
const TROUBLE_MS = 12_000
const SHOWN = 3

let toasts: readonly ToastMessage[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** Says briefly that something worked, to eyes and to screen readers. */
export function say(title: string): void {
  add({ id: ++lastId, title }, NEWS_MS)
}

/** Says what did not work and what can be done. Stays longer, and is read out at once. */
export function warn(title: string, trouble: string): void {
  add({ id: ++lastId, title, trouble }, TROUBLE_MS)
}

export function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id))
}

export const toastStore = {
  getSnapshot: () => toasts,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** The same news twice is news once: the older one goes. */
function add(toast: ToastMessage, lifeMs: number): void {
  set([...toasts.filter(({ title }) => title !== toast.title), toast].slice(-SHOWN))
  setTimeout(() => dismiss(toast.id), lifeMs)
}

function set(next: readonly ToastMessage[]): void {
  toasts = next
  for (const listener of listeners) listener()
}
