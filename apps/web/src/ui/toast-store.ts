export interface ToastMessage {
  readonly id: number
  readonly title: string
  /** Present: something did not work, and this says why and what can be done. */
  readonly trouble?: string
  readonly action?: ToastAction
}

/** What a button in it does; it goes then. */
export interface ToastAction {
  readonly name: string
  run(): void
}

const NEWS_MS = 3_000
const TROUBLE_MS = 12_000
const OFFER_MS = 10_000
const SHOWN = 3

let toasts: readonly ToastMessage[] = []
let lastId = 0
const timers = new Map<number, ReturnType<typeof setTimeout>>()
const listeners = new Set<() => void>()

/** Says briefly that something worked, to eyes and to screen readers. */
export function say(title: string): void {
  add({ id: ++lastId, title })
}

/** Says that something worked, and offers what can be done about it. Stays longer. */
export function offer(title: string, action: ToastAction): void {
  add({ id: ++lastId, title, action })
}

/** Says what did not work and what can be done. Stays longer, and is read out at once. */
export function warn(title: string, trouble: string): void {
  add({ id: ++lastId, title, trouble })
}

export function dismiss(id: number): void {
  hold(id)
  timers.delete(id)
  set(toasts.filter((toast) => toast.id !== id))
}

/** It stays while somebody points at it or is in it, and its time begins anew once they let it go. */
export function hold(id: number): void {
  clearTimeout(timers.get(id))
}

export function letGo(id: number): void {
  const toast = toasts.find((each) => each.id === id)
  if (toast === undefined) return
  hold(id)
  timers.set(
    id,
    setTimeout(() => dismiss(id), lifeMsOf(toast)),
  )
}

export const toastStore = {
  getSnapshot: () => toasts,
  subscribe(listener: () => void) {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}

/** The same news twice is news once: the older one goes, unless it offers something of its own. */
function add(toast: ToastMessage): void {
  set([...toasts.filter(({ title, action }) => action || title !== toast.title), toast].slice(-SHOWN))
  letGo(toast.id)
}

function lifeMsOf({ trouble, action }: ToastMessage): number {
  if (trouble !== undefined) return TROUBLE_MS
  return action ? OFFER_MS : NEWS_MS
}

function set(next: readonly ToastMessage[]): void {
  toasts = next
  for (const listener of listeners) listener()
}
