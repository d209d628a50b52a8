import { once } from 'node:events'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { LIMITS, SyncError, withSlot } from '@tandem/sync'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Door } from './door.ts'
import { LiveSocket, type SocketLogin, type SocketPorts } from './live-socket.ts'
import type { LoginWatch } from './login-watch.ts'
import { addressGroup, clientAddress, ownOrigins } from './origins.ts'
import { offeredTicket, SUBPROTOCOL } from './subprotocol.ts'

const PATH = '/live'
/** `d` is for the load balancer (it hashes on the document); `connectionParams=1` says that a token comes in the first message. */
const QUERY = new Set(['d', 'connectionParams'])
const SWEEP_MS = 1_000
/** For a socket that was told to close and does not answer. */
const CLOSE_MS = 3_000
/** A handshake that takes longer is given up. */
const HANDSHAKE_MS = 10_000
/**
 * Slots in which sockets are sent elsewhere: a quarter of what the other node lets in per second, which is half of what it
 * still lets in when it has become slow by that; or as fast as it takes for all to be gone in time.
 */
const DRAIN_SLOT_MS = 40
const DRAIN_MAX_MS = 10_000
/** For the other side to say goodbye, too. */
const GOODBYE_MS = 1_000

// Not in place: the types of ws do not know closeTimeout yet.
const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  maxPayload: LIMITS.frameBytes,
  perMessageDeflate: false,
  maxFragments: 64,
  maxBufferedChunks: 4096,
  closeTimeout: CLOSE_MS,
  // A browser insists on one of those it offered. The ticket beside it is never said back.
  handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
}

export interface SocketsPorts extends Omit<SocketPorts, 'wss'> {
  /** Whose cookie these headers carry. */
  readonly login: (headers: Headers) => Promise<SocketLogin | undefined>
  readonly logins: LoginWatch
  /** Called with every socket that opens. */
  readonly onOpen: () => void
  readonly publicUrl: string | undefined
  readonly trustedProxies: number
  readonly socketsPerIp: number
  /** Of all people; those who are in the middle of their handshake come on top. */
  readonly socketsPerNode: number
  readonly door: Door
  /** The node cannot do its work, and its cluster may have one that can. */
  readonly logIsLost: () => boolean
  /** Somebody was turned away at the door. */
  readonly onShed: () => void
}

interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 429 | 503
  readonly message: string
  readonly retryAfterS?: number
}

/**
 * Every WebSocket of a node, and the door they come through. tRPC's own door would serve any path, and one bad frame on
 * another path could end the process: here a request is answered 400, 401, 403, 404, 429 or 503 before it becomes a socket.
 */
export class Sockets {
  readonly #ports: SocketsPorts
  readonly #open = new Set<LiveSocket>()
  readonly #server = new WebSocketServer(SOCKET_OPTIONS)
  readonly #socketPorts: SocketPorts
  readonly #sweeper: NodeJS.Timeout
  #draining = false
  #highWaterBytes = 0

