import type { Charge } from '@tandem/api'
import { LIMITS } from '@tandem/sync'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Cluster } from './cluster.ts'
import type { Config } from './config.ts'

/** Whose calls are counted together, on all nodes. */
export type Party = 'user' | 'ip' | 'document'

const WINDOW_S = 2
/** Points are taken from Redis by tenths of what a window has. */
const BATCHES = 10
/** Beyond this, whoever was counted longest ago is forgotten. */
const MOST_LEASES = 50_000
const FORGOTTEN_AT_ONCE = 1_000

interface Lease {
  /** Points taken and not used. Below 0: used, and not taken yet. */
  left: number
  /** What was taken lapses then. */
  untilMs: number
  /** There is nothing to take before then. */
  dryUntilMs: number
  asking: Promise<void> | undefined
}

interface Rate {
  readonly perSecond: number
  readonly batch: number
  readonly leases: Map<string, Lease>
  /** When all nodes count together. */
  readonly together: RateLimiterRedis | RateLimiterMemory
  /** This node's part of it, while Redis does not answer. */
  readonly alone: RateLimiterMemory
  readonly points: number
}

export interface SharedRatesOptions {
  /** Undefined: this node is the only one. */
  readonly cluster: Cluster | undefined
  /** Per second; a party without a number is not counted. */
  readonly rates: SharedRateTable
  /** Monotonic, ms. */
  readonly now: () => number
}

export type SharedRateTable = Record<Party, Partial<Record<Charge, number>>>

/**
 * What a user and an address may do is what their sockets may do when all of them are a little busy, and never less than
 * one socket alone may, its burst included: whoever is allowed more sockets may do more.
 */
export function sharedRateTable({
  socketsPerUser,
  socketsPerIp,
}: Pick<Config, 'socketsPerUser' | 'socketsPerIp'>): SharedRateTable {
  const of = (sockets: number): Record<Charge, number> => ({
    push: Math.max(LIMITS.pushesPerSecond, LIMITS.pushBurst / WINDOW_S, sockets * LIMITS.sharedPushesPerSocket),
    presence: Math.max(LIMITS.presencePerSecond, sockets * LIMITS.sharedPresencePerSocket),
    call: Math.max(LIMITS.callsPerSecond, LIMITS.callBurst / WINDOW_S, sockets * LIMITS.sharedCallsPerSocket),
  })
  const document = { push: LIMITS.documentPushesPerSecond, presence: LIMITS.documentPresencePerSecond }
  return { user: of(socketsPerUser), ip: of(socketsPerIp), document }
}

/**
 * Rates of users, addresses and documents over all nodes, counted in Redis in windows of 2 s.
 *
 * No frame waits for Redis: a node takes points a tenth of a window at a time, uses them up by itself, and may be a
 * tenth in debt while it asks for more; it waits only when that is used up, too. So over a time T all nodes
 * together let through at most `perSecond * (T + 2 s)`, and once a tenth of a window for each node.
 * While Redis does not answer, each node has its part: the rate divided by the number of nodes.
 */
export class SharedRates {
  readonly #rates = new Map<string, Rate>()
  readonly #cluster: Cluster | undefined
  readonly #now: () => number

  constructor({ cluster, rates, now }: SharedRatesOptions) {
    this.#cluster = cluster
    this.#now = now
    for (const [party, charges] of Object.entries(rates))
      for (const [charge, perSecond] of Object.entries(charges))
        this.#rates.set(`${party} ${charge}`, rateOf(`${party}-${charge}`, perSecond, cluster))
  }

  perSecond(party: Party, charge: Charge): number | undefined {
    return this.#rates.get(`${party} ${charge}`)?.perSecond
  }

