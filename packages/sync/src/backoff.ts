import type { Chance, Clock } from './ports.ts'

const BACKOFF_BASE_MS = 250
const BACKOFF_CAP_MS = 15_000
/** For pushes over a link that works: soon after the log is back, everything typed meanwhile is in it. */
export const PUSH_BACKOFF_CAP_MS = 5_000

/** Pauses between attempts: full jitter, longer with every failure, short again after a success. */
export class Backoff {
  readonly #clock: Clock
  readonly #chance: Chance
  readonly #capMs: number
  #failures = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, chance: Chance, capMs = BACKOFF_CAP_MS) {
    this.#clock = clock
    this.#chance = chance
    this.#capMs = capMs
  }

  get isFailing(): boolean {
    return this.#failures > 0
  }

  succeeded(): void {
    this.#failures = 0
  }

  /** Replaces an attempt that is still waiting. */
  later(attempt: () => void): void {
    const capMs = Math.min(this.#capMs, BACKOFF_BASE_MS * 2 ** this.#failures)
    this.#failures += 1
    this.cancel()
    this.#cancel = this.#clock.after(this.#chance.fraction() * capMs, attempt)
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
