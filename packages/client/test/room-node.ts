import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  binaryEncoder,
  ERRORS,
  Join,
  LIMITS,
  MemoryLog,
  MemoryRelayHub,
  NodeId,
  Presence,
  Push,
  Rooms,
  SyncError,
  type Author,
  type Chance,
  type Clock,
  type DocumentId,
  type Epoch,
  type Frame,
  type MemoryDisk,
  type UserId,
} from '@tandem/sync'
import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { getWSConnectionHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemChance, systemClock } from '../src/clock.ts'

interface NodeContext {
  readonly author: Author
}

const t = initTRPC.context<NodeContext>().create({
  errorFormatter({ shape, error }) {
    const sync = error.cause instanceof SyncError ? { code: error.cause.code, message: error.cause.message } : undefined
    return { ...shape, data: { ...shape.data, sync } }
  },
})

const openGate = { writable: () => Promise.resolve() }
const noMeter = { count: () => undefined, observe: () => undefined }

function routerOver(rooms: Rooms, seen: { names: string[] }) {
  return t.router({
    document: t.router({
      join: t.procedure
        .input(Join)
        .subscription(({ ctx, input, signal }): AsyncGenerator<Frame> =>
          rooms.join(ctx.author, input, { signal: signal ?? new AbortController().signal, gate: openGate }),
        ),
      push: t.procedure.input(Push).mutation(({ ctx, input }) => rooms.push(ctx.author, input)),
      presence: t.procedure.input(Presence).mutation(({ ctx, input }) => rooms.presence(ctx.author, input)),
    }),
    me: t.router({
      get: t.procedure.query(({ ctx }) => ({ userId: ctx.author.userId, name: ctx.author.name, isGuest: false })),
    }),
    documents: t.router({
      changes: t.procedure.subscription(async function* ({ ctx, signal }) {
        seen.names.push(ctx.author.name)
        yield { name: 'resync', data: null }
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      }),
    }),
  })
}

/** The shipped rooms behind a real tRPC server and real sockets; only the disk is memory. A token is the user's name. */
export class RoomNode {
  readonly url: string
  readonly rooms: Rooms
  readonly log: MemoryLog
  /** Upgrade URLs, in the order they came. */
  readonly upgrades: string[] = []
  readonly seen = { names: [] as string[] }
  /** Whose each is, until it was used: `new WebSocket(url, ['tandem', 'ticket.' + ticket])`. */
  readonly tickets = new Map<string, string>()
  readonly headers: Record<string, unknown>[] = []
  readonly #server: Server
  readonly #ticking: NodeJS.Timeout
  readonly #sockets = new Set<WebSocket>()

  private constructor(server: Server, rooms: Rooms, log: MemoryLog) {
    this.#server = server
    this.#ticking = setInterval(() => rooms.presenceTick(), LIMITS.presenceFrameMs)
    this.rooms = rooms
    this.log = log
    this.url = `http://localhost:${(server.address() as AddressInfo).port}`
  }

  static async start({
    disk = new Map(),
    port = 0,
    clock = systemClock,
    chance = systemChance,
  }: { disk?: MemoryDisk; port?: number; clock?: Clock; chance?: Chance } = {}): Promise<RoomNode> {
    const log = new MemoryLog(clock, disk)
    const rooms = new Rooms({
      node: NodeId.parse(chance.id()),
      log,
      access: log,
      relay: new MemoryRelayHub().relay(),
      clock,
      chance,
      meter: noMeter,
      compactor: { request: async () => undefined },
    })
    const server = createServer()
    server.listen(port)
    await once(server, 'listening')
    const node = new RoomNode(server, rooms, log)
    node.#serve()
    return node
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  get socketCount(): number {
    return this.#sockets.size
  }

  /** Every socket breaks, as if the network did. */
  cut(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  closeAll(code: number, reason: string): void {
    for (const socket of this.#sockets) socket.close(code, reason)
  }

  /** Gone, without a word. */
  async kill(): Promise<void> {
    clearInterval(this.#ticking)
    this.cut()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(): void {
    const router = routerOver(this.rooms, this.seen)
    this.#server.on(
      'request',
      createHTTPHandler({
        router,
        basePath: '/trpc/',
        createContext: ({ req }) => {
          this.headers.push(req.headers)
          return { author: authorOf(req.headers.authorization?.replace('Bearer ', '')) }
        },
      }),
    )
    const owners = new WeakMap<IncomingMessage, string>()
    const verifyClient = ({ req }: { req: IncomingMessage }): boolean => {
      const ticket = /^tandem, *ticket\.(.+)$/.exec(req.headers['sec-websocket-protocol'] ?? '')?.[1]
      const owner = ticket === undefined ? undefined : this.tickets.get(ticket)
      if (ticket !== undefined) this.tickets.delete(ticket)
      if (owner !== undefined) owners.set(req, owner)
      return ticket === undefined || owner !== undefined
    }
    const wss = new WebSocketServer({ server: this.#server, path: '/live', verifyClient })
    wss.on('connection', (socket, request) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
      this.upgrades.push(request.url ?? '')
      const serve = getWSConnectionHandler({
        wss,
        router,
        experimental_encoder: binaryEncoder(),
        createContext({ info }) {
          try {
            return { author: authorOf(owners.get(request) ?? info.connectionParams?.token) }
          } catch (error) {
            socket.close(ERRORS['not-signed-in'].close, 'Sign in first.')
            throw error
          }
        },
      })
      serve(socket, request)
    })
  }
}

function authorOf(token: string | undefined): Author {
  if (token === undefined || token === 'expired')
    throw new TRPCError({ code: 'UNAUTHORIZED', cause: new SyncError('not-signed-in', 'Sign in first.') })
  return { userId: `user-of-${token}` as UserId, name: token }
}

export const testDocument = 'document-under-test' as DocumentId
export const firstEpoch = 'epoch-the-first' as Epoch
