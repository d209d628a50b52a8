import { LIMITS } from './limits.ts'
import type { Clock } from './ports.ts'
import type { Caret, Changes, PresenceEntry, SessionId, Welcome } from './protocol.ts'

/** Who is here as a replica sees it, and its own caret on the way out: newest wins, one frame per LIMITS.presenceFrameMs. */
export class ReplicaPresence {
  readonly #clock: Clock
  readonly #send: (caret: Caret) => void
  readonly #listeners = new Set<() => void>()
  #people: ReadonlyMap<SessionId, PresenceEntry> = new Map()
  #isLocal = false
  #caret: Caret = null
  #sentAtMs = -Infinity
  #cancel: (() => void) | undefined

  constructor(clock: Clock, send: (caret: Caret) => void) {
    this.#clock = clock
    this.#send = send
  }

  get people(): ReadonlyMap<SessionId, PresenceEntry> {
    return this.#people
  }

  /** [PRES-9] People on other nodes may be missing, as the node said. */
  get isLocal(): boolean {
    return this.#isLocal
  }

  onPeople(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  setCaret(caret: Caret): void {
    this.#caret = caret
    if (this.#cancel !== undefined) return
    const waitMs = this.#sentAtMs + LIMITS.presenceFrameMs - this.#clock.now()
    // Never longer than one frame: a wall clock that was set back must not hold the caret.
    this.#cancel = this.#clock.after(Math.min(LIMITS.presenceFrameMs, Math.max(0, waitMs)), () => this.#flush())
  }

  /** A new session knows nothing of this one's caret yet. */
  welcome(welcome: Welcome): void {
    this.#isLocal = welcome.presenceIsLocal === true
    this.#replace(new Map(welcome.presence.map((entry) => [entry.sessionId, entry])))
    if (this.#caret !== null) this.setCaret(this.#caret)
  }

  /** [OUT-8] With `everybody`, whoever is not in `presence` has left. */
  hear({ presence, everybody, presenceIsLocal }: Changes): void {
    this.#isLocal = presenceIsLocal ?? this.#isLocal
    if (presence === undefined) return
    const people = new Map(everybody === true ? [] : this.#people)
    for (const change of presence) {
      if ('gone' in change) people.delete(change.sessionId)
      else people.set(change.sessionId, change)
    }
    this.#replace(people)
  }

  /** The link is gone: nobody can be seen any more. */
  clear(): void {
    this.#isLocal = false
    if (this.#people.size > 0) this.#replace(new Map())
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #flush(): void {
    this.#cancel = undefined
    this.#sentAtMs = this.#clock.now()
    this.#send(this.#caret)
  }

  #replace(people: ReadonlyMap<SessionId, PresenceEntry>): void {
    this.#people = people
    for (const listener of this.#listeners) listener()
  }
}
