const LOOK_MS = 1_000
/** A database that restarts is back sooner. */
const LOST_MS = 5_000
/** Longer than clients wait before they push again: while they fail, there is always one that failed lately. */
const FAILED_APPEND_MS = 6_000

export interface LogWatchPorts {
  /** Resolves when a write was just made durable. */
  readonly ready: () => Promise<void>
  /** Whether another node could take this one's people; absent: there is no other. Never rejects. */
  readonly anotherIsReady?: (() => Promise<boolean>) | undefined
  /** Asks everybody on this node to connect again, which leads them to another one. */
  readonly sendAway: () => Promise<void>
  readonly socketCount: () => number
  /** Monotonic, ms. */
  readonly now: () => number
}

/**
 * Whether this node can write to its log. When it cannot for 5 s, and another node says that it can, people are sent
 * there. When nobody can (the database itself is down) they stay: coming back would need it, and waiting does not.
 */
export class LogWatch {
  readonly #ports: LogWatchPorts
  #looking: Promise<boolean> | undefined
  #failingSince: number | undefined
  #appendFailedAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(ports: LogWatchPorts) {
    this.#ports = ports
    if (ports.anotherIsReady !== undefined) this.#schedule()
  }

  /** Out of reach for 5 s, in a cluster: whoever comes is better off with another node. */
  get isLost(): boolean {
    return (
      this.#ports.anotherIsReady !== undefined &&
      this.#failingSince !== undefined &&
      this.#ports.now() - this.#failingSince >= LOST_MS
    )
  }

  /** Looks, unless the log is known to be lost: an answer that comes late is none to a load balancer. Never rejects. */
  async isWritable(): Promise<boolean> {
    return !this.isLost && (await this.#look()) && !this.#appendsFail
  }

  /** How an append ended. Of a disk that is all but full, a look may find the last bytes that it needs, and no edit does. */
  readonly appendEnded = (end: 'written' | 'failed'): void => {
    this.#appendFailedAt = end === 'failed' ? this.#ports.now() : undefined
  }

  get #appendsFail(): boolean {
    return this.#appendFailedAt !== undefined && this.#ports.now() - this.#appendFailedAt < FAILED_APPEND_MS
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  /** The next look is counted from the end of the one before: they never overlap. */
  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#tick().finally(() => this.#schedule()), LOOK_MS)
  }

  async #tick(): Promise<void> {
    const { socketCount, anotherIsReady, sendAway } = this.#ports
    if (socketCount() === 0 && this.#failingSince === undefined) return
    if ((await this.#look()) || !this.isLost || socketCount() === 0) return
    if (await anotherIsReady?.()) await sendAway()
  }

  #look(): Promise<boolean> {
    this.#looking ??= this.#write().finally(() => (this.#looking = undefined))
    return this.#looking
  }

  async #write(): Promise<boolean> {
    const startedAt = this.#ports.now()
    try {
      await this.#ports.ready()
      this.#failingSince = undefined
      return true
    } catch {
      // Why is said where somebody waits for an answer; here it only matters since when.
      this.#failingSince ??= startedAt
      return false
    }
  }
}
