import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { performance } from 'node:perf_hooks'
import { LiveEvents, userTopic } from '@tandem/api'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import { openStore, type DamageFound } from '@tandem/store'
import {
  MemoryRelayHub,
  NodeId,
  Rooms,
  binaryEncoder,
  type Chance,
  type Clock,
  type Compactor,
  type Relay,
  type UpdateLog,
} from '@tandem/sync'
import { admittedRooms } from './admitted-rooms.ts'
import { CallerBuckets } from './allowance.ts'
import { anotherNodeIsReady } from './another-node.ts'
import { openAuth } from './auth.ts'
import { Cluster } from './cluster.ts'
import { WorkerCompactor } from './compaction.ts'
import { ContentDigests } from './content-digests.ts'
import type { Config } from './config.ts'
import { Door } from './door.ts'
import { DeliveryTurn } from './delivery-turn.ts'
import { FirstScreens } from './first-screens.ts'
import { BODY_BYTES, createHttp } from './http.ts'
import { ProcessImporter } from './importer.ts'
import { UnfinishedImports } from './unfinished-imports.ts'
import { openUploads } from './uploads-open.ts'
import { openLanes } from './lanes.ts'
import { LargeBodies } from './large-bodies.ts'
import { linkPlaces } from './link-places.ts'
import { LiveUsers } from './live-user.ts'
import type { Log } from './log.ts'
import { LogWatch } from './log-watch.ts'
import { LoginWatch } from './login-watch.ts'
import { LoopWatch } from './loop-watch.ts'
import { Metrics } from './metrics.ts'
import { ownOrigins } from './origins.ts'
import { openPatiently } from './patience.ts'
import { RedisRelay } from './redis-relay.ts'
import { RelayEnvelope } from './relay-envelope.ts'
import { SharedRates, sharedRateTable } from './shared-rates.ts'
import { SocketCaps } from './socket-caps.ts'
import { Sockets } from './sockets.ts'
import { SocketTickets } from './tickets.ts'
import { Ticks } from './ticks.ts'
import { watchedLog } from './watched-log.ts'

export interface Node {
  /** Where it answers. */
  readonly url: string
  /** Ends it in peace: browsers are asked to go elsewhere, what is in flight reaches the log, then everything is closed. May be called twice. */
  close(): Promise<void>
}

/** What the rooms of a node stand on. */
export interface RoomGround {
  readonly log: UpdateLog
  readonly relay: Relay
  readonly compactor: Compactor
}

/** Ages and waits are reckoned by it, so it goes on evenly when somebody sets the machine's clock. The log's times are the database's. */
const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}

const chance: Chance = { id: () => randomBytes(16).toString('base64url'), fraction: () => Math.random() }

/**
 * Starts one node: the only place where its parts meet. Several may run in one process, each with its own data folder
 * or on one PostgreSQL. Rejects when the database cannot be used (after 10 s of trying) or the port is taken.
 * `under` may stand between the rooms and their ground, as tests of faults do.
 */
