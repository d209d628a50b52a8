import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTRPCClient, createWSClient, httpLink, wsLink, type TRPCClient } from '@trpc/client'
import { binaryEncoder } from '@tandem/sync'
import type { AppRouter } from '@tandem/api'
import { WebSocket } from 'ws'
import type { Config } from '../src/config.ts'
import { createLog } from '../src/log.ts'
import { startNode } from '../src/node.ts'
import { DEFAULT_UPLOADS } from '../src/uploads-config.ts'

/** Somebody with a browser: a cookie, and stock tRPC clients over HTTP and over one WebSocket. */
export interface Visitor {
  readonly cookie: string
  readonly http: TRPCClient<AppRouter>
  readonly live: TRPCClient<AppRouter>
  close(): void
}

export interface TestNode {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  /** A new guest. */
  visitor(): Promise<Visitor>
  /** The same person in another tab, or on another node. */
  visitorWith(cookie: string): Visitor
  close(): Promise<void>
}

/** A whole node on a free port; on SQLite in a folder of its own unless `overrides` says otherwise. `close` removes the folder. */
export async function testNode(overrides: Partial<Config> = {}): Promise<TestNode> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-node-'))
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    publicUrl: undefined,
    balancerUrl: undefined,
    dataDir,
    databaseUrl: undefined,
    redisUrl: undefined,
    secretKey: 'a secret for tests, and for nothing else',
    logLevel: 'silent',
    metricsToken: undefined,
    fastLane: true,
    trustedProxies: 0,
    socketsPerUser: 20,
    socketsPerIp: 100,
    sessionsPerLink: 200,
    socketsPerSecond: 10_000,
    socketsPerNode: 10_000,
    documentRoots: [],
    uploads: DEFAULT_UPLOADS,
    ...overrides,
  }
  const node = await startNode(config, createLog(config.logLevel))
  const visitors: Visitor[] = []
  const visitorWith = (cookie: string): Visitor => {
    const visitor = visitorOn(node.url, cookie)
    visitors.push(visitor)
    return visitor
  }
  return {
    url: node.url,
    port: Number(new URL(node.url).port),
    dataDir,
    visitorWith,
    visitor: async () => visitorWith(await guestCookie(node.url)),
    close: async () => {
      for (const visitor of visitors) visitor.close()
      await node.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** What a page does for a new visitor. Answers the cookie. */
export async function guestCookie(url: string, cookie?: string): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'x-tandem': '1',
    origin: url,
    ...(cookie === undefined ? {} : { cookie }),
  }
  const response = await fetch(`${url}/api/auth/sign-in/anonymous`, { method: 'POST', headers, body: '{}' })
  const [setCookie = ''] = response.headers.getSetCookie()
  return setCookie.split(';')[0] ?? ''
}

function visitorOn(url: string, cookie: string): Visitor {
  class BrowserLike extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols ?? [], { headers: { cookie, origin: url } })
    }
  }
  const socket = createWSClient({
    url: `${url.replace('http', 'ws')}/live`,
    WebSocket: BrowserLike as unknown as typeof globalThis.WebSocket,
    experimental_encoder: binaryEncoder(),
    lazy: { enabled: true, closeMs: 60_000 },
  })
  return {
    cookie,
    http: createTRPCClient<AppRouter>({
      links: [httpLink({ url: `${url}/trpc`, headers: { cookie, 'x-tandem': '1' } })],
    }),
    live: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }),
    close: () => void socket.close(),
  }
}

/** What a subscription says, in order, for a test to wait for. */
export class Heard<Item> {
  readonly items: Item[] = []
  #changed = (): void => undefined

  readonly add = (item: Item): void => {
    this.items.push(item)
    this.#changed()
  }

  /** Resolves with the first one that is found. */
  async until(found: (item: Item) => boolean): Promise<Item> {
    for (;;) {
      const item = this.items.find(found)
      if (item !== undefined) return item
      await new Promise<void>((resolve) => (this.#changed = resolve))
    }
  }
}
