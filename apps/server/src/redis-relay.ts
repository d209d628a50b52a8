import { Redis } from 'ioredis'
import type { Meter, NodeId, Relay, RelayMessage, Subscription, Topic } from '@tandem/sync'
import { safeMessage, type Log } from './log.ts'
import { PublishBacklog } from './publish-backlog.ts'
import { RelayEnvelope } from './relay-envelope.ts'

const TICK_MS = 1_000
const BEAT_MS = 5_000
/** The own heartbeat comes back within this, or the relay counts as unwell … */
const LATE_MS = 7_000
/** … and within this, or both connections are made anew: a paused Redis raises no event at all. */
const SILENT_MS = 12_000
const COMMAND_MS = 1_000
const CONNECT_MS = 3_000
const MAX_RETRY_MS = 2_000
/** Larger messages announce the head alone; whoever needs the rows reads the log. */
const MAX_ROWS_BYTES = 256 * 1024
const SUBSCRIBE_CHUNK = 500

export interface RedisRelayOptions {
  readonly url: string
  readonly node: NodeId
  readonly secretKey: string
  readonly log: Log
  readonly meter: Meter
  /** Monotonic, ms. */
  readonly now: () => number
}

interface Channel {
  readonly topic: Topic
  readonly listeners: Set<(message: RelayMessage) => void>
  ready: Promise<void>
  /** Redis has confirmed the subscription on the present connection. */
  confirmed: boolean
}

/**
 * The relay over Redis pub/sub. Never fails: while Redis is gone the node is alone, says so by `state`, and goes on
 * trying. After every time in which something may have been lost, it suspects.
 */
export class RedisRelay implements Relay {
  readonly #options: RedisRelayOptions
  readonly #envelope: RelayEnvelope
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #channels = new Map<string, Channel>()
  readonly #suspicions = new Set<() => void>()
  readonly #backlog = new PublishBacklog()
  readonly #beatChannel: string
  readonly #ticker: NodeJS.Timeout
  /** Settles with the first connection, or the first failure of one. */
  readonly #firstAnswer = Promise.withResolvers<void>()
  #well = false
  #beatAt = -Infinity
  #echoAt: number
  #complained = false

