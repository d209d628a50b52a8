import type { LoopWatch } from './loop-watch.ts'

/** One address gets so much of what is let in, and so much of it at once: nobody can use up everybody's. */
const SHARE_OF_ONE = 0.25
const BURST_OF_ONE = 0.25
/** Each that is let in costs some milliseconds, and all of a burst come in one turn. */
const BURST_OF_ALL = 0.5
/** Who is turned away is told to come back within this, one after the other. */
const LONGEST_RETRY_S = 10

interface Bucket {
  left: number
  atMs: number
}

/**
 * How many new sockets a node lets in: `perSecond` of them, half of that at once, a quarter of it from one address; fewer at
 * the pace of its event loop, down to a tenth (not none: on a machine that is slow for good somebody has to get in). Costs the same whoever asks; holds only addresses that were let in within the last two seconds.
 */
export class Door {
  readonly #perSecond: number
  readonly #loop: Pick<LoopWatch, 'pace' | 'look'>
  readonly #now: () => number
  readonly #all: Bucket
  readonly #byAddress = new Map<string, Bucket>()
  readonly #turnedAway: Bucket

  /** `now`: monotonic, ms. */
  constructor({
    perSecond,
    loop,
    now,
  }: {
    perSecond: number
    loop: Pick<LoopWatch, 'pace' | 'look'>
    now: () => number
  }) {
    this.#perSecond = perSecond
    this.#loop = loop
    this.#now = now
    this.#all = { left: Math.max(1, perSecond * BURST_OF_ALL), atMs: now() }
    this.#turnedAway = { left: LONGEST_RETRY_S * perSecond, atMs: now() }
  }

  /** Undefined: come in. Else in how many seconds to come back: those who are turned away are spread over the seconds to come. */
  retryAfterS(address: string): number | undefined {
    const share = Math.max(1, this.#perSecond * SHARE_OF_ONE)
    const burst = Math.max(1, this.#perSecond * BURST_OF_ONE)
    const nowMs = this.#now()
    const own = this.#byAddress.get(address) ?? { left: burst, atMs: nowMs }
    refill(own, nowMs, share, burst)
    const perSecond = Math.max(1, this.#perSecond * this.#loop.pace)
    refill(this.#all, nowMs, perSecond, Math.max(1, perSecond * BURST_OF_ALL))
    if (own.left < 1 || this.#all.left < 1) return this.#slotS(nowMs)
    own.left -= 1
    this.#all.left -= 1
    this.#byAddress.set(address, own)
    return undefined
  }

  /** Looks at the event loop anew, and forgets addresses whose bucket is full again. Called about once a second. */
  sweep(): void {
    this.#loop.look()
    const nowMs = this.#now()
    const burst = Math.max(1, this.#perSecond * BURST_OF_ONE)
    for (const [address, bucket] of this.#byAddress) {
      refill(bucket, nowMs, Math.max(1, this.#perSecond * SHARE_OF_ONE), burst)
      if (bucket.left >= burst) this.#byAddress.delete(address)
    }
  }

  #slotS(nowMs: number): number {
    const most = LONGEST_RETRY_S * this.#perSecond
    refill(this.#turnedAway, nowMs, this.#perSecond, most)
    this.#turnedAway.left = Math.max(0, this.#turnedAway.left - 1)
    const ahead = most - this.#turnedAway.left
    return Math.min(LONGEST_RETRY_S, Math.ceil(ahead / this.#perSecond))
  }
}

function refill(bucket: Bucket, nowMs: number, perSecond: number, most: number): void {
  bucket.left = Math.min(most, bucket.left + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000)
  bucket.atMs = nowMs
}
