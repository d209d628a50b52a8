import { Redis } from 'ioredis'
import type { NodeId } from '@tandem/sync'

const BEAT_MS = 1_000
/** A node that has said nothing for this long is dead to the others: what it counted is not counted any more. */
const SILENT_MS = 4_000
/** Somebody waits at the door for these answers; later ones are as good as none. */
const COMMAND_MS = 250
const CONNECT_MS = 3_000
const MAX_RETRY_MS = 2_000
/** A connection that stays open and answers nothing is made anew: a paused Redis raises no event at all. */
const MOST_UNANSWERED_BEATS = 10

/** KEYS[1] is the set of nodes by the time of their last beat. By the clock of Redis, which is one for all of them. */
const BEAT = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zremrangebyscore', KEYS[1], '-inf', now - ARGV[2])
local isNew = redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[2] * 10)
return {isNew, redis.call('zcard', KEYS[1])}
`

export interface ClusterOptions {
  readonly url: string
  readonly node: NodeId
  /** Of every key, so that deployments can share one Redis. */
  readonly prefix: string
}

/**
 * What the nodes count together in Redis, and how many of them there are. A connection of its own, with little patience:
 * whoever counts here has another answer when Redis has none. Never throws; while Redis is gone it goes on trying.
 */
export class Cluster {
  readonly redis: Redis
  readonly #options: ClusterOptions
  readonly #beater: NodeJS.Timeout
  readonly #forgotten = new Set<() => void>()
  #isWell = false
  #nodeCount = 1
  #unanswered = 0
  #closed = false

  constructor(options: ClusterOptions) {
    this.#options = options
    this.redis = new Redis(options.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: COMMAND_MS,
      connectTimeout: CONNECT_MS,
      autoResendUnfulfilledCommands: false,
      retryStrategy: (times) => Math.random() * Math.min(MAX_RETRY_MS, 100 * 2 ** times),
    })
    // The relay, which has the same address, tells the log.
    this.redis.on('error', () => (this.#isWell = false))
    this.redis.on('close', () => (this.#isWell = false))
    this.redis.on('ready', () => void this.#beat())
    this.#beater = setInterval(() => void this.#beat(), BEAT_MS)
  }

  /** Whether Redis answered when it was asked last. */
  get isWell(): boolean {
    return this.#isWell
  }

  /** How many nodes there are, this one included, as of the last answer; at least 1. */
  get nodeCount(): number {
    return this.#nodeCount
  }

  get node(): NodeId {
    return this.#options.node
  }

  /** The nodes that live, by the time of their last beat: for scripts that count for the living only. */
  get nodesKey(): string {
    return this.key('nodes')
  }

  /** How far back, in ms, a beat may lie. */
  get silentMs(): number {
    return SILENT_MS
  }

  /** All keys of a deployment are in one slot of a Redis Cluster: a script may look at several. */
  key(name: string): string {
    return `{${this.#options.prefix}counts}:${name}`
  }

  /** Calls back whenever Redis has forgotten what this node counted: it was emptied, or took this node for dead. */
  onForgotten(listener: () => void): void {
    this.#forgotten.add(listener)
  }

  /** What Redis answers; undefined when it does not, and then it may have done it or not. */
  async ask<Answer>(work: (redis: Redis) => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.#isWell) return undefined
    try {
      return await work(this.redis)
    } catch {
      this.#isWell = false // until the next beat is answered
      return undefined
    }
  }

  /** Takes this node out, so that what it counted is free at once. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#beater)
    await this.ask((redis) => redis.zrem(this.nodesKey, this.node))
    this.#isWell = false
    this.redis.disconnect()
  }

  async #beat(): Promise<void> {
    if (this.#closed || this.redis.status !== 'ready') return
    try {
      const answer = await this.redis.eval(BEAT, 1, this.nodesKey, this.node, SILENT_MS)
      const [isNew, nodeCount] = answer as [number, number]
      this.#nodeCount = Math.max(1, nodeCount)
      this.#isWell = true
      this.#unanswered = 0
      if (isNew === 1) for (const listener of this.#forgotten) listener()
    } catch {
      this.#isWell = false
      this.#unanswered += 1
      if (this.#unanswered < MOST_UNANSWERED_BEATS || this.#closed) return
      this.#unanswered = 0
      this.redis.disconnect(true)
    }
  }
}
