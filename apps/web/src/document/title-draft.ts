export interface TitleDraftPorts {
  /** Resolves once the server has stored it. */
  save(title: string): Promise<void>
  /** Whether the same call may work later. */
  mayRetry(error: unknown): boolean
  /** Called when the server refused for good; the draft is dropped. */
  refused(error: unknown): void
  /** Keeps what is not stored yet, so that a closed tab does not lose it; undefined forgets it. */
  keep(title: string | undefined): void
}

const TYPING_PAUSE_MS = 500
const RETRY_MS = 2_000

/**
 * What is being typed into the title, until the server has it. One save at a time, the newest text wins, and a
 * save that fails for want of a connection is tried again for as long as it is open.
 */
export class TitleDraft {
  readonly #ports: TitleDraftPorts
  readonly #listeners = new Set<() => void>()
  #text: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #inFlight = false
  #open = false

  constructor(ports: TitleDraftPorts, kept: string | undefined) {
    this.#ports = ports
    this.#text = kept
  }

  /** The text not stored yet; undefined when the server's title is the truth. */
  readonly getSnapshot = (): string | undefined => this.#text

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  type(text: string): void {
    this.#set(text)
    this.#schedule(TYPING_PAUSE_MS)
  }

  /** Sends what waits now, without waiting for a pause in typing. */
  flush(): void {
    if (this.#text !== undefined) this.#schedule(0)
  }

  /** From here on it sends, beginning with what an earlier page kept. The returned function makes one last attempt and ends that. */
  open(): () => void {
    this.#open = true
    this.flush()
    return () => {
      this.#open = false
      this.flush()
    }
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#send(), delayMs)
  }

  async #send(): Promise<void> {
    const text = this.#text
    if (text === undefined || this.#inFlight) return
    this.#inFlight = true
    const outcome = await this.#ports.save(text).then(
      () => 'stored' as const,
      (error: unknown) => ({ error }),
    )
    this.#inFlight = false
    if (this.#text !== text) return this.#schedule(0)
    if (outcome === 'stored') return this.#set(undefined)
    if (this.#ports.mayRetry(outcome.error)) return this.#open ? this.#schedule(RETRY_MS) : undefined
    this.#set(undefined)
    this.#ports.refused(outcome.error)
  }

  #set(text: string | undefined): void {
    this.#text = text
    this.#ports.keep(text)
    for (const listener of this.#listeners) listener()
  }
}
