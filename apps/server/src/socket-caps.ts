import type { Cluster } from './cluster.ts'

/** Whose sockets are counted together, on all nodes; of a document's link, the sessions of those whom it alone lets in. */
export type SocketHolder = 'ip' | 'user' | 'link'

const TICK_MS = 1_000
/** Told to Redis again within this time, so that what it has lost or never heard heals. */
const REPEAT_TICKS = 300
/** A count that nobody repeats is forgotten; only those of nodes that live count anyway. */
const KEPT_MS = 2 * REPEAT_TICKS * TICK_MS
/** Counts in one go; more wait for the next tick. */
const MOST_AT_ONCE = 1_000

/**
 * How many sockets each node carries for one holder: a hash of node -> count. Sets this node's unless all together would be
 * too many, and answers whether it did. The counts of nodes that have not said anything lately do not count.
 * KEYS: the hash, the nodes that live. ARGV: this node, its count, the cap (-1: none), silentMs, keptMs.
 */
const SET = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all = redis.call('hgetall', KEYS[1])
local others = 0
for at = 1, #all, 2 do
  if all[at] ~= ARGV[1] then
    local beat = redis.call('zscore', KEYS[2], all[at])
    if beat and tonumber(beat) > now - ARGV[4] then others = others + all[at + 1]
    else redis.call('hdel', KEYS[1], all[at]) end
  end
end
local cap = tonumber(ARGV[3])
if cap >= 0 and others + ARGV[2] > cap then return 0 end
if tonumber(ARGV[2]) == 0 then redis.call('hdel', KEYS[1], ARGV[1])
else
  redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
  redis.call('pexpire', KEYS[1], ARGV[5])
end
return 1
`

export interface SocketCapsOptions {
  /** Undefined: this node is the only one. */
  readonly cluster: Cluster | undefined
  readonly caps: Readonly<Record<SocketHolder, number>>
  readonly onRefused: (holder: SocketHolder) => void
}

/**
 * How many sockets an address and a user may have on all nodes together, and how many sessions a document's link may let in. The nodes count in Redis; a node that was killed
 * is forgotten with its sockets within 4 s. While Redis does not answer, each node allows its part: the cap
 * divided by the number of nodes.
 */
export class SocketCaps {
  readonly #options: SocketCapsOptions
  readonly #counts = new Map<string, number>()
  /** What Redis has not been told, or should be told again. */
  readonly #untold = new Set<string>()
  #repeating: Iterator<string> = [].values()
  #ticker: NodeJS.Timeout | undefined
  #telling = false

  constructor(options: SocketCapsOptions) {
    this.#options = options
    if (options.cluster === undefined) return
    options.cluster.onForgotten(() => {
      for (const name of this.#counts.keys()) this.#untold.add(name)
    })
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Resolves with what gives the place back (may be called twice), or with undefined when there is none. Never rejects. */
  async hold(holder: SocketHolder, id: string): Promise<(() => void) | undefined> {
    const cap = this.#options.caps[holder]
    const name = `${holder} ${id}`
    const own = this.#add(name, 1)
    const isHeld = own <= cap && (await this.#isFree(name, own, cap))
    let isGiven = false
    const giveBack = (): void => {
      if (isGiven) return
      isGiven = true
      this.#add(name, -1)
      this.#tellSoon(name)
    }
    if (isHeld) return giveBack
    giveBack()
    this.#options.onRefused(holder)
    return undefined
  }

  close(): void {
    clearInterval(this.#ticker)
    this.#untold.clear()
  }

  async #isFree(name: string, own: number, cap: number): Promise<boolean> {
    const { cluster } = this.#options
    if (cluster === undefined) return true
    const answer = await cluster.ask((redis) => redis.eval(SET, ...this.#arguments(cluster, { name, own, cap })))
    if (answer !== undefined) return answer === 1
    this.#untold.add(name)
    return own <= Math.max(1, Math.floor(cap / cluster.nodeCount))
  }

  /** Of the script, after its text. */
  #arguments(
    cluster: Cluster,
    { name, own, cap }: { name: string; own: number; cap: number },
  ): [numkeys: number, ...args: (string | number)[]] {
    const keys = [cluster.key(`sockets ${name}`), cluster.nodesKey]
    return [keys.length, ...keys, cluster.node, own, cap, cluster.silentMs, KEPT_MS]
  }

  #add(name: string, by: 1 | -1): number {
    const count = (this.#counts.get(name) ?? 0) + by
    if (count > 0) this.#counts.set(name, count)
    else this.#counts.delete(name)
    return count
  }

  /** Many that close in one turn are told of together. */
  #tellSoon(name: string): void {
    if (this.#options.cluster === undefined) return
    this.#untold.add(name)
    setImmediate(() => void this.#tell())
  }

  #tick(): void {
    const share = Math.ceil(this.#counts.size / REPEAT_TICKS)
    for (let told = 0; told < share; told += 1) {
      const next = this.#repeating.next()
      if (next.done === true) {
        this.#repeating = this.#counts.keys()
        break
      }
      this.#untold.add(next.value)
    }
    void this.#tell()
  }

  async #tell(): Promise<void> {
    const { cluster } = this.#options
    if (cluster === undefined || this.#telling || this.#untold.size === 0) return
    this.#telling = true
    const names = [...this.#untold].slice(0, MOST_AT_ONCE)
    for (const name of names) this.#untold.delete(name)
    // The counts as they are now: a later one is never overwritten by an earlier one, since one connection keeps the order.
    const counts = names.map((name) => ({ name, own: this.#counts.get(name) ?? 0 }))
    const answered = await cluster.ask(async (redis) => {
      const all = redis.pipeline() // written at once: a thousand sockets may have closed in one turn
      for (const { name, own } of counts) all.eval(SET, ...this.#arguments(cluster, { name, own, cap: -1 }))
      const failed = (await all.exec())?.find(([error]) => error !== null)
      if (failed?.[0]) throw failed[0]
      return true
    })
    if (answered === undefined) for (const name of names) this.#untold.add(name)
    this.#telling = false
  }
}
