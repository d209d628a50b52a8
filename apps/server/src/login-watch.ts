import type { Log } from './log.ts'

/** A socket that was opened by a login. */
export interface LoginHolder {
  /** Undefined while nobody has signed in on it. */
  readonly loginId: string | undefined
  /** Its login has ended. May be called twice. */
  loginEnded(): void
}

const LOOK_EVERY_MS = 3_000
const MOST_AT_ONCE = 500

/**
 * Looks in the database which logins have ended: a sign-out on another node is told through Redis, and that may be lost or
 * down. Every 3 s, one look at a time, at most 500 logins in a query.
 */
export class LoginWatch {
  readonly #lasting: (loginIds: readonly string[]) => Promise<ReadonlySet<string>>
  readonly #now: () => number
  readonly #log: Log
  #lookedAtMs: number
  #isLooking = false

  constructor(options: {
    /** Which of these last. Throws when that cannot be known now. */
    lasting: (loginIds: readonly string[]) => Promise<ReadonlySet<string>>
    /** Monotonic, ms. */
    now: () => number
    log: Log
  }) {
    this.#lasting = options.lasting
    this.#now = options.now
    this.#log = options.log
    this.#lookedAtMs = options.now()
  }

  /** Called about once a second. Never throws; resolves when this look, if it was time for one, is over. */
  async sweep(holders: Iterable<LoginHolder>): Promise<void> {
    if (this.#isLooking || this.#now() - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#isLooking = true
    this.#lookedAtMs = this.#now()
    try {
      await this.#look(holders)
    } catch (error) {
      // Who cannot be looked up stays: a database that is down must not sign everybody out.
      this.#log.debug({ err: error }, 'logins could not be looked up; asked again soon')
    } finally {
      this.#isLooking = false
    }
  }

  async #look(holders: Iterable<LoginHolder>): Promise<void> {
    const byLogin = Map.groupBy(holders, ({ loginId }) => loginId)
    const loginIds = [...byLogin.keys()].filter((loginId) => loginId !== undefined)
    for (let at = 0; at < loginIds.length; at += MOST_AT_ONCE) {
      const asked = loginIds.slice(at, at + MOST_AT_ONCE)
      const lasting = await this.#lasting(asked)
      for (const loginId of asked)
        if (!lasting.has(loginId)) for (const holder of byLogin.get(loginId) ?? []) holder.loginEnded()
    }
  }
}