export async function startNode(
  config: Config,
  log: Log,
  under: (ground: RoomGround) => RoomGround = (ground) => ground,
): Promise<Node> {
  const node = NodeId.parse(chance.id())
  const now = (): number => performance.now()
  const metrics = new Metrics()
  const onIdleError = (error: Error): void =>
    // Not the error itself: pg hangs its whole client on it.
    log.warn({ reason: error.message }, 'an idle database connection broke and is replaced')
  const onDamage = (damage: DamageFound): void => {
    metrics.damageFound()
    log.error(damage, 'a stored document is damaged: it is read-only until `pnpm tandem repair` has mended it')
  }
  const store = await openPatiently(() =>
    openStore({ databaseUrl: config.databaseUrl, dataDir: config.dataDir, onIdleError, onDamage }),
  )
  const unfinished = await UnfinishedImports.watch({ store, log })
  const relay = openRelay(config, { node, log, meter: metrics, now })
  const cluster = openCluster(config, node)
  const compactor = new WorkerCompactor({ location: store.location, log, onDamage })
  const events = new LiveEvents({ node, relay })
  const rooms = new Rooms({
    ...under({ log: watchedLog(store.log, (end) => logWatch.appendEnded(end)), relay, compactor }),
    node,
    access: store.access,
    clock,
    chance,
    meter: metrics,
    contents: { roots: new Set([FRAGMENT, ...config.documentRoots]) },
  })
  const auth = await openAuth({
    config,
    database: store.accounts,
    alone: (work) => store.alone(work),
    log,
    onLoginEnded: (userId, loginId) => events.publish(userTopic(userId), { name: 'loginEnded', data: { loginId } }),
    trustedOrigins: (headers) => ownOrigins(headers.get('host') ?? undefined, config.publicUrl),
  })
  const lanes = openLanes({ now, after: clock.after, onShed: (what) => metrics.shed(what) })
  const loop = new LoopWatch()
  const largeBodies = new LargeBodies(() => metrics.shed('large body'), BODY_BYTES)
  const tickets = new SocketTickets({ table: auth.tickets, onTicket: (what) => metrics.ticket(what), now })
  const caps = new SocketCaps({
    cluster,
    caps: { ip: config.socketsPerIp, user: config.socketsPerUser, link: config.sessionsPerLink },
    onRefused: (holder) => metrics.socketRefused(holder),
  })
  const expensive = lanes.expensive.run.bind(lanes.expensive)
  const uploads = await openUploads({ config, store, expensive, onShed: () => metrics.shed('upload'), log })
  const contents = new ContentDigests({
    location: store.location,
    log,
    now,
    after: clock.after,
    expensive: lanes.expensive.run.bind(lanes.expensive),
    onDivergence: () => metrics.divergence(),
  })
  const firstScreens = new FirstScreens({
    location: store.location,
    access: store.access,
    heads: (documentIds) => store.log.heads(documentIds),
    log,
    now,
    after: clock.after,
  })
  const behindLinks = linkPlaces(rooms, {
    sharing: store.sharing,
    accessVersion: (documentId) => rooms.accessVersion(documentId),
    caps,
    most: config.sessionsPerLink,
  })
  const base = {
    rooms: admittedRooms(behindLinks, { ...lanes, now, after: clock.after }),
    expensive,
    access: store.access,
    documents: store.documents,
    sharing: store.sharing,
    people: { rename: auth.rename },
    events,
    importer: new ProcessImporter(),
    contents,
    schemaVersion: SCHEMA_VERSION,
    tickets,
  }
  const limits = {
    shared: new SharedRates({ cluster, rates: sharedRateTable(config), now }),
    onRefused: metrics.refused.bind(metrics),
    onRefusal: metrics.refusal.bind(metrics),
  }
  const sockets = new Sockets({
    ...config,
    ...limits,
    base,
    caps,
    turn: config.fastLane ? deliveryTurn(log) : undefined,
    users: new LiveUsers(events, (user) => rooms.renamed(user)),
    login: auth.login,
    logins: new LoginWatch({ lasting: auth.lasting, now, log }),
    bearer: auth.bearer,
    ticket: (ticket) => tickets.use(ticket),
    socketsPerNode: config.socketsPerNode,
    door: new Door({ perSecond: config.socketsPerSecond, loop, now }),
    logIsLost: () => logWatch.isLost,
    onShed: () => metrics.shed('socket'),
    onOpen: () => ticks.wake(),
    now,
    log,
  })
  const ticks = new Ticks({ rooms, relay, socketCount: () => sockets.count })
  metrics.watch({ sockets, rooms, relay, cluster, store, lanes: [lanes.pushes, lanes.opens, lanes.expensive] })
  const logWatch = new LogWatch({
    ready: () => store.ready(),
    anotherIsReady: otherNodes(config, node),
    sendAway: async () => {
      log.warn('the database is out of reach from here, not from another node: people are sent there')
      await sockets.sendAway('This node has lost its database; reconnect.')
    },
    socketCount: () => sockets.count,
    now,
  })
  let draining = false
  const readiness = async () => {
    const writable = await logWatch.isWritable()
    const state = { log: writable ? 'writable' : 'unavailable', relay: relay.state, draining }
    return { ready: writable && !draining, node, ...state }
  }
  const http = await createHttp({
    config,
    ...limits,
    base,
    auth,
    largeBodies,
    uploads,
    firstScreens,
    callers: new CallerBuckets(now),
    readiness,
    metrics,
    log,
  })
  http.server.on('upgrade', sockets.upgrade)

  const closeParts = async (): Promise<void> => {
    sockets.close()
    ticks.stop()
    logWatch.stop()
    await http.close()
    caps.close()
    await cluster?.close()
    events.close()
    relay.close()
    await compactor.close()
    await contents.close()
    await firstScreens.close()
    await unfinished.stop()
    await uploads.stop()
    await store.close()
    loop.close()
    metrics.close()
  }
  const drain = async (): Promise<void> => {
    draining = true
    logWatch.stop()
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

function deliveryTurn(log: Log): DeliveryTurn {
  return new DeliveryTurn(binaryEncoder().encode, (error) => log.error({ err: error }, 'frames were not sent'))
}

/** What the nodes count together; a node without Redis counts alone. */
function openCluster({ redisUrl, secretKey }: Config, node: NodeId): Cluster | undefined {
  if (redisUrl === undefined) return undefined
  return new Cluster({ url: redisUrl, node, prefix: new RelayEnvelope(node, secretKey).prefix })
}

/** How to ask for another node; undefined: there is none, or nobody to ask. */
function otherNodes({ databaseUrl, balancerUrl }: Config, node: NodeId): (() => Promise<boolean>) | undefined {
  if (databaseUrl === undefined || balancerUrl === undefined) return undefined
  return () => anotherNodeIsReady(balancerUrl, node)
}

function urlOf(config: Config, address: AddressInfo | string | null): string {
  if (config.publicUrl !== undefined) return config.publicUrl
  const port = typeof address === 'object' && address !== null ? address.port : config.port
  const everywhere = config.host === '0.0.0.0' || config.host === '::'
  const host = everywhere ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host
  return `http://${host}:${port}`
}
