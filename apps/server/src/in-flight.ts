import { SyncError } from '@tandem/sync'
import type { InFlightLimit } from './latency-gradient.ts'

export interface InFlightPorts {
  /** Named in errors and metrics. */
  readonly what: string
  readonly limit: InFlightLimit
  /** How many may wait for a place, and how long. Both short: who waits longer is better told to come again. */
  readonly queue: { readonly length: number; readonly patienceMs: number }
  /** Monotonic, ms. */
  readonly now: () => number
  readonly after: (delayMs: number, callback: () => void) => () => void
  /** Somebody was turned away. */
  readonly onShed: () => void
}

interface Waiting {
  readonly sinceMs: number
  admit(): void
  refuse(): void
}

/** Calls of one kind on this node: as many at once as its limit says, a few more in a short queue, the rest refused at once. */
export class InFlight {
  readonly #ports: InFlightPorts
  readonly #queue: Waiting[] = []
  #count = 0
  #peak = 0
  #cancelTimer: (() => void) | undefined

  constructor(ports: InFlightPorts) {
    this.#ports = ports
  }

  get what(): string {
    return this.#ports.what
  }

  get count(): number {
    return this.#count
  }

  /** The most since the last call. */
  takePeak(): number {
    const peak = this.#peak
    this.#peak = this.#count
    return peak
  }

  get waiting(): number {
    return this.#queue.length
  }

  get limit(): number {
    return this.#ports.limit.limit
  }

  /** Runs `work` when there is a place for it, in the order of asking. Throws SyncError 'overloaded' when there is none in time, else what `work` throws. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#count >= this.limit || this.#queue.length > 0) await this.#place()
    else this.#count += 1
    const { now, limit } = this.#ports
    const beganAtMs = now()
    const inFlight = this.#count
    this.#peak = Math.max(this.#peak, inFlight)
    let failed = false
    try {
      return await work()
    } catch (error) {
      failed = isFailureBelow(error)
      throw error
    } finally {
      const nowMs = now()
      this.#count -= 1
      limit.learn({ tookMs: nowMs - beganAtMs, inFlight, failed, nowMs })
      this.#admitWaiting()
    }
  }

  /** Resolves with a place taken. */
  #place(): Promise<void> {
    const { queue, now } = this.#ports
    if (this.#queue.length >= queue.length) return Promise.reject(this.#refusal())
    return new Promise((resolve, reject) => {
      const admit = (): void => {
        this.#count += 1
        resolve()
      }
      this.#queue.push({ sinceMs: now(), admit, refuse: () => reject(this.#refusal()) })
      this.#admitWaiting() // the limit may have risen since somebody left
      this.#watch()
    })
  }

  #admitWaiting(): void {
    while (this.#count < this.limit) {
      const next = this.#queue.shift()
      if (next === undefined) return
      next.admit()
    }
  }

  /** One timer, for whoever has waited longest. */
  #watch(): void {
    const [oldest] = this.#queue
    if (oldest === undefined || this.#cancelTimer !== undefined) return
    const { queue, now, after } = this.#ports
    this.#cancelTimer = after(Math.max(0, oldest.sinceMs + queue.patienceMs - now()), () => {
      this.#cancelTimer = undefined
      this.#refuseImpatient()
      this.#watch()
    })
  }

  #refuseImpatient(): void {
    const { queue, now } = this.#ports
    const sinceMs = now() - queue.patienceMs
    for (let oldest = this.#queue[0]; oldest !== undefined && oldest.sinceMs <= sinceMs; oldest = this.#queue[0]) {
      this.#queue.shift()
      oldest.refuse()
    }
  }

  #refusal(): SyncError {
    const { what, onShed } = this.#ports
    onShed()
    return new SyncError(
      'overloaded',
      `This node is busy: ${this.#count} ${what} calls are being worked on, its limit for now is ${this.limit}. Send it again in a moment.`,
    )
  }
}

/** What the storage refused tells nothing about how busy it is; what the caller did wrong, neither, but that was quick. */
function isFailureBelow(error: unknown): boolean {
  return !(error instanceof SyncError) || error.code === 'log-unavailable'
}