  constructor(options: RedisRelayOptions) {
    this.#options = options
    this.#envelope = new RelayEnvelope(options.node, options.secretKey)
    this.#beatChannel = this.#envelope.channel('beat')
    this.#echoAt = options.now()
    this.#publisher = connect(options.url)
    this.#subscriber = connect(options.url)
    this.#publisher.on('ready', () => this.#beat())
    this.#subscriber.on('ready', () => void this.#resubscribe())
    this.#subscriber.on('messageBuffer', (channel: Buffer, sealed: Buffer) => this.#receive(channel.toString(), sealed))
    for (const connection of [this.#publisher, this.#subscriber]) {
      connection.on('error', (error: Error) => this.#failed(error))
      connection.on('close', () => this.#failed(undefined))
    }
    this.#publisher.on('close', () => this.#backlog.forget())
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  get state(): 'well' | 'unwell' {
    return this.#well ? 'well' : 'unwell'
  }

  publish(topic: Topic, message: RelayMessage): void {
    const channel = this.#envelope.channel(topic)
    void this.#send(channel, this.#envelope.seal(channel, withoutLargeRows(message)))
  }

  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription {
    const name = this.#envelope.channel(topic)
    const channel = this.#channels.get(name) ?? this.#open(name, topic)
    const own = (message: RelayMessage): void => listener(message)
    channel.listeners.add(own)
    const close = (): void => {
      if (!channel.listeners.delete(own) || channel.listeners.size > 0) return
      this.#channels.delete(name)
      // Order is kept on the connection: a SUBSCRIBE that follows is not undone by this.
      this.#subscriber.unsubscribe(name).catch(() => this.#unwell())
    }
    return { ready: channel.ready, close }
  }

  onSuspicion(listener: () => void): () => void {
    const own = (): void => listener()
    this.#suspicions.add(own)
    return () => this.#suspicions.delete(own)
  }

  /** Ends both connections and every subscription. May be called twice. */
  close(): void {
    clearInterval(this.#ticker)
    this.#well = false
    this.#channels.clear()
    this.#suspicions.clear()
    this.#publisher.disconnect()
    this.#subscriber.disconnect()
  }

  #open(name: string, topic: Topic): Channel {
    const channel: Channel = { topic, listeners: new Set(), ready: Promise.resolve(), confirmed: false }
    this.#channels.set(name, channel)
    channel.ready = this.#firstAnswer.promise.then(() => this.#confirm([name]))
    return channel
  }

  /** Resolves when Redis has confirmed these, or when it is known that it cannot for now (`resubscribe` will). */
  async #confirm(names: readonly string[]): Promise<void> {
    const wanted = names.filter((name) => this.#channels.get(name)?.confirmed === false)
    if (wanted.length === 0 || this.#subscriber.status !== 'ready') return
    try {
      await this.#subscriber.subscribe(...wanted)
      for (const name of wanted) {
        const channel = this.#channels.get(name)
        if (channel !== undefined) channel.confirmed = true
      }
    } catch {
      this.#unwell()
    }
  }

  async #resubscribe(): Promise<void> {
    const names = [...this.#channels.keys()]
    for (const channel of this.#channels.values()) channel.confirmed = false
    this.#firstAnswer.resolve()
    try {
      await this.#subscriber.subscribe(this.#beatChannel)
    } catch {
      return this.#subscriber.disconnect(true)
    }
    for (let at = 0; at < names.length; at += SUBSCRIBE_CHUNK)
      await this.#confirm(names.slice(at, at + SUBSCRIBE_CHUNK))
    this.#suspect() // whatever was said since the last connection was not heard
    this.#beat()
  }

  #receive(channel: string, sealed: Buffer): void {
    const isOwn = this.#envelope.isOwn(sealed)
    if (isOwn && channel !== this.#beatChannel) return
    const message = this.#envelope.open(channel, sealed)
    if (message === undefined) return this.#options.meter.count('relay_ignored')
    if (channel === this.#beatChannel) return isOwn ? this.#echoed() : undefined
    for (const listener of this.#channels.get(channel)?.listeners ?? []) listener(message)
  }

  async #send(channel: string, sealed: Buffer): Promise<void> {
    if (this.#publisher.status !== 'ready') return this.#unwell()
    const sent = this.#backlog.sending(sealed.byteLength)
    if (sent === undefined) return this.#unwell() // full: Redis does not keep up, and rooms heal by reading the log
    this.#gather()
    try {
      const receivers = await this.#publisher.publish(channel, sealed)
      this.#backlog.sent(sent)
      // We listen to it ourselves, so nobody at all means that Redis has forgotten us.
      if (receivers === 0 && this.#channels.get(channel)?.confirmed === true) this.#subscriber.disconnect(true)
    } catch {
      this.#unwell()
    }
  }

  /** What is published in one turn of the loop leaves in one write: at a tick of presence that is something of every room. */
  #gather(): void {
    const { stream } = this.#publisher
    if (stream.writableCorked > 0) return
    stream.cork()
    setImmediate(() => stream.uncork())
  }

  #tick(): void {
    const now = this.#options.now()
    if (now - this.#beatAt >= (this.#well ? BEAT_MS : TICK_MS)) this.#beat()
    if (now - this.#echoAt > LATE_MS) this.#unwell()
    if (now - this.#echoAt <= SILENT_MS) return
    this.#echoAt = now
    for (const connection of [this.#publisher, this.#subscriber])
      if (connection.status === 'ready') connection.disconnect(true)
  }

  #beat(): void {
    this.#beatAt = this.#options.now()
    void this.#send(
      this.#beatChannel,
      this.#envelope.seal(this.#beatChannel, { type: 'hello', node: this.#options.node }),
    )
  }

  /** The own heartbeat came back: publishing and hearing both work. */
  #echoed(): void {
    this.#echoAt = this.#options.now()
    if (this.#well) return
    this.#well = true
    if (this.#complained) this.#options.log.info('Redis answers again')
    this.#complained = false
    this.#suspect()
  }

  #failed(error: Error | undefined): void {
    this.#firstAnswer.resolve()
    this.#unwell()
    if (error === undefined || this.#complained) return
    this.#complained = true
    this.#options.log.warn(
      `Redis (REDIS_URL) does not answer: ${safeMessage(error)}. Nodes go on without it, reading the log instead.`,
    )
  }

  #unwell(): void {
    this.#well = false
  }

  #suspect(): void {
    for (const listener of this.#suspicions) listener()
  }
}

function connect(url: string): Redis {
  return new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    commandTimeout: COMMAND_MS,
    connectTimeout: CONNECT_MS,
    autoResubscribe: false, // ours knows when it is done, and suspects then
    autoResendUnfulfilledCommands: false,
    retryStrategy: (times) => Math.random() * Math.min(MAX_RETRY_MS, 100 * 2 ** times),
  })
}

function withoutLargeRows(message: RelayMessage): RelayMessage {
  if (message.type !== 'changes') return message
  const size = message.rows.reduce((sum, { update }) => sum + update.byteLength, 0)
  return size <= MAX_ROWS_BYTES ? message : { ...message, rows: [] }
}
