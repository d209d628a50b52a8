import { once } from 'node:events'
import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { LIMITS } from '@tandem/sync'
import { WebSocketServer, type WebSocket } from 'ws'
import { LiveSocket, type SocketLogin, type SocketPorts } from './live-socket.ts'
import { clientAddress, ownOrigins } from './origins.ts'

const PATH = '/live'
/** `d` is for the load balancer (it hashes on the document); `connectionParams=1` says that a token comes in the first message. */
const QUERY = new Set(['d', 'connectionParams'])
const SWEEP_MS = 1_000
/** For a socket that was told to close and does not answer. */
const CLOSE_MS = 3_000
/** A handshake that takes longer is given up. */
const HANDSHAKE_MS = 10_000
const DRAIN_MS_PER_SOCKET = 20
const DRAIN_MAX_MS = 8_000
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
}

export interface SocketsPorts extends Omit<SocketPorts, 'wss'> {
  /** Whose cookie these headers carry. */
  readonly login: (headers: Headers) => Promise<SocketLogin | undefined>
  /** Called with every socket that opens. */
  readonly onOpen: () => void
  readonly publicUrl: string | undefined
  readonly trustedProxies: number
  readonly socketsPerIp: number
}

interface Refusal {
  readonly status: 400 | 403 | 404 | 429 | 503
  readonly message: string
}

/**
 * Every WebSocket of a node, and the door they come through. tRPC's own door would serve any path, and one bad frame on
 * another path could end the process: here a request is answered 400, 403, 404, 429 or 503 before it becomes a socket.
 */
export class Sockets {
  readonly #ports: SocketsPorts
  readonly #open = new Set<LiveSocket>()
  readonly #perAddress = new Map<string, number>()
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
      refuse(socket, { status: 503, message: 'Something went wrong on the server.' })
    })
  }

  /** Asks every browser to go elsewhere, spread over some seconds so that they do not arrive there all at once. Resolves when they have gone, or should have. */
  async drain(): Promise<void> {
    this.#draining = true
    const sockets = [...this.#open]
    const spreadMs = Math.min(DRAIN_MAX_MS, sockets.length * DRAIN_MS_PER_SOCKET)
    const gone = sockets.map(async (socket) => {
      await setTimeout(Math.random() * spreadMs)
      socket.close('node-draining', 'This node restarts; reconnect.')
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
    const address = clientAddress(socket.remoteAddress, request.headers['x-forwarded-for'], this.#ports.trustedProxies)
    const refusal = this.#judge(request, address)
    if (refusal !== undefined) return refuse(socket, refusal)
    this.#countAddress(address, 1)
    socket.once('close', () => this.#countAddress(address, -1))
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy())
    const hasCookie = request.headers.cookie !== undefined
    const login = hasCookie ? await this.#ports.login(new Headers({ cookie: request.headers.cookie ?? '' })) : undefined
    if (socket.destroyed) return
    if (this.#draining) return refuse(socket, DRAINING)
    this.#server.handleUpgrade(request, socket, head, (ws) => {
      socket.setTimeout(0)
      this.#welcome(ws, request, login)
    })
  }

  #judge({ url = '', headers }: IncomingMessage, address: string): Refusal | undefined {
    if (url !== PATH && !url.startsWith(`${PATH}?`)) return { status: 404, message: 'There are no sockets here.' }
    if ([...queryOf(url).keys()].some((key) => !QUERY.has(key))) {
      return {
        status: 400,
        message: 'Unknown query. A token goes into the first message (connectionParams), never into the URL.',
      }
    }
    if (headers['sec-websocket-protocol'] !== undefined)
      return { status: 400, message: 'There are no subprotocols here.' }
    if (this.#draining) return DRAINING
    if (!this.#isOwnOrigin(headers))
      return {
        status: 403,
        message: 'Sockets are for pages of this server, and for scripts with a token and no cookie.',
      }
    if ((this.#perAddress.get(address) ?? 0) >= this.#ports.socketsPerIp) {
      return { status: 429, message: `At most ${this.#ports.socketsPerIp} sockets per address (SOCKETS_PER_IP).` }
    }
    return undefined
  }

  /** A browser always names its page's origin; who names none must not come with the cookie that only browsers hold. */
  #isOwnOrigin(headers: IncomingMessage['headers']): boolean {
    if (headers.origin === undefined) return headers.cookie === undefined
    return ownOrigins(headers.host, this.#ports.publicUrl).includes(headers.origin)
  }

  #welcome(ws: WebSocket, request: IncomingMessage, login: SocketLogin | undefined): void {
    const promisesToken = queryOf(request.url ?? '').get('connectionParams') === '1'
    if (login === undefined && !promisesToken) {
      ws.on('error', () => ws.terminate())
      return ws.close(4401, 'Sign in first.') // a browser can read this, a status before 101 it cannot
    }
    const socket = new LiveSocket(ws, request, login, this.#socketPorts)
    this.#open.add(socket)
    ws.once('close', () => this.#open.delete(socket))
    this.#ports.onOpen()
  }

  #sweep(): void {
    const now = this.#ports.now()
    for (const socket of this.#open) {
      this.#highWaterBytes = Math.max(this.#highWaterBytes, socket.bufferedBytes)
      socket.sweep(now)
    }
  }

  #countAddress(address: string, by: 1 | -1): void {
    const count = (this.#perAddress.get(address) ?? 0) + by
    if (count > 0) this.#perAddress.set(address, count)
    else this.#perAddress.delete(address)
  }
}

function queryOf(url: string): URLSearchParams {
  return new URLSearchParams(url.slice(PATH.length))
}

const DRAINING: Refusal = { status: 503, message: 'This node restarts; connect again.' }

function refuse(socket: Duplex, { status, message }: Refusal): void {
  if (!socket.writable) return void socket.destroy()
  const retry = status === 503 || status === 429 ? 'Retry-After: 1\r\n' : ''
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(message)}\r\n${retry}\r\n${message}`,
  )
}
