import type { Charge } from '@tandem/api'
import { LIMITS, type DocumentId, type UserId } from '@tandem/sync'
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Cluster } from './cluster.ts'
import type { Config } from './config.ts'
import { CrowdedDocuments } from './crowded-documents.ts'

/** Whose calls are counted together, on all nodes. */
export type Party = 'user' | 'ip' | 'document'

const WINDOW_S = 2
/** Points are taken from Redis by tenths of what a window has. */
const BATCHES = 10
/** The part of a document's pushes that is kept for who writes modestly while others use up the rest. */
const RESERVED = 0.08
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
 * tenth in debt; it asks for more when half of that is used, so whoever makes a few calls costs no question, and waits only
 * when all of it is. So over a time T all nodes
 * together let through at most `perSecond * (T + 2 s)`, and once a tenth of a window for each node.
 * While Redis does not answer, each node has its part: the rate divided by the number of nodes.
 *
 * Of the pushes in one document a small part is kept for users who push seldom: whoever uses up the rest cannot lock them out.
 */
export class SharedRates {
  readonly #perSecond: SharedRateTable
  readonly #rates: Record<Party, Partial<Record<Charge, Rate>>> = { user: {}, ip: {}, document: {} }
  readonly #reserve: Rate | undefined
  readonly #crowded: CrowdedDocuments
  readonly #invites: Rate
  readonly #cluster: Cluster | undefined
  readonly #now: () => number

  constructor({ cluster, rates, now }: SharedRatesOptions) {
    this.#cluster = cluster
    this.#now = now
    this.#perSecond = rates
    this.#crowded = new CrowdedDocuments(now)
    for (const [party, charges] of Object.entries(rates) as [Party, SharedRateTable[Party]][])
      for (const [charge, perSecond] of Object.entries(charges) as [Charge, number][])
        this.#rates[party][charge] = rateOf(`${party}-${charge}`, perSecond, cluster)
    this.#invites = windowOf('invite', { points: LIMITS.invitesPerMinute, batch: 1, windowS: 60 }, cluster)
    const { push } = rates.document
    if (push === undefined) return
    this.#rates.document.push = rateOf('document-push', push * (1 - RESERVED), cluster)
    this.#reserve = rateOf('document-push-reserve', push * RESERVED, cluster)
  }

  perSecond(party: Party, charge: Charge): number | undefined {
    return this.#perSecond[party][charge]
  }

  /** Whether `id` may do this once more. At once, but for who has used up all that this node had taken for them. Never rejects. */
  take(party: Party, charge: Charge, id: string): boolean | Promise<boolean> {
    const rate = this.#rates[party][charge]
    return rate === undefined || this.#takeFrom(rate, id)
  }

  /** As `take` of the document; but what is kept for modest users is for this one, too, if they are. Never rejects. */
  takeFor(userId: UserId, charge: Charge, documentId: DocumentId): boolean | Promise<boolean> {
    const reserve = charge === 'push' ? this.#reserve : undefined
    if (reserve === undefined) return this.take('document', charge, documentId)
    const wasModest = this.#crowded.tried(documentId, userId)
    const fromReserve = (): boolean | Promise<boolean> =>
      this.#crowded.hitLimit(documentId, userId, wasModest) && this.#takeFrom(reserve, documentId)
    const taken = this.take('document', charge, documentId)
    if (typeof taken === 'boolean') return taken || fromReserve()
    return taken.then((isTaken) => isTaken || fromReserve())
  }

  /** Whether this address may try one more invite link, of LIMITS.invitesPerMinute: exactly so many on all nodes. Never rejects. */
  async takeInvite(address: string): Promise<boolean> {
    const { alone, together, points } = this.#invites
    const isAlone = this.#cluster?.isWell !== true
    alone.points = Math.max(1, Math.floor(points / (this.#cluster?.nodeCount ?? 1)))
    try {
      await (isAlone ? alone : together).consume(address, 1)
      if (!isAlone) await alone.penalty(address, 1)
      return true
    } catch {
      return false // used up; or a fault of the limiter itself, and then nobody guesses
    }
  }

  #takeFrom(rate: Rate, id: string): boolean | Promise<boolean> {
    const lease = rate.leases.get(id) ?? this.#begin(rate, id)
    const isTaken = this.#use(rate, lease)
    const isDry = this.#now() < lease.dryUntilMs
    if (lease.left <= -rate.batch / 2 && !isDry) lease.asking ??= this.#ask(rate, lease, id)
    return isTaken || isDry ? isTaken : this.#wait(rate, lease, id)
  }

  /** Whether it is known, without asking anybody, that `take` would be refused. */
  isDry(party: Party, charge: Charge, id: string): boolean {
    const lease = this.#rates[party][charge]?.leases.get(id)
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
  return windowOf(name, { points: batch * BATCHES, batch, windowS: WINDOW_S }, cluster)
}

function windowOf(
  name: string,
  { points, batch, windowS }: { points: number; batch: number; windowS: number },
  cluster: Cluster | undefined,
): Rate {
  const window = { keyPrefix: name, points, duration: windowS }
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
  return { batch, leases: new Map(), together, alone, points }
}