  constructor(ports: SocketsPorts) {
    this.#ports = ports
    this.#socketPorts = { ...ports, wss: this.#server }
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS)
  }

  get count(): number {
    return this.#open.size
  }

  /** The most that any socket had unsent since the last call. */
  takeHighWaterBytes(): number {
    const bytes = this.#highWaterBytes
    this.#highWaterBytes = 0
    return bytes
  }

  /** The listener for a server's 'upgrade' event. Never throws. */
  readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // Node took its own listener off: without this one, a reset while we look the cookie up would end the process.
    socket.on('error', () => socket.destroy())
    this.#admit(request, socket as Socket, head).catch((error: unknown) => {
      this.#ports.log.error({ err: error }, 'an upgrade failed')
      this.#refuse(socket, { status: 503, message: 'Something went wrong on the server.' })
    })
  }

  /** `sendAway`, and lets nobody in any more. */
  async drain(): Promise<void> {
    this.#draining = true
    await this.sendAway('This node restarts; reconnect.')
  }

  /**
   * Asks every browser to go elsewhere, one after the other over up to 10 s, so that they do not arrive there all at once.
   * A socket is of use until its slot comes. Resolves when they have gone, or should have.
   */
  async sendAway(message: string): Promise<void> {
    const sockets = [...this.#open]
    const slotMs = Math.min(DRAIN_SLOT_MS, DRAIN_MAX_MS / sockets.length)
    const gone = sockets.map(async (socket, place) => {
      await setTimeout(place * slotMs)
      socket.close('node-draining', withSlot(message, 0)) // its slot is now
      await Promise.race([once(socket.ws, 'close'), setTimeout(GOODBYE_MS)])
    })
    await Promise.all(gone)
  }

  /** Ends what is left, at once. */
  close(): void {
    this.#draining = true
    clearInterval(this.#sweeper)
    for (const { ws } of this.#open) ws.terminate()
    this.#server.close()
  }

  async #admit(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { trustedProxies, socketsPerIp } = this.#ports
    const seen = clientAddress(socket.remoteAddress, request.headers['x-forwarded-for'], trustedProxies)
    const address = addressGroup(seen)
    const refusal = this.#judge(request, address)
    if (refusal !== undefined) return this.#refuse(socket, refusal)
    const inTime = hurried(socket)
    const giveBack = await this.#ports.caps.hold('ip', address)
    if (giveBack === undefined)
      return this.#refuse(socket, {
        status: 429,
        message: `At most ${socketsPerIp} sockets per address on all nodes (SOCKETS_PER_IP).`,
      })
    if (socket.destroyed) return giveBack()
    socket.once('close', giveBack)
    const login = await this.#identify(request)
    if (socket.destroyed) return
    if (login === 'refused') return this.#refuse(socket, { status: 401, message: 'This ticket is not good any more.' })
    if (this.#draining) return this.#refuse(socket, DRAINING)
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      inTime()
      this.#welcome(ws, { request, address }, login)
    })
  }

  #refuse(socket: Duplex, refusal: Refusal): void {
    this.#ports.onRefusal('upgrade', String(refusal.status))
    refuse(socket, refusal)
  }

  /** By the ticket, and then by nothing else, or by the cookie. */
  async #identify({ headers }: IncomingMessage): Promise<SocketLogin | undefined | 'refused'> {
    const protocol = headers['sec-websocket-protocol']
    if (protocol !== undefined) return (await this.#ports.ticket(offeredTicket(protocol) ?? '')) ?? 'refused'
    if (headers.cookie === undefined) return undefined
    try {
      return await this.#ports.login(new Headers({ cookie: headers.cookie }))
    } catch (error) {
      // Of somebody who was suspended: a browser cannot read a status before 101, so it is told as everybody who is not signed in.
      if (error instanceof SyncError && error.code === 'not-signed-in') return undefined
      throw error
    }
  }

  #judge({ url = '', headers }: IncomingMessage, address: string): Refusal | undefined {
    if (url !== PATH && !url.startsWith(`${PATH}?`)) return { status: 404, message: 'There are no sockets here.' }
    if ([...queryOf(url).keys()].some((key) => !QUERY.has(key))) {
      return {
        status: 400,
        message: 'Unknown query. A token goes into the first message (connectionParams), never into the URL.',
      }
    }
    const protocol = headers['sec-websocket-protocol']
    if (protocol !== undefined && offeredTicket(protocol) === undefined)
      return { status: 400, message: 'The only subprotocol here is tandem, with a ticket.' }
    if (this.#draining) return DRAINING
    if (this.#ports.logIsLost()) return LOST
    if (this.#open.size >= this.#ports.socketsPerNode) return (this.#ports.onShed(), FULL)
    // A ticket is no cookie: no browser adds it by itself, so whoever has it may come from any page.
    if (protocol === undefined && !this.#isOwnOrigin(headers))
      return {
        status: 403,
        message: 'Sockets are for pages of this server, for scripts with a token and no cookie, and for tickets.',
      }
    const retryAfterS = this.#ports.door.retryAfterS(address)
    if (retryAfterS === undefined) return undefined
    this.#ports.onShed()
    return { status: 503, message: 'Too many at once for this node; connect again.', retryAfterS }
  }

  /** A browser always names its page's origin; who names none must not come with the cookie that only browsers hold. */
  #isOwnOrigin(headers: IncomingMessage['headers']): boolean {
    if (headers.origin === undefined) return headers.cookie === undefined
    return ownOrigins(headers.host, this.#ports.publicUrl).includes(headers.origin)
  }

  #welcome(ws: WebSocket, from: { request: IncomingMessage; address: string }, login: SocketLogin | undefined): void {
    const promisesToken = queryOf(from.request.url ?? '').get('connectionParams') === '1'
    if (login === undefined && !promisesToken) {
      ws.on('error', () => ws.terminate())
      this.#ports.onRefusal('upgrade', '4401')
      return ws.close(4401, 'Sign in first.') // a browser can read this, a status before 101 it cannot
    }
    const socket = new LiveSocket(ws, from, login, this.#socketPorts)
    this.#open.add(socket)
    ws.once('close', () => this.#open.delete(socket))
    this.#ports.onOpen()
  }

  #sweep(): void {
    const now = this.#ports.now()
    this.#ports.door.sweep()
    for (const socket of this.#open) {
      this.#highWaterBytes = Math.max(this.#highWaterBytes, socket.bufferedBytes)
      socket.sweep(now)
    }
    void this.#ports.logins.sweep(this.#open)
  }
}

/** Ends a socket whose handshake takes too long; until the result is called. What it keeps alive is the socket alone. */
function hurried(socket: Socket): () => void {
  const onLate = (): void => void socket.destroy()
  socket.setTimeout(HANDSHAKE_MS, onLate)
  return () => void socket.setTimeout(0, onLate)
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(PATH.length))
}

const DRAINING: Refusal = { status: 503, message: 'This node restarts; connect again.' }

/** The balancer asks the next node at once; without one, a browser comes back by itself. */
const FULL: Refusal = { status: 503, message: 'This node is full (SOCKETS_PER_NODE).', retryAfterS: 10 }
const LOST: Refusal = { status: 503, message: 'This node has lost its database; connect again.' }

function refuse(socket: Duplex, { status, message, retryAfterS = 1 }: Refusal): void {
  if (!socket.writable) return void socket.destroy()
  const retry = status === 503 || status === 429 ? `Retry-After: ${retryAfterS}\r\n` : ''
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(message)}\r\n${retry}\r\n${message}`,
  )
}
