import type { Allowance, Charge } from '@tandem/api'
import { LIMITS, SyncError, type DocumentId, type UserId } from '@tandem/sync'
import type { Party, SharedRates } from './shared-rates.ts'

/** What refills a bucket and how much it holds, with the limit's name for the error. */
const RATES: Record<Charge, { perSecond: number; burst: number; limit: string }> = {
  call: { perSecond: LIMITS.callsPerSecond, burst: LIMITS.callBurst, limit: 'LIMITS.callsPerSecond' },
  push: { perSecond: LIMITS.pushesPerSecond, burst: LIMITS.pushBurst, limit: 'LIMITS.pushesPerSecond' },
  presence: { perSecond: LIMITS.presencePerSecond, burst: LIMITS.presencePerSecond, limit: 'LIMITS.presencePerSecond' },
}

const CHARGES = ['call', 'push', 'presence'] as const satisfies readonly Charge[]

interface Bucket {
  left: number
  refilledAtMs: number
}

/** Token buckets of one caller; they refill by the clock when asked, so nobody needs a timer. */
export class Buckets implements OwnAllowance {
  readonly #now: () => number
  readonly #buckets: Record<Charge, Bucket>
  #sessions = 0

  /** `now` in ms, monotonic. */
  constructor(now: () => number) {
    this.#now = now
    const bucket = (charge: Charge): Bucket => ({ left: RATES[charge].burst, refilledAtMs: now() })
    this.#buckets = { call: bucket('call'), push: bucket('push'), presence: bucket('presence') }
  }

  take(charge: Charge): void {
    const bucket = this.#refilled(charge)
    if (bucket.left < 1) {
      const { perSecond, limit } = RATES[charge]
      throw new SyncError(
        'overloaded',
        `Too many at once; the limit is ${perSecond} a second (${limit}). Wait a moment and send it again.`,
      )
    }
    bucket.left -= 1
  }

  openSession(): () => void {
    if (this.#sessions >= LIMITS.sessionsPerSocket) {
      throw new SyncError(
        'overloaded',
        `A socket carries at most ${LIMITS.sessionsPerSocket} subscriptions (LIMITS.sessionsPerSocket). Open another one.`,
      )
    }
    this.#sessions += 1
    let open = true
    return () => {
      if (open) this.#sessions -= 1
      open = false
    }
  }

  /** Whether every bucket is full again and nothing is open: forgetting it changes nothing. */
  get full(): boolean {
    return this.#sessions === 0 && CHARGES.every((charge) => this.#refilled(charge).left === RATES[charge].burst)
  }

  #refilled(charge: Charge): Bucket {
    const bucket = this.#buckets[charge]
    const { perSecond, burst } = RATES[charge]
    const nowMs = this.#now()
    const seconds = Math.max(0, nowMs - bucket.refilledAtMs) / 1000
    bucket.refilledAtMs = nowMs
    bucket.left = Math.min(burst, bucket.left + seconds * perSecond)
    return bucket
  }
}

type OwnAllowance = Pick<Allowance, 'openSession'> & { take(charge: Charge): void }

const FOR: Record<Party, string> = { user: 'from one user', ip: 'from one address', document: 'in one document' }

export interface CallerAllowanceOptions {
  /** Of this socket alone, or of this caller over plain HTTP. */
  readonly own: OwnAllowance
  readonly shared: Pick<SharedRates, 'take' | 'takeFor' | 'takeInvite' | 'perSecond'>
  /** As `addressGroup` makes it. */
  readonly address: string
  readonly userId: UserId | undefined
  readonly onRefused: (bucket: 'caller' | Party, charge: Charge | 'invite') => void
}

/** All the limits of one caller: their own first, which cost nothing, then those that user, address and document share on all nodes. */
export class CallerAllowance implements Allowance {
  readonly #options: CallerAllowanceOptions

  constructor(options: CallerAllowanceOptions) {
    this.#options = options
  }

  take(charge: Charge): void | Promise<void> {
    const { own, address, userId, onRefused } = this.#options
    try {
      own.take(charge)
    } catch (error) {
      onRefused('caller', charge)
      throw error
    }
    const ofUser = userId === undefined || this.#options.shared.take('user', charge, userId)
    if (ofUser === false) return this.#judge(false, 'user', charge)
    const ofAddress = this.#options.shared.take('ip', charge, address)
    // What is awaited here never rejects, so a refusal by the one leaves no rejection of the other behind.
    if (typeof ofUser !== 'boolean' || typeof ofAddress !== 'boolean')
      return Promise.all([ofUser, ofAddress]).then(([isOfUser, isOfAddress]) => {
        this.#judge(isOfUser, 'user', charge)
        this.#judge(isOfAddress, 'ip', charge)
      })
    this.#judge(ofAddress, 'ip', charge)
  }

  takeOf(documentId: DocumentId, charge: Charge): void | Promise<void> {
    const { shared, userId } = this.#options
    const taken =
      userId === undefined ? shared.take('document', charge, documentId) : shared.takeFor(userId, charge, documentId)
    if (typeof taken === 'boolean') return this.#judge(taken, 'document', charge)
    return taken.then((isTaken) => this.#judge(isTaken, 'document', charge))
  }

  async takeInvite(): Promise<void> {
    if (await this.#options.shared.takeInvite(this.#options.address)) return
    this.#options.onRefused('ip', 'invite')
    throw new SyncError(
      'overloaded',
      `Invite links can be tried, and access asked for, ${LIMITS.invitesPerMinute} times a minute from one address (LIMITS.invitesPerMinute). Wait a minute and try again.`,
    )
  }

  openSession(): () => void {
    return this.#options.own.openSession()
  }

  #judge(isTaken: boolean, party: Party, charge: Charge): void {
    if (isTaken) return
    this.#options.onRefused(party, charge)
    const perSecond = this.#options.shared.perSecond(party, charge)
    throw new SyncError(
      'overloaded',
      `Too many at once ${FOR[party]}; the limit on all nodes is ${perSecond} a second (${charge}). Wait a moment and send it again.`,
    )
  }
}

const MAX_CALLERS = 50_000

/** Buckets of those who call over plain HTTP, by user or address. Bounded: those that are full again are forgotten first. */
export class CallerBuckets {
  readonly #now: () => number
  readonly #callers = new Map<string, Buckets>()

  constructor(now: () => number) {
    this.#now = now
  }

  of(caller: string): OwnAllowance {
    const known = this.#callers.get(caller)
    if (known !== undefined) return known
    if (this.#callers.size >= MAX_CALLERS) this.#forget()
    const buckets = new Buckets(this.#now)
    this.#callers.set(caller, buckets)
    return buckets
  }

  #forget(): void {
    for (const [caller, buckets] of this.#callers) if (buckets.full) this.#callers.delete(caller)
    for (const caller of this.#callers.keys()) {
      if (this.#callers.size < MAX_CALLERS) return
      this.#callers.delete(caller) // the oldest ones
    }
  }
}
