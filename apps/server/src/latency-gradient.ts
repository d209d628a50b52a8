/** How much may be in flight, and what teaches it. */
export interface InFlightLimit {
  readonly limit: number
  /** One call has ended. */
  learn(ended: EndedCall): void
}

export interface EndedCall {
  readonly tookMs: number
  /** What was in flight when it began, itself included. */
  readonly inFlight: number
  /** What is below failed under it: nothing can be read from how long that took. */
  readonly failed: boolean
  /** Monotonic. */
  readonly nowMs: number
}

/** Calls are judged together, so that one slow call is not a slow server. */
const WINDOW_MS = 250
const WINDOW_CALLS = 10
/** Nobody notices this. Appends gather into larger ones under load, so some more time per call is how it should be. */
const FINE_MS = 50
/** So many times the usual is still usual. */
const TOLERANCE = 2
/** One window cannot do more than halve. */
const STEEPEST = 0.5
const AFTER_FAILURES = 0.9
/** New limits count this much against the one before. */
const SMOOTHING = 0.5
/** What is usual falls fast, and rises over some seconds, but only while as little as can be is in flight. */
const USUAL_FALLS = 0.5
const USUAL_RISES_MS = 10_000

/**
 * The limit of calls in flight that the latency allows: more while calls take what they usually take, less the more of
 * their time they spend waiting behind each other. After Gradient2 of Netflix concurrency-limits, with two changes: below a
 * floor no latency matters, and what is usual rises at the least limit alone, so that a long overload is never taken for
 * the usual, while a database that is slow in itself soon is. No clock of its own: the same calls, the same limits.
 */
export class LatencyGradient implements InFlightLimit {
  readonly #least: number
  readonly #most: number
  #limit: number
  #usualMs = FINE_MS
  #openedAtMs: number | undefined
  #calls = 0
  #sumMs = 0
  #mostInFlight = 0
  #failures = 0

  /** `least` is never gone below: a latency that has nothing to do with this node must not lock everybody out. */
  constructor({ start, least, most }: { start: number; least: number; most: number }) {
    if (!(least >= 1 && least <= start && start <= most))
      throw new RangeError('It must be 1 <= least <= start <= most.')
    this.#limit = start
    this.#least = least
    this.#most = most
  }

  /** A whole number from `least` to `most`. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  learn({ tookMs, inFlight, failed, nowMs }: EndedCall): void {
    this.#openedAtMs ??= nowMs
    this.#calls += 1
    this.#sumMs += tookMs
    this.#mostInFlight = Math.max(this.#mostInFlight, inFlight)
    if (failed) this.#failures += 1
    const lastedMs = nowMs - this.#openedAtMs
    if (lastedMs < WINDOW_MS || this.#calls < WINDOW_CALLS) return
    this.#judge(Math.max(FINE_MS, this.#sumMs / this.#calls), lastedMs)
    this.#openedAtMs = nowMs
    this.#calls = this.#sumMs = this.#mostInFlight = this.#failures = 0
  }

  #judge(meanMs: number, lastedMs: number): void {
    const wasLeast = this.limit === this.#least
    const gradient = Math.max(STEEPEST, Math.min(1, (TOLERANCE * this.#usualMs) / meanMs))
    const slope = this.#failures > 0 ? Math.min(gradient, AFTER_FAILURES) : gradient
    // More is tried only while nothing waits: else there is a latency at which neither more nor less is ever tried.
    const wanted = slope < 1 ? this.#limit * slope : this.#limit + Math.sqrt(this.#limit)
    // Half of it unused: nothing was learned about more.
    const isUsed = this.#mostInFlight * 2 >= this.#limit
    if (isUsed || wanted < this.#limit) {
      const next = this.#limit + (wanted - this.#limit) * SMOOTHING
      this.#limit = Math.max(this.#least, Math.min(this.#most, next))
    }
    const rises = wasLeast && this.#failures === 0 ? Math.min(1, lastedMs / USUAL_RISES_MS) : 0
    this.#usualMs += (meanMs - this.#usualMs) * (meanMs < this.#usualMs ? USUAL_FALLS : rises)
  }
}
