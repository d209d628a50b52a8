import type { Clock } from '@tandem/sync'
import type { TabChannel } from './browser-tabs.ts'

/** Of what happens within this it is told once: somebody who types keeps and sends with every key. */
const GATHER_MS = 300
/** Pages that speak otherwise do not hear each other. */
const VERSION = 1

/** Tells every page of this browser that there may be more or less unsent work: that it is so, not what. Does no IO until it is used. */
export class UnsentNews {
  readonly #name: string
  readonly #clock: Clock
  readonly #openChannel: ((name: string) => TabChannel) | undefined
  readonly #listeners = new Set<() => void>()
  readonly #hear = (): void => this.#hand()
  #channel: TabChannel | undefined
  #cancel: (() => void) | undefined
  #isClosed = false

  /** `openChannel` undefined: pages of this browser cannot hear each other. */
  constructor(options: {
    databaseName: string
    clock: Clock
    openChannel: ((name: string) => TabChannel) | undefined
  }) {
    this.#name = `tandem:unsent:${VERSION}:${options.databaseName}`
    this.#clock = options.clock
    this.#openChannel = options.openChannel
  }

  /** To be called after it has changed. */
  changed(): void {
    if (this.#isClosed) return
    this.#cancel ??= this.#clock.after(GATHER_MS, () => {
      this.#cancel = undefined
      this.#open()?.postMessage(null)
      this.#hand()
    })
  }

  /** Calls back for what was told here or in another page. Returns stop. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    this.#open()
    return () => this.#listeners.delete(listener)
  }

  /** Nothing is told from here on. May be called twice. */
  close(): void {
    this.#isClosed = true
    this.#cancel?.()
    this.#listeners.clear()
    this.#channel?.removeEventListener('message', this.#hear)
    this.#channel?.close()
    this.#channel = undefined
  }

  #open(): TabChannel | undefined {
    if (this.#channel || this.#isClosed) return this.#channel
    this.#channel = this.#openChannel?.(this.#name)
    this.#channel?.addEventListener('message', this.#hear)
    return this.#channel
  }

  #hand(): void {
    for (const listener of this.#listeners) listener()
  }
}
