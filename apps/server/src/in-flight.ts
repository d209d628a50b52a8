import { SyncError } from '@tandem/sync'
import { FairQueue, type Caller } from './fair-queue.ts'
import type { InFlightLimit } from './latency-gradient.ts'

export interface InFlightPorts {
  /** Named in errors and metrics. */
  readonly what: string
  readonly limit: InFlightLimit
  /** The part of the limit that one caller may use (one place at least), so that there is mostly a place for another. Left out: all of it. */
  readonly shareOfOne?: number
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

/**
 * Calls of one kind on this node: as many at once as its limit says, a few more in a short queue, the rest refused at once.
 * A place that comes free goes to the caller who has fewest calls in flight, so whoever calls a hundred times at once makes
 * nobody wait but themselves. When the queue is full, whoever fills it makes room for one who does not.
 */
export class InFlight {
  readonly #ports: InFlightPorts
  readonly #queue = new FairQueue<Waiting>()
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

  /**
   * Runs `work` of `who` when there is a place for it, the calls of one caller in the order of asking. Throws SyncError
   * 'overloaded' when there is none in time, else what `work` throws.
   */
  async run<Result>(who: string, work: () => Promise<Result>): Promise<Result> {
    this.#admitWaiting() // the limit may have risen since somebody left
    const caller = this.#queue.callerOf(who)
    if (this.#count < this.limit && caller.waiting.length === 0 && caller.inFlight < this.#mostOfOne)
      this.#begin(caller)
    else await this.#place(caller)
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
      this.#queue.ended(caller)
      limit.learn({ tookMs: nowMs - beganAtMs, inFlight, failed, nowMs })
      this.#admitWaiting()
    }
  }

  get #mostOfOne(): number {
    return Math.max(1, Math.floor(this.limit * (this.#ports.shareOfOne ?? 1)))
  }

  #begin(caller: Caller<Waiting>): void {
    this.#count += 1
    this.#queue.began(caller)
  }

  /** Resolves with a place taken. */
  #place(caller: Caller<Waiting>): Promise<void> {
    const { queue, now } = this.#ports
    if (this.#queue.length >= queue.length) {
      const displaced = this.#queue.displaceFor(caller)
      if (displaced === undefined) {
        this.#queue.forgetIdle(caller)
        return Promise.reject(this.#refusal())
      }
      displaced.refuse()
    }
    return new Promise((resolve, reject) => {
      this.#queue.add(caller, { sinceMs: now(), admit: resolve, refuse: () => reject(this.#refusal()) })
      this.#watch()
    })
  }

  #admitWaiting(): void {
    while (this.#count < this.limit) {
      const next = this.#queue.takeNext(this.#mostOfOne)
      if (next === undefined) return
      this.#begin(next.caller)
      next.entry.admit()
    }
  }

  /** One timer, for whoever has waited longest. */
  #watch(): void {
    const { oldest } = this.#queue
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
    for (let { oldest } = this.#queue; oldest !== undefined && oldest.sinceMs <= sinceMs; oldest = this.#queue.oldest) {
      this.#queue.dropOldest()
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
