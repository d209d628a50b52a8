import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 20
const LATE_MS = 200
/** Turns of up to so much more than nothing are fine. */
const FINE_MS = 60
/** Of a loop that has not kept up for two looks. */
const LATE_PACE = 0.1
/** Of one that is slower than it should be, however slow: nobody is sent away for a garbage collection. */
const LEAST_PACE = 0.5

/** How long turns took since it was reset, in nanoseconds: what perf_hooks measures. */
export interface LoopDelay {
  readonly mean: number
  readonly stddev: number
  enable(): unknown
  disable(): unknown
  reset(): void
}

/**
 * Whether the event loop has stopped keeping up. `look`, called about once a second, judges the time since the last look;
 * two late ones in a row count: a garbage collection or a start is not a node that cannot keep up.
 */
export class LoopWatch {
  readonly #delay: LoopDelay
  #wasLate = false
  #isLate = false
  #pace = 1

  constructor(delay: LoopDelay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })) {
    this.#delay = delay
    delay.enable()
  }

  get isLate(): boolean {
    return this.#isLate
  }

  /** The part of the usual that it can take on now: 1 while its turns are short, less the longer they are, a tenth while it is late. */
  get pace(): number {
    return this.#isLate ? LATE_PACE : this.#pace
  }

  look(): void {
    const { mean, stddev } = this.#delay
    // Each turn counts by its length, as it does for whoever comes at any moment: E[d²] / E[d].
    const turnMs = (mean + stddev ** 2 / mean) / 1e6
    this.#delay.reset()
    // Not one turn since the last look: the one that is going on will be in the next.
    if (!Number.isFinite(turnMs)) return
    const delayMs = turnMs - RESOLUTION_MS
    this.#pace = Math.max(LEAST_PACE, Math.min(1, FINE_MS / Math.max(1, delayMs)))
    const late = delayMs > LATE_MS
    this.#isLate = late && this.#wasLate
    this.#wasLate = late
  }

  close(): void {
    this.#delay.disable()
  }
}
