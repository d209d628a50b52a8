import type { Clock } from './ports.ts'

/**
 * Where an acked push waited, in the order of its way; ms by the page's clock. What was typed into one push is one change,
 * reckoned from its first letter: nothing in it waited longer. Not knowing is undefined, never 0.
 */
export interface SaveWaits {
  /** Until it was kept on this device; undefined: it was sent meanwhile, an earlier page kept it, or this browser keeps nothing. */
  readonly keepMs: number | undefined
  /** Then until there was the link over which it was sent; undefined: since an earlier page. */
  readonly linkMs: number | undefined
  /** Then until it was sent, its last part if it has several: behind others, or during the pause after a refusal. */
  readonly turnMs: number
  /** From then to the ack. */
  readonly roundTripMs: number
  /** Of the round trip, from its arrival at the node to its place in the log; undefined: an older node, which does not say. */
  readonly nodeMs: number | undefined
}

/** The newest change of this browser that was acked. Immutable. */
export interface SaveTrace {
  /** When the ack was heard of, ms since 1970. */
  readonly savedAtMs: number
  /** Undefined: another tab of this browser sent it. */
  readonly waits: SaveWaits | undefined
}

/** What a replica knows of its saving beside what it shows all the time. */
export interface Saves {
  /** The same object until there is a newer one; undefined: nothing was acked since the document was opened. */
  readonly last: SaveTrace | undefined
  /** When the oldest unsent work was typed, ms since 1970; undefined: there is none, or an earlier page typed it. */
  readonly waitingSinceMs: number | undefined
}

/** How a push went out that was acked. */
export interface Sent {
  /** Since when there had been that link. */
  readonly overSinceMs: number
  readonly atMs: number
  /** As the node said it. */
  readonly heldMs: number | undefined
}

interface Way {
  /** Undefined: by an earlier page. */
  readonly typedAtMs: number | undefined
  keptAtMs: number | undefined
}

/** The times of unsent pushes, from typing to the ack. Holds one small entry for each push that is unsent. */
export class SaveTraces implements Saves {
  readonly #clock: Pick<Clock, 'now'>
  /** Oldest first. */
  readonly #ways = new Map<number, Way>()
  #last: SaveTrace | undefined

  /** `stored`: what an earlier page has kept. */
  constructor(clock: Pick<Clock, 'now'>, stored: readonly { readonly pushId: number }[]) {
    this.#clock = clock
    for (const { pushId } of stored) this.#ways.set(pushId, { typedAtMs: undefined, keptAtMs: undefined })
  }

  get last(): SaveTrace | undefined {
    return this.#last
  }

  get waitingSinceMs(): number | undefined {
    const [oldest] = this.#ways.values()
    return oldest?.typedAtMs
  }

  /** A push begins with what was typed then; what is merged into it later came later. */
  typed(pushId: number, typedAtMs: number): void {
    this.#ways.set(pushId, { typedAtMs, keptAtMs: undefined })
  }

  /** The store has it; the first time counts. */
  kept(pushId: number): void {
    const way = this.#ways.get(pushId)
    if (way?.typedAtMs !== undefined) way.keptAtMs ??= this.#clock.now()
  }

  /** Without `sent`, another tab has said so. A second ack of the same push says nothing new. */
  acked(pushId: number, sent: Sent | undefined): void {
    const way = this.#ways.get(pushId)
    if (way === undefined) return
    this.#ways.delete(pushId)
    const savedAtMs = this.#clock.now()
    this.#last = { savedAtMs, waits: sent && waitsOf(way, sent, savedAtMs) }
  }
}

function waitsOf({ typedAtMs, ...way }: Way, { overSinceMs, atMs, heldMs }: Sent, savedAtMs: number): SaveWaits {
  const keptAtMs = way.keptAtMs === undefined || way.keptAtMs > atMs ? undefined : way.keptAtMs
  const readyAtMs = keptAtMs ?? typedAtMs
  const roundTripMs = spanMs(atMs, savedAtMs)
  return {
    keepMs: keptAtMs === undefined || typedAtMs === undefined ? undefined : spanMs(typedAtMs, keptAtMs),
    linkMs: readyAtMs === undefined ? undefined : spanMs(readyAtMs, overSinceMs),
    turnMs: spanMs(Math.max(overSinceMs, readyAtMs ?? overSinceMs), atMs),
    roundTripMs,
    nodeMs: heldMs === undefined ? undefined : Math.min(heldMs, roundTripMs),
  }
}

/** Somebody may set the page's clock back meanwhile: nothing took less than no time. */
function spanMs(fromMs: number, toMs: number): number {
  return Math.max(0, toMs - fromMs)
}
