import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { getWSConnectionHandler } from '@trpc/server/adapters/ws'
import type { TRPCError } from '@trpc/server'
import { appRouter, type Context, type User } from '@tandem/api'
import { ERRORS, LIMITS, SyncError, type ErrorCode } from '@tandem/sync'
import { WebSocket, type WebSocketServer } from 'ws'
import { Buckets, CallerAllowance } from './allowance.ts'
import type { DeliveryTurn } from './delivery-turn.ts'
import { FastLane } from './fast-lane.ts'
import { guardedEncoder } from './guarded-encoder.ts'
import type { LiveUsers } from './live-user.ts'
import { logFailedCall, type Log } from './log.ts'
import type { LoginHolder } from './login-watch.ts'
import type { Metrics } from './metrics.ts'
import type { SharedRates } from './shared-rates.ts'
import type { SocketCaps } from './socket-caps.ts'
import { SocketGate } from './socket-gate.ts'

/** What a socket may send before it has said who it is; with the last of these frames it ends. */
const STRANGER_FRAMES = 16
const STRANGER_BYTES = 64 * 1024
/** Looked at once a second: whoever says nothing is gone within 5 s. */
const STRANGER_MS = 4_000
/** What a database that is slow may take to say whose token it is; longer than its own timeouts. */
const IDENTIFY_MS = 20_000
/** A socket that went silent, its sessions and their presence are gone within 25 s: this, the pong and two looks. */
const PING_MS = 13_000
const PONG_MS = 8_000
/** Frames of any kind, pings and refused ones too. Nobody who keeps to the rates of the calls comes near. */
const FRAMES_PER_SECOND = 200
const FRAME_BURST = 1_000

/** Whose cookie, token or ticket opened a socket, and by which login: the socket ends with it. */
export interface SocketLogin {
  readonly user: User
  /** Not a secret. */
  readonly loginId: string
}

export interface SocketPorts {
  readonly base: Omit<Context, 'user' | 'loginId' | 'gate' | 'lane' | 'allowance'>
  readonly users: LiveUsers
  readonly bearer: (token: string) => Promise<SocketLogin | undefined>
  /** Whose ticket it is, or rather was: it is good for one socket. */
  readonly ticket: (ticket: string) => Promise<SocketLogin | undefined>
  readonly shared: SharedRates
  readonly caps: SocketCaps
  readonly socketsPerUser: number
  /** Undefined: tRPC does everything. */
  readonly turn: DeliveryTurn | undefined
  readonly onRefused: ConstructorParameters<typeof CallerAllowance>[0]['onRefused']
  readonly onRefusal: Metrics['refusal']
  /** Monotonic, ms. */
  readonly now: () => number
  readonly log: Log
  /** tRPC's types ask for it; its handler never looks. */
  readonly wss: WebSocketServer
}

/**
 * One WebSocket: who it belongs to, its limits, and whether it is still alive. `sweep` is its only clock.
 * Closed with the code of the ERRORS table that says why.
 */
export class LiveSocket implements LoginHolder {
  readonly ws: WebSocket
  readonly #raw: Socket
  readonly #ports: SocketPorts
  readonly #gate: SocketGate
  readonly #openedAt: number
  readonly #address: string
  #release: (() => void) | undefined
  #loginId: string | undefined
  /** Who it is has been said, and is being looked up. */
  #identifying = false
  #strangerFrames = 0
  #strangerBytes = 0
  #heardAt: number
  #pingedAt: number | undefined
  #overdue = false
  #framesLeft = FRAME_BURST
  #accepted = 0
  #acceptedAt: number

