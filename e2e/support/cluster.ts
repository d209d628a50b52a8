import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Child } from '../../scripts/parts/child.ts'
import { startNginx } from '../../scripts/parts/nginx-server.ts'
import { freePort } from '../../scripts/parts/ports.ts'
import type { PostgresServer } from '../../scripts/parts/postgres-server.ts'
import { startRedis } from '../../scripts/parts/redis-server.ts'
import { startTandemNode, type NodeSettings, type TandemNode } from '../../scripts/parts/tandem-node.ts'
import { root, workspaceNode } from '../../scripts/parts/workspace.mjs'

/** What a test runs on. Several nodes need `postgres`; without `redis` they are each alone until they look at the log. */
export interface ClusterShape {
  readonly nodes: number
  readonly database: 'sqlite' | 'postgres'
  readonly redis: boolean
  /** Puts the nginx of docker/ in front; tabs that name no node go through it, and find another node when theirs dies. */
  readonly nginx: boolean
}

export interface ClusterPorts {
  /** Takes data and logs. */
  readonly folder: string
  /** Started when first asked for; shared by the tests of a run, each with a database of its own. */
  postgres(): Promise<PostgresServer>
}

interface Place {
  readonly name: string
  readonly settings: NodeSettings
  running: TandemNode | undefined
}

/** Real nodes, Redis, PostgreSQL and nginx on free ports of this machine. */
export class Cluster {
  /** What people type in: the same for every tab, whichever node it reaches. */
  readonly publicUrl: string
  readonly #folder: string
  readonly #places: Place[]
  readonly #services: Child[] = []
  #isWhole = true

  private constructor(folder: string, publicUrl: string, places: Place[]) {
    this.#folder = folder
    this.publicUrl = publicUrl
    this.#places = places
  }

  static async start(shape: ClusterShape, { folder, postgres }: ClusterPorts): Promise<Cluster> {
    if (shape.nodes > 1 && shape.database === 'sqlite') throw new Error('Several nodes need database: "postgres".')
    const publicPort = await freePort()
    const redis = shape.redis ? await startRedis(folder) : undefined
    const databaseUrl =
      shape.database === 'postgres'
        ? await (await postgres()).database(`test_${randomBytes(6).toString('hex')}`)
        : undefined
    const shared = {
      PUBLIC_URL: `http://localhost:${publicPort}`,
      SECRET_KEY: randomBytes(32).toString('base64url'),
      TRUSTED_PROXIES: shape.nginx ? '1' : '0',
      UPLOADS_DIR: join(folder, 'uploads'), // several nodes have one
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    }
    const places: Place[] = []
    for (let index = 0; index < shape.nodes; index++) {
      const name = `node-${index}`
      const DATA_DIR = join(folder, name)
      mkdirSync(DATA_DIR)
      places.push({ name, settings: { ...shared, PORT: `${await freePort()}`, DATA_DIR }, running: undefined })
    }
    const cluster = new Cluster(folder, shared.PUBLIC_URL, places)
    if (redis !== undefined) cluster.#services.push(redis.child)
    try {
      const starts = await Promise.allSettled([...places.keys()].map((index) => cluster.startNode(index)))
      for (const start of starts) if (start.status === 'rejected') throw start.reason
      if (shape.nginx) {
        const nodes = places.map(({ settings }) => `127.0.0.1:${settings.PORT}`)
        cluster.#services.push(
          await startNginx({ folder: join(folder, 'nginx'), port: publicPort, nodes, host: '127.0.0.1' }),
        )
      }
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  /** The port that a browser's line leads to: that of a node, or of nginx when none is named. */
  portOf(node: number | undefined): number {
    return node === undefined ? Number(new URL(this.publicUrl).port) : Number(this.#place(node).settings.PORT)
  }

  get nodes(): number {
    return this.#places.length
  }

  /** Whether every node is still the one that was started first. */
  get isWhole(): boolean {
    return this.#isWhole && this.#places.every(({ running }) => running?.child.running === true)
  }

  /** Starts a node again, on the same port and data. Resolves when it is ready. */
  async startNode(node: number): Promise<void> {
    const place = this.#place(node)
    if (place.running?.child.running === true) throw new Error(`${place.name} is running already.`)
    place.running = await startTandemNode(place.name, place.settings, join(this.#folder, `${place.name}.log`))
  }

  /** SIGKILL: nothing is flushed, nobody is told. Resolves when it is gone. */
  async killNode(node: number): Promise<void> {
    this.#isWhole = false
    await this.#running(node).child.kill()
  }

  /** SIGTERM, as a deployment does it. Resolves with how it ended: "exit code 0". */
  async stopNode(node: number): Promise<string> {
    this.#isWhole = false
    const { child } = this.#running(node)
    await child.stop()
    return child.ended
  }

  /** For a script that acts as somebody new: what `createClient` takes beside the URL. */
  async scriptToken(email: string): Promise<string> {
    return this.cli('token', '--user', email)
  }

  /** `pnpm tandem …` beside the first node. Resolves with what it printed on stdout. */
  async cli(...args: readonly string[]): Promise<string> {
    const { DATABASE_URL: _, REDIS_URL: __, ...inherited } = process.env // it is given all that it may reach
    const env = { ...inherited, ...this.#place(0).settings }
    const { stdout } = await promisify(execFile)(workspaceNode, [join(root, 'apps/server/src/cli.ts'), ...args], {
      env,
    })
    return stdout.trim()
  }

  /** The database file of a node on SQLite. */
  databaseFile(node: number): string {
    return join(this.#folder, this.#place(node).name, 'tandem.db')
  }

  /** Everything the nodes and services have printed, one file each. */
  logFiles(): string[] {
    return readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.log'))
      .map((file) => join(this.#folder, file))
  }

  async stop(): Promise<void> {
    // Nothing is left to be flushed for: a test that cares about a clean stop asks for one.
    await Promise.all(this.#places.map(async ({ running }) => running?.child.kill()))
    await Promise.all(this.#services.map((child) => child.stop()))
  }

  #place(node: number): Place {
    const place = this.#places[node]
    if (place === undefined)
      throw new Error(`There is no node ${node}: this cluster has ${this.nodes}, counted from 0.`)
    return place
  }

  #running(node: number): TandemNode {
    const { name, running } = this.#place(node)
    if (running === undefined) throw new Error(`${name} was never started.`)
    return running
  }
}
