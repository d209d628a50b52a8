import type { AppRouter } from '@tandem/api'
import { binaryEncoder, SyncError, type BinaryEncoder, type Clock, type Push, type Pushed } from '@tandem/sync'
import { createTRPCClient, createWSClient, wsLink, type TRPCClient } from '@trpc/client'
import { DirectCalls } from './direct-calls.ts'
import { closeError, namedError, toSyncError } from './sync-error.ts'

/** With the pause after it (at first up to 1 s), the next attempt begins within 10 s. */
const CONNECT_TIMEOUT_MS = 8_000
/**
 * Together they say how soon a dead socket is noticed: within 13.5 s, so that the page, which waits a second, says it within
 * 15 s. The second is longer than a node may stall (6 s).
 */
const PING_AFTER_MS = 5_500
const PONG_TIMEOUT_MS = 8_000
/** When there is a reason to doubt the socket (the browser says offline, the laptop woke up). */
const PROBE_TIMEOUT_MS = 2_000
const CLOSE_NORMALLY = 1000
/** What the server speaks with a socket that brings a ticket (apps/server/src/subprotocol.ts). */
const SUBPROTOCOL = 'tandem'
/** What may stand in a subprotocol: a browser throws at anything else. */
const TICKET = /^[A-Za-z0-9_-]+$/

/** Asks for a socket ticket, which is good for one socket within 30 s. */
export type TicketSource = () => Promise<string>

export interface SocketLifeOptions {
  readonly url: string
  /** Sent as the first message, never in the URL (URLs end up in logs). */
  readonly token: string | undefined
  /** Asked once, before the socket is made; its ticket counts, not the token. Rejects: as if there were no connection. */
  readonly ticket?: TicketSource | undefined
  readonly WebSocket: typeof WebSocket
  readonly clock: Clock
  /** The socket is open. At most once, and never after `down`. */
  up(): void
  /** It is over, for good. Exactly once. */
  down(reason: SyncError): void
}

/**
 * One WebSocket, from connecting to its end, with a tRPC client that lives exactly as long.
 *
 * tRPC's own reconnect is never used: it would send a join again with its old resume token, at once and without
 * jitter. So the tRPC client is closed with its first socket, and a new life is a new object. A socket that says
 * nothing (connecting too long, no answer to a ping) is given up without waiting for its close event, which a
 * half-open connection delays by minutes.
 */
export class SocketLife {
  readonly api: TRPCClient<AppRouter>
  /** For a tRPC link of one's own; refuse to use it once `reason` is set: it would open another socket. */
  readonly trpc: ReturnType<typeof createWSClient>
  readonly #options: SocketLifeOptions
  #socket: WebSocket | undefined
  #isUp = false
  #reason: SyncError | undefined
  /** What the server said about the whole socket before it closed it. */
  #lastWord: SyncError | undefined
  #ticket: string | undefined
  #heardAtMs = 0
  /** Since the last ping. */
  #hasHeard = false
  #cancelTimer: () => void = () => undefined
  readonly #inFlight = new Set<(error: SyncError) => void>()
  readonly #direct: DirectCalls

  constructor(options: SocketLifeOptions) {
    this.#options = options
    this.#giveUpAfter(CONNECT_TIMEOUT_MS)
    const { url, ticket, token } = options
    const encoder = binaryEncoder()
    this.#direct = new DirectCalls((message) => this.#socket?.send(encoder.encode(message)))
    this.trpc = createWSClient({
      url: ticket === undefined ? url : () => this.#urlWith(ticket),
      WebSocket: this.#watchedSocket(),
      experimental_encoder: this.#guardedEncoder(encoder),
      ...(token === undefined || ticket !== undefined ? {} : { connectionParams: { token } }),
    })
    this.api = createTRPCClient<AppRouter>({ links: [wsLink({ client: this.trpc })] })
  }

  /** Why it is over; undefined while it is connecting or open. */
  get reason(): SyncError | undefined {
    return this.#reason
  }