  /** `address`: as `addressGroup` makes it. */
  constructor(
    ws: WebSocket,
    { request, address }: { request: IncomingMessage; address: string },
    login: SocketLogin | undefined,
    ports: SocketPorts,
  ) {
    this.ws = ws
    this.#address = address
    this.#raw = request.socket
    this.#ports = ports
    this.#openedAt = this.#heardAt = this.#acceptedAt = ports.now()
    this.#gate = new SocketGate(ws, this.#raw, LIMITS.socketMarkBytes)
    ws.on('message', (data) => this.#heard(data instanceof Buffer ? data.byteLength : 0))
    ws.on('ping', () => this.#heard(0))
    ws.on('pong', () => this.#heard(0))
    ws.once('close', () => this.#release?.())
    this.#serve(request, login)
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount
  }

  get loginId(): string | undefined {
    return this.#loginId
  }

  loginEnded(): void {
    this.close('not-signed-in', 'You signed out.')
  }

  close(code: ErrorCode, message: string): void {
    // A reason holds 123 bytes; ours are ASCII.
    this.ws.close(ERRORS[code].close, message.slice(0, 120))
  }

  /** Called about once a second: ends what has not said who it is, does not answer, or accepts nothing. */
  sweep(now: number): void {
    if (this.ws.readyState !== WebSocket.OPEN) return
    if (this.#release === undefined && now - this.#openedAt >= (this.#identifying ? IDENTIFY_MS : STRANGER_MS))
      return this.close('too-slow', 'Nobody signed in on this socket in time.') // it may be our own slowness: not 'not-signed-in'
    this.#gate.wake()
    if (this.ws.bufferedAmount > 0) this.#watchAcceptance(now)
    else {
      this.#acceptedAt = now
      this.#watchPong(now)
    }
  }

  #serve(request: IncomingMessage, login: SocketLogin | undefined): void {
    const { log, now, base, wss, turn, onRefusal } = this.#ports
    const own = new Buckets(now)
    const onError = ({ error, path }: { error: TRPCError; path: string | undefined }): void => {
      if (!isBrokenFrame(error.cause)) return logFailedCall(this.#ports, error, path)
      onRefusal('frame', 'protocol')
      log.debug({ err: error.cause }, 'a socket broke the WebSocket protocol')
    }
    const encoder = guardedEncoder({
      onRefused: () => onRefusal('frame', 'malformed'),
      onMalformed: () => this.#cutOff('bad-input', 'Too many frames that cannot be read.'),
      isOpen: () => this.ws.readyState === WebSocket.OPEN,
    })
    const lane = turn && new FastLane({ ws: this.ws, raw: this.#raw, gate: this.#gate, turn, encoder, onError })
    const serve = getWSConnectionHandler({
      router: appRouter,
      wss,
      experimental_encoder: lane?.encoder ?? encoder,
      maxBatchSize: LIMITS.batchCalls,
      createContext: async ({ info }): Promise<Context> => {
        const caller = login ?? (await this.#identify(info.connectionParams))
        const user = await this.#admit(caller)
        const { shared, onRefused } = this.#ports
        const allowance = new CallerAllowance({ own, shared, address: this.#address, userId: user.userId, onRefused })
        const ctx = { ...base, user, loginId: caller.loginId, gate: this.#gate, lane, allowance }
        lane?.open(ctx)
        return ctx
      },
      onError,
    })
    // It looks at the url alone, and keeps what it is given for as long as the socket lives: 1.4 KB with its headers.
    serve(this.ws, { url: request.url, headers: {} } as IncomingMessage)
  }

  async #identify(params: Readonly<Record<string, string | undefined>> | null): Promise<SocketLogin> {
    const { bearer, ticket } = this.#ports
    const { token, ticket: offered } = params ?? {}
    this.#identifying = true
    const login = token !== undefined ? await bearer(token) : offered !== undefined ? await ticket(offered) : undefined
    if (login !== undefined) return login
    throw this.#refuse('not-signed-in', 'Sign in first: this socket has neither a valid cookie, token nor ticket.')
  }

  async #admit({ user, loginId }: SocketLogin): Promise<User> {
    const { users, caps, socketsPerUser } = this.#ports
    const giveBack = await caps.hold('user', user.userId)
    if (giveBack === undefined)
      throw this.#refuse('overloaded', `At most ${socketsPerUser} sockets per user on all nodes (SOCKETS_PER_USER).`)
    const held = users.hold(user, (ended) => {
      if (ended === loginId) this.loginEnded()
    })
    this.#loginId = loginId
    this.#release = () => {
      held.release()
      giveBack()
    }
    if (this.ws.readyState !== WebSocket.OPEN) this.#release() // it closed while we looked
    return held.user
  }

  #refuse(code: ErrorCode, message: string): SyncError {
    this.close(code, message)
    return new SyncError(code, message)
  }

  /** For who does not listen: told why, and not heard any more. */
  #cutOff(code: ErrorCode, message: string): void {
    this.close(code, message)
    this.ws.pause()
  }

  #heard(byteCount: number): void {
    const now = this.#ports.now()
    this.#framesLeft = Math.min(FRAME_BURST, this.#framesLeft + ((now - this.#heardAt) * FRAMES_PER_SECOND) / 1000) - 1
    if (this.#framesLeft < 0 && this.ws.readyState === WebSocket.OPEN)
      return this.#cutOff('overloaded', `More than ${FRAMES_PER_SECOND} frames a second for too long.`)
    this.#heardAt = now
    this.#pingedAt = undefined
    this.#overdue = false
    if (this.#release !== undefined) return
    this.#strangerFrames += 1
    this.#strangerBytes += byteCount
    if (this.#strangerFrames >= STRANGER_FRAMES || this.#strangerBytes > STRANGER_BYTES) {
      this.#raw.pause()
      this.ws.terminate()
    }
  }

  /** Only while nothing of ours waits: a ping behind megabytes cannot be answered in time. */
  #watchPong(now: number): void {
    if (this.#pingedAt === undefined) {
      if (now - this.#heardAt < PING_MS) return
      this.#pingedAt = now
      return this.ws.ping()
    }
    if (now - this.#pingedAt < PONG_MS) return
    // Twice overdue: after a stall of this process the pong may be in the kernel, read right after the first look.
    if (this.#overdue) this.ws.terminate()
    this.#overdue = true
  }

  #watchAcceptance(now: number): void {
    const accepted = acceptedBytes(this.#raw)
    if (accepted !== this.#accepted) {
      this.#accepted = accepted
      this.#acceptedAt = now
    } else if (now - this.#acceptedAt >= LIMITS.stalledSocketMs) {
      this.close('too-slow', 'This socket accepted nothing for too long.')
      this.ws.terminate() // the close frame waits behind what is not accepted
    }
  }
}

/**
 * Bytes that the kernel has taken from us. The public counters count what waits, too; how much of a write in progress
 * is still here only libuv's queue knows (node:net judges its own write timeouts by the same field).
 */
function acceptedBytes(raw: Socket): number {
  const handle: unknown = '_handle' in raw ? raw._handle : undefined
  if (typeof handle !== 'object' || handle === null || !('bytesWritten' in handle) || !('writeQueueSize' in handle))
    return raw.bytesWritten - raw.writableLength
  return Number(handle.bytesWritten) - Number(handle.writeQueueSize)
}

function isBrokenFrame(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' && cause.code.startsWith('WS_ERR_')
}
