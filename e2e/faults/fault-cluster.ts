import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../scripts/parts/ports.ts'
import { startPostgres, type PostgresServer } from '../../scripts/parts/postgres-server.ts'
import { startRedis, type RedisServer } from '../../scripts/parts/redis-server.ts'
import {
  startTandemNode,
  type NodeProgram,
  type NodeSettings,
  type TandemNode,
} from '../../scripts/parts/tandem-node.ts'
import { root, workspaceNode } from '../../scripts/parts/workspace.mjs'
import { TcpProxy } from './tcp-proxy.ts'

const run = promisify(execFile)

/** One node with a proxy of its own in front of each thing it talks to, and one in front of itself. */
export interface FaultNode {
  readonly name: string
  /** What clients connect to; it stays when the node is killed and started again. */
  readonly url: string
  readonly front: TcpProxy
  readonly postgres: TcpProxy
  readonly redis: TcpProxy
  readonly running: boolean
  /** Where it really listens. */
  readonly port: number
  /** SIGKILL; its clients are led to another node from then on, if one is given. */
  kill(leadTo?: FaultNode): Promise<void>
  /** SIGTERM, and the end of it. Resolves with how it ended, in words. */
  stop(leadTo?: FaultNode): Promise<string>
  /** Resolves when it is ready; nothing happens while it runs. With another program than the product's own when one is given. */
  start(program?: NodeProgram): Promise<void>
  signal(signal: NodeJS.Signals): void
  readonly pid: number
  log(): string
}

export interface ClusterOptions {
  readonly nodes?: number
  readonly settings?: Partial<NodeSettings> | undefined
}

/** Two nodes, PostgreSQL and Redis, all real, with everything between them in our hands. */
export class FaultCluster {
  readonly folder: string
  readonly nodes: readonly FaultNode[]
  readonly databaseUrl: string
  redis: RedisServer
  postgres: PostgresServer
  /** SECRET_KEY of every node. */
  readonly secret: string

  private constructor(parts: {
    folder: string
    nodes: readonly FaultNode[]
    databaseUrl: string
    redis: RedisServer
    postgres: PostgresServer
    secret: string
  }) {
    this.folder = parts.folder
    this.nodes = parts.nodes
    this.databaseUrl = parts.databaseUrl
    this.redis = parts.redis
    this.postgres = parts.postgres
    this.secret = parts.secret
  }

  static async start(options: ClusterOptions = {}): Promise<FaultCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-faults-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another user
    const [postgres, redis] = await Promise.all([
      startPostgres({ folder: join(folder, 'postgres') }),
      startRedis(folder),
    ])
    const databaseUrl = await postgres.database('tandem')
    const secret = randomBytes(24).toString('hex')
    const nodes: FaultNode[] = []
    for (let index = 0; index < (options.nodes ?? 2); index += 1) {
      const place = { index, folder, databaseUrl, redisUrl: redis.url }
      nodes.push(await startNode({ ...place, secret, settings: options.settings }))
    }
    return new FaultCluster({ folder, nodes, databaseUrl, redis, postgres, secret })
  }

  /** The same port, empty. */
  async restartRedis(): Promise<void> {
    this.redis = await startRedis(this.folder, Number(new URL(this.redis.url).port))
  }

  async restartPostgres(): Promise<void> {
    this.postgres = await startPostgres({ folder: join(this.folder, 'postgres'), port: this.postgres.port })
  }

  node(index: number): FaultNode {
    const node = this.nodes[index]
    if (node === undefined) throw new RangeError(`There is no node ${index}.`)
    return node
  }

  /** A bearer token of a user made for the test. */
  async token(name: string): Promise<string> {
    const printed = await this.cli('token', '--user', `${name}@example.org`, '--name', name)
    return printed.split('\n').at(-1) ?? ''
  }

  /** `pnpm tandem …` beside the nodes. Resolves with what it printed on stdout. */
  async cli(...args: readonly string[]): Promise<string> {
    const own = { DATABASE_URL: this.databaseUrl, REDIS_URL: this.redis.url, SECRET_KEY: this.secret }
    const env = { ...process.env, ...own, LOG_LEVEL: 'error' }
    const { stdout } = await run(workspaceNode, [join(root, 'apps/server/src/cli.ts'), ...args], { env })
    return stdout.trim()
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.nodes.map((node) => node.kill()))
    await Promise.allSettled(
      this.nodes.flatMap(({ front, postgres, redis }) => [front, postgres, redis].map((proxy) => proxy.close())),
    )
    await Promise.allSettled([this.redis.child.kill(), this.postgres.child.kill()])
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function startNode(options: {
  index: number
  folder: string
  databaseUrl: string
  redisUrl: string
  secret: string
  settings: ClusterOptions['settings']
}): Promise<FaultNode> {
  const through = async (url: string): Promise<{ proxy: TcpProxy; url: string }> => {
    const target = new URL(url)
    const proxy = await TcpProxy.before(Number(target.port))
    target.port = `${proxy.port}`
    return { proxy, url: target.href }
  }
  const [postgres, redis] = [await through(options.databaseUrl), await through(options.redisUrl)]
  const databaseUrl = new URL(postgres.url)
  databaseUrl.searchParams.set('application_name', `node ${options.index}`) // so that the database can tell them apart
  const port = await freePort()
  const front = await TcpProxy.before(port)
  const url = `http://127.0.0.1:${front.port}`
  const settings: NodeSettings = {
    PORT: `${port}`,
    PUBLIC_URL: url,
    SECRET_KEY: options.secret,
    DATABASE_URL: databaseUrl.href,
    REDIS_URL: redis.url,
    DATA_DIR: options.folder,
    LOG_LEVEL: 'warn',
    DOCUMENT_ROOTS: 'crowd,faults,line,paused,probes,rows,traffic', // what the writers and probes keep beside the text
    ...options.settings,
  }
  const logFile = join(options.folder, `node-${options.index}.log`)
  const begin = (program?: NodeProgram): Promise<TandemNode> =>
    startTandemNode(`node ${options.index}`, settings, logFile, program)
  let node = await begin()
  return {
    name: `node ${options.index}`,
    url,
    front,
    postgres: postgres.proxy,
    redis: redis.proxy,
    get running() {
      return node.child.running
    },
    get pid() {
      return node.child.pid
    },
    port,
    kill: async (leadTo) => {
      if (leadTo !== undefined) front.leadTo(leadTo.port)
      await node.child.kill()
    },
    stop: async (leadTo) => {
      if (leadTo !== undefined) front.leadTo(leadTo.port)
      await node.child.stop()
      return node.child.ended
    },
    signal: (signal) => process.kill(node.child.pid, signal),
    start: async (program) => {
      if (!node.child.running) node = await begin(program)
      front.leadTo(port)
    },
    log: () => node.child.log(),
  }
}