  /** Runs one call over this socket. Rejects with SyncError: the server's, or 'socket-closed' when the socket ends first. */
  async call<Result>(run: (api: TRPCClient<AppRouter>) => Promise<Result>): Promise<Result> {
    if (this.#reason) throw closedInFlight(this.#reason)
    const ended = Promise.withResolvers<never>()
    this.#inFlight.add(ended.reject)
    try {
      return await Promise.race([run(this.api), ended.promise])
    } catch (error) {
      throw this.#reason ? closedInFlight(this.#reason) : toSyncError(error)
    } finally {
      this.#inFlight.delete(ended.reject)
    }
  }

  /** As `call` with `document.push`, but it leaves in this turn. */
  push(input: Push): Promise<Pushed> {
    if (this.#reason) return Promise.reject(closedInFlight(this.#reason))
    return this.#direct.mutate('document.push', input) as Promise<Pushed>
  }

  /** Asks for a sign of life now, with a short patience; from one that is still connecting, that it opens. */
  probe(): void {
    if (this.#reason) return
    if (this.#isUp) this.#ping(PROBE_TIMEOUT_MS)
    else this.#giveUpAfter(PROBE_TIMEOUT_MS)
  }

  /** Ends it from this side; `down` is told. May be called twice. */
  close(reason: SyncError = new SyncError('socket-closed', 'Closed by this client.')): void {
    this.#end(reason)
  }

  /** The URL, when there is a ticket to go with it. Rejects when this life ends first: then no socket is made. */
  async #urlWith(ticket: TicketSource): Promise<string> {
    const ended = Promise.withResolvers<never>()
    this.#inFlight.add(ended.reject)
    try {
      // Not at once: tRPC asks for the URL while it is being made.
      const asked = Promise.resolve().then(ticket)
      this.#ticket = checkedTicket(await Promise.race([asked, ended.promise]))
      return this.#options.url
    } catch (cause) {
      this.#end(new SyncError('socket-closed', 'There was no ticket for a socket.', { cause }))
      throw cause
    } finally {
      this.#inFlight.delete(ended.reject)
    }
  }

  #watchedSocket(): typeof WebSocket {
    const Base = this.#options.WebSocket
    const adopt = (socket: WebSocket) => this.#adopt(socket)
    const protocols = () => (this.#ticket === undefined ? [] : [SUBPROTOCOL, `ticket.${this.#ticket}`])
    // A URL that no socket can have: tRPC would try it for ever.
    const refuse = (url: string | URL, cause: unknown) =>
      this.#end(
        new SyncError(
          'bad-input',
          `No WebSocket can be opened to ${String(url)}: check the url given to createClient.`,
          { cause },
        ),
      )
    return class extends Base {
      constructor(url: string | URL) {
        try {
          super(url, protocols())
        } catch (cause) {
          refuse(url, cause)
          throw cause
        }
        adopt(this)
      }
    }
  }

  /** Ours listen before tRPC's: when it hears of the end, its reconnect is off already. */
  #adopt(socket: WebSocket): void {
    if (this.#reason) return socket.close()
    this.#socket = socket
    socket.addEventListener('open', () => this.#opened())
    socket.addEventListener('message', () => {
      this.#heardAtMs = this.#options.clock.now()
      this.#hasHeard = true
    })
    socket.addEventListener('error', () =>
      this.#end(this.#lastWord ?? new SyncError('socket-closed', 'The connection failed.')),
    )
    socket.addEventListener('close', (event) => this.#end(this.#lastWord ?? closeError(event.code, event.reason)))
  }

  #giveUpAfter(patienceMs: number): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#options.clock.after(patienceMs, () =>
      this.#end(new SyncError('socket-closed', `No connection within ${patienceMs} ms.`)),
    )
  }

  #opened(): void {
    if (this.#reason) return
    this.#isUp = true
    this.#heardAtMs = this.#options.clock.now()
    this.#watch()
    this.#options.up()
  }

  #watch(): void {
    const { clock } = this.#options
    this.#cancelTimer()
    const silentMs = clock.now() - this.#heardAtMs
    // Below 0: the wall clock was set back, so nobody knows how long it has been silent.
    if (silentMs >= PING_AFTER_MS || silentMs < 0) return this.#ping(PONG_TIMEOUT_MS)
    this.#cancelTimer = clock.after(PING_AFTER_MS - silentMs, () => this.#watch())
  }

  #ping(patienceMs: number): void {
    const { clock } = this.#options
    this.#socket?.send('PING') // tRPC's own word: answered with PONG by the adapter, outside of any procedure
    this.#hasHeard = false
    this.#cancelTimer()
    this.#cancelTimer = clock.after(patienceMs, () => {
      if (this.#hasHeard) return this.#watch()
      this.#end(new SyncError('socket-closed', `No answer within ${patienceMs} ms.`))
    })
  }

  /**
   * A frame that does not decode would end a Node process (a listener's error is uncaught there), and tRPC's
   * reconnect notice would open a second socket: both become the end of this life.
   */
  #guardedEncoder(encoder: BinaryEncoder): BinaryEncoder {
    const decode = (data: string | ArrayBuffer | Uint8Array) => {
      const message = readMessage(encoder, data)
      if (message instanceof SyncError) this.#end(message)
      else if (message.method === 'reconnect')
        this.#end(new SyncError('node-draining', 'The server asks to connect again.'))
      else if (!this.#direct.take(message)) {
        this.#lastWord =
          message.id === null && 'error' in message ? namedError(message.error, message.error) : undefined
        return message
      }
      return { id: null, method: 'ignored' }
    }
    return { encode: (data) => encoder.encode(data), decode }
  }

  #end(reason: SyncError): void {
    if (this.#reason) return
    this.#reason = reason
    this.#cancelTimer()
    const refused = closedInFlight(reason)
    for (const reject of this.#inFlight) reject(refused)
    this.#inFlight.clear()
    this.#direct.end(refused)
    this.#options.down(reason)
    void this.trpc.close() // never rejects; completes its subscriptions and turns its reconnect off, at once
    this.#socket?.close(CLOSE_NORMALLY)
  }
}

/** Throws without saying what it was given: that may be a secret all the same. */
function checkedTicket(ticket: unknown): string {
  if (typeof ticket === 'string' && TICKET.test(ticket)) return ticket
  throw new TypeError('The `ticket` option of createClient must resolve with a ticket: a string of A-Z a-z 0-9 _ -.')
}

function closedInFlight(reason: SyncError): SyncError {
  return reason.code === 'socket-closed' ? reason : new SyncError('socket-closed', reason.message, { cause: reason })
}

function readMessage(
  encoder: BinaryEncoder,
  data: string | ArrayBuffer | Uint8Array,
): Record<string, unknown> | SyncError {
  let message: unknown
  try {
    message = encoder.decode(data)
  } catch (cause) {
    return new SyncError('socket-closed', 'The server sent a frame that cannot be read.', { cause })
  }
  const isMessage = typeof message === 'object' && message !== null && !Array.isArray(message)
  return isMessage
    ? (message as Record<string, unknown>)
    : new SyncError('socket-closed', 'The server sent a frame that is no message.')
}