  /** Whether `id` may do this once more. At once, but for who has used up all that this node had taken for them. Never rejects. */
  take(party: Party, charge: Charge, id: string): boolean | Promise<boolean> {
    const rate = this.#rates.get(`${party} ${charge}`)
    if (rate === undefined) return true
    const lease = rate.leases.get(id) ?? this.#begin(rate, id)
    const isTaken = this.#use(rate, lease)
    const isDry = this.#now() < lease.dryUntilMs
    if (lease.left <= 0 && !isDry) lease.asking ??= this.#ask(rate, lease, id)
    return isTaken || isDry ? isTaken : this.#wait(rate, lease, id)
  }

  /** Whether it is known, without asking anybody, that `take` would be refused. */
  isDry(party: Party, charge: Charge, id: string): boolean {
    const lease = this.#rates.get(`${party} ${charge}`)?.leases.get(id)
    return lease !== undefined && lease.left <= 0 && this.#now() < lease.dryUntilMs
  }

  /** Everybody who waits goes on in the order they came; each turn of this loop is a tenth of a window, so there are ten at most. */
  async #wait(rate: Rate, lease: Lease, id: string): Promise<boolean> {
    for (;;) {
      await lease.asking
      if (this.#use(rate, lease)) return true
      if (this.#now() < lease.dryUntilMs) return false
      lease.asking ??= this.#ask(rate, lease, id)
    }
  }

  #use(rate: Rate, lease: Lease): boolean {
    const now = this.#now()
    if (lease.left > 0 && now >= lease.untilMs) lease.left = 0
    if (lease.left <= (now < lease.dryUntilMs ? 0 : -rate.batch)) return false
    lease.left -= 1
    return true
  }

  async #ask(rate: Rate, lease: Lease, id: string): Promise<void> {
    const { alone, together, points } = rate
    const nodeCount = this.#cluster?.nodeCount ?? 1
    const isAlone = this.#cluster?.isWell !== true
    alone.points = Math.max(1, Math.floor(points / nodeCount))
    const batch = isAlone ? Math.max(1, Math.floor(rate.batch / nodeCount)) : rate.batch
    try {
      const { msBeforeNext } = await (isAlone ? alone : together).consume(id, batch)
      // So that this node's part is not given once more when Redis stops to answer in the middle of a window.
      if (!isAlone) await alone.penalty(id, batch)
      const now = this.#now()
      lease.left = (now < lease.untilMs ? lease.left : Math.min(lease.left, 0)) + batch
      lease.untilMs = now + msBeforeNext
    } catch (refusal) {
      // Anything else than "used up" is a fault of the limiter itself: then nothing is let through, rather than everything.
      lease.dryUntilMs = this.#now() + (refusal instanceof RateLimiterRes ? refusal.msBeforeNext : WINDOW_S * 1000)
    } finally {
      lease.asking = undefined
    }
  }

  #begin(rate: Rate, id: string): Lease {
    const { leases } = rate
    if (leases.size >= MOST_LEASES) {
      let forgotten = 0
      for (const known of leases.keys()) {
        leases.delete(known)
        if ((forgotten += 1) === FORGOTTEN_AT_ONCE) break
      }
    }
    const lease: Lease = { left: 0, untilMs: 0, dryUntilMs: 0, asking: undefined }
    leases.set(id, lease)
    return lease
  }
}

function rateOf(name: string, perSecond: number, cluster: Cluster | undefined): Rate {
  const batch = Math.ceil((perSecond * WINDOW_S) / BATCHES)
  // Whole batches: one is given or not, nobody gets a part of one.
  const points = batch * BATCHES
  const window = { keyPrefix: name, points, duration: WINDOW_S }
  const alone = new RateLimiterMemory(window)
  const together =
    cluster === undefined
      ? alone
      : new RateLimiterRedis({
          ...window,
          keyPrefix: cluster.key(`rate-${name}`),
          storeClient: cluster.redis,
          rejectIfRedisNotReady: true,
          inMemoryBlockOnConsumed: points, // whoever has used it up costs Redis nothing more
          insuranceLimiter: alone,
        })
  return { perSecond, batch, leases: new Map(), together, alone, points }
}
