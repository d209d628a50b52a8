import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { LiveEvents, userTopic } from '@tandem/api'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { openStore } from '@tandem/store'
import { MemoryRelayHub, NodeId, Rooms, type Chance, type Clock, type Relay } from '@tandem/sync'
import { CallerBuckets } from './allowance.ts'
import { openAuth } from './auth.ts'
import { WorkerCompactor } from './compaction.ts'
import type { Config } from './config.ts'
import { createHttp } from './http.ts'
import { WorkerImporter } from './importer.ts'
import { LiveUsers } from './live-user.ts'
import type { Log } from './log.ts'
import { Metrics } from './metrics.ts'
import { ownOrigins } from './origins.ts'
import { openPatiently } from './patience.ts'
import { RedisRelay } from './redis-relay.ts'
import { Sockets } from './sockets.ts'
import { Ticks } from './ticks.ts'

export interface Node {
  /** Where it answers. */
  readonly url: string
  /** Ends it in peace: browsers are asked to go elsewhere, what is in flight reaches the log, then everything is closed. May be called twice. */
  close(): Promise<void>
}

const clock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

const chance: Chance = { id: () => randomBytes(16).toString('base64url'), fraction: () => Math.random() }

/**
 * Starts one node: the only place where its parts meet. Several may run in one process, each with its own data folder
 * or on one PostgreSQL. Rejects when the database cannot be used (after 10 s of trying) or the port is taken.
 */
export async function startNode(config: Config, log: Log): Promise<Node> {
  const node = NodeId.parse(chance.id())
  const now = (): number => performance.now()
  const metrics = new Metrics()
  const onIdleError = (error: Error): void =>
    log.warn({ err: error }, 'an idle database connection broke and is replaced')
  const store = await openPatiently(() =>
    openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, onIdleError }),
  )
  const relay = openRelay(config, { node, log, meter: metrics, now })
  const compactor = new WorkerCompactor({ location: store.location, log })
  const events = new LiveEvents({ node, relay })
  const rooms = new Rooms({
    node,
    log: store.log,
    relay,
    access: store.access,
    clock,
    chance,
    compactor,
    meter: metrics,
  })
  const auth = await openAuth({
    config,
    database: store.accounts,
    alone: (work) => store.alone(work),
    log,
    onLoginEnded: (userId, loginId) => events.publish(userTopic(userId), { name: 'loginEnded', data: { loginId } }),
    trustedOrigins: (headers) => ownOrigins(headers.get('host') ?? undefined, config.publicUrl),
  })
  const base = {
    rooms,
    access: store.access,
    documents: store.documents,
    people: { rename: auth.rename },
    events,
    importer: new WorkerImporter(),
    schemaVersion: SCHEMA_VERSION,
  }
  const sockets = new Sockets({
    ...config,
    base,
    users: new LiveUsers(events, (user) => rooms.renamed(user)),
    login: auth.login,
    bearer: auth.bearer,
    onOpen: () => ticks.wake(),
    now,
    log,
  })
  const ticks = new Ticks({ rooms, relay, socketCount: () => sockets.count })
  metrics.watch({ sockets, rooms, relay })
  let draining = false
  const readiness = async () => {
    const writable = await store.ready().then(
      () => true,
      () => false,
    )
    return { ready: writable && !draining, log: writable ? 'writable' : 'unavailable', relay: relay.state, draining }
  }
  const http = await createHttp({ config, base, auth, callers: new CallerBuckets(now), readiness, metrics, log })
  http.server.on('upgrade', sockets.upgrade)

  const closeParts = async (): Promise<void> => {
    sockets.close()
    ticks.stop()
    await http.close()
    events.close()
    relay.close()
    await compactor.close()
    await store.close()
    metrics.close()
  }
  const drain = async (): Promise<void> => {
    draining = true
    await sockets.drain()
    await rooms.drain()
    await closeParts()
  }
  let closing: Promise<void> | undefined
  try {
    await http.listen({ port: config.port, host: config.host })
  } catch (error) {
    await closeParts()
    throw error
  }
  return { url: urlOf(config, http.server.address()), close: () => (closing ??= drain()) }
}

function openRelay(
  config: Config,
  options: Omit<ConstructorParameters<typeof RedisRelay>[0], 'url' | 'secretKey'>,
): Relay & { close(): void } {
  if (config.redisUrl === undefined) return new MemoryRelayHub().relay()
  return new RedisRelay({ ...options, url: config.redisUrl, secretKey: config.secretKey })
}

function urlOf(config: Config, address: AddressInfo | string | null): string {
  if (config.publicUrl !== undefined) return config.publicUrl
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const everywhere = config.host === '0.0.0.0' || config.host === '::'
  const host = everywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host}:${port}`
}
