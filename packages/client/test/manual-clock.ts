import type { Clock } from '@tandem/sync'

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #nowMs = 1_000_000
  readonly #timers = new Set<{ atMs: number; callback: () => void }>()

  now(): number {
    return this.#nowMs
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How long until each waiting timer, soonest first. */
  get waits(): number[] {
    return Array.from(this.#timers, ({ atMs }) => atMs - this.#nowMs).sort((one, other) => one - other)
  }

  /** Somebody sets the wall clock; timers do not care. */
  jump(byMs: number): void {
    this.#nowMs += byMs
    for (const timer of this.#timers) timer.atMs += byMs
  }

  pass(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const [next] = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs)
      if (!next) break
      this.#timers.delete(next)
      this.#nowMs = next.atMs
      next.callback()
    }
    this.#nowMs = untilMs
  }
}
