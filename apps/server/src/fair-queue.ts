/** Somebody who has calls in flight or waiting. */
export interface Caller<Entry> {
  readonly who: string
  readonly inFlight: number
  /** Oldest first. */
  readonly waiting: readonly Entry[]
}

interface Known<Entry> extends Caller<Entry> {
  inFlight: number
  readonly waiting: Entry[]
  /** Number of the turn in which a call of theirs began last. */
  lastTurn: number
}

/**
 * What waits, by caller, and whose turn it is: of those who wait, the one with fewest calls in flight, and of these the one
 * who was served longest ago. Remembers only callers who have something in flight or waiting. Costs as much as there are such callers.
 */
export class FairQueue<Entry extends object> {
  readonly #callers = new Map<string, Known<Entry>>()
  /** Everything that waits, oldest first, with whose it is. */
  readonly #order = new Map<Entry, Known<Entry>>()
  #turns = 0

  get length(): number {
    return this.#order.size
  }

  get oldest(): Entry | undefined {
    return this.#order.keys().next().value
  }

  /** Until `ended` or `forgetIdle` finds nothing of theirs. */
  callerOf(who: string): Caller<Entry> {
    let caller = this.#callers.get(who)
    if (caller === undefined) {
      // Who is new comes before who was just served, and after who has waited since before that.
      caller = { who, inFlight: 0, waiting: [], lastTurn: this.#turns - 1 }
      this.#callers.set(who, caller)
    }
    return caller
  }

  began({ who }: Caller<Entry>): void {
    const caller = this.#known(who)
    caller.inFlight += 1
    caller.lastTurn = this.#turns += 1
  }

  ended({ who }: Caller<Entry>): void {
    const caller = this.#known(who)
    caller.inFlight -= 1
    this.forgetIdle(caller)
  }

  forgetIdle({ who, inFlight, waiting }: Caller<Entry>): void {
    if (inFlight === 0 && waiting.length === 0) this.#callers.delete(who)
  }

  add({ who }: Caller<Entry>, entry: Entry): void {
    const caller = this.#known(who)
    caller.waiting.push(entry)
    this.#order.set(entry, caller)
  }

  /** Out of the queue. Whoever has `mostOfOne` in flight is passed over. */
  takeNext(mostOfOne: number): { caller: Caller<Entry>; entry: Entry } | undefined {
    if (this.#order.size === 0) return undefined
    let next: Known<Entry> | undefined
    for (const caller of this.#callers.values())
      if (caller.waiting.length > 0 && caller.inFlight < mostOfOne && (next === undefined || isBefore(caller, next)))
        next = caller
    const entry = next?.waiting.shift()
    if (next === undefined || entry === undefined) return undefined
    this.#order.delete(entry)
    return { caller: next, entry }
  }

  /** Takes out the newest of whoever has most waiting, if that is clearly more than this caller has. */
  displaceFor({ waiting }: Caller<Entry>): Entry | undefined {
    let most: Known<Entry> | undefined
    for (const caller of this.#callers.values())
      if (caller.waiting.length > (most?.waiting.length ?? waiting.length + 1)) most = caller
    const entry = most?.waiting.pop()
    if (most === undefined || entry === undefined) return undefined
    this.#order.delete(entry)
    this.forgetIdle(most)
    return entry
  }

  dropOldest(): void {
    const [first] = this.#order
    if (first === undefined) return
    const [entry, caller] = first
    this.#order.delete(entry)
    caller.waiting.shift() // each caller's own are in the order of all
    this.forgetIdle(caller)
  }

  #known(who: string): Known<Entry> {
    const caller = this.#callers.get(who)
    if (caller === undefined) throw new Error('This caller has nothing in flight and nothing waiting.')
    return caller
  }
}

function isBefore(one: Known<object>, other: Known<object>): boolean {
  return one.inFlight === other.inFlight ? one.lastTurn < other.lastTurn : one.inFlight < other.inFlight
}
