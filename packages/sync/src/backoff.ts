import type { Chance, Clock } from './ports.ts'

const BACKOFF_BASE_MS = 250
const BACKOFF_CAP_MS = 15_000

/** Pauses between attempts: full jitter, longer with every failure, short again after a success. */
export class Backoff {
  readonly #clock: Clock
  readonly #chance: Chance
  #failures = 0
  #cancel: (() => void) | undefined

  constructor(clock: Clock, chance: Chance) {
    this.#clock = clock
    this.#chance = chance
  }

  get isFailing(): boolean {
    return this.#failures > 0
  }

  succeeded(): void {
    this.#failures = 0
  }

  /** Replaces an attempt that is still waiting. */
  later(attempt: () => void): void {
    const capMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.#failures)
    this.#failures += 1
    this.cancel()
    this.#cancel = this.#clock.after(this.#chance.fraction() * capMs, attempt)
  }

  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
