import type { AppEvent } from './events.ts'

/** Events may have been missed, or the subscription has just begun: fetch anew what they announce. */
export interface Resync {
  readonly name: 'resync'
}

const MAX_WAITING = 256

/** What one subscriber has yet to be told. Bounded: a reader that falls behind gets one 'resync' instead of what it missed. */
export class EventQueue<Event = AppEvent> {
  #waiting: (Event | Resync)[] = []
  #wake: (() => void) | undefined

  push(event: Event): void {
    if (this.#waiting.length >= MAX_WAITING) return this.resync()
    this.#waiting.push(event)
    this.#wake?.()
  }

  /** Everything that waits is covered by the fetch that follows. */
  resync(): void {
    this.#waiting = [{ name: 'resync' }]
    this.#wake?.()
  }

  /** The next one, in order; undefined once the signal aborts. One reader at a time. */
  async next(signal: AbortSignal): Promise<Event | Resync | undefined> {
    while (!signal.aborted) {
      const next = this.#waiting.shift()
      if (next !== undefined) return next
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake = wake
        signal.addEventListener('abort', wake, { once: true })
      })
    }
    return undefined
  }
}
