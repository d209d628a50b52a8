import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { promisify } from 'node:util'
import { createClient, type TandemClient } from '@tandem/client'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { NodeInspector } from './node-inspector.ts'
import { freePort } from '../../scripts/parts/ports.ts'
import {
  startTandemNode,
  type NodeProgram,
  type NodeSettings,
  type TandemNode,
} from '../../scripts/parts/tandem-node.ts'
import { buildPage, root, workspaceNode } from '../../scripts/parts/workspace.mjs'

export { SCHEMA_VERSION }

/** Somebody with a cookie. */
export interface Guest {
  readonly cookie: string
  /** What the node takes for their address. */
  readonly address: string
}

/** Where an attack goes: what browsers call it, and the port that answers there. */
export interface Place {
  readonly url: string
  readonly port: number
}

/** Its inspector listens when it is asked to, at a port of its own. */
const INSPECTABLE: NodeProgram = {
  path: join(root, 'apps/server/src/main.ts'),
  env: { NODE_OPTIONS: '--inspect-port=0' },
}

/** The node that is attacked: a real process on SQLite, with a look into its database, its memory and what it prints. */
export class Target implements Place {
  readonly port: number
  readonly url: string
  readonly #node: TandemNode
  readonly #settings: NodeSettings
  readonly #folder: string
  readonly #database: DatabaseSync
  #guests = 0

  private constructor(parts: { settings: NodeSettings; node: TandemNode; folder: string; database: DatabaseSync }) {
    this.port = Number(parts.settings.PORT)
    this.url = parts.settings.PUBLIC_URL
    this.#node = parts.node
    this.#settings = parts.settings
    this.#folder = parts.folder
    this.#database = parts.database
  }

  static async start(): Promise<Target> {
    buildPage() // some attacks are watched by a real browser
    const folder = mkdtempSync(join(tmpdir(), 'tandem-attacks-'))
    const port = await freePort()
    const settings: NodeSettings = {
      PORT: `${port}`,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SECRET_KEY: randomBytes(24).toString('hex'),
      DATA_DIR: folder,
      LOG_LEVEL: 'debug',
      TRUSTED_PROXIES: '1', // so that attackers can come from addresses of their own
      SOCKETS_PER_SECOND: '10000', // as fast as the node can, not as fast as its door lets them in
    }
    const node = await startTandemNode('the target', settings, join(folder, 'node.log'), INSPECTABLE)
    return new Target({ settings, node, folder, database: new DatabaseSync(join(folder, 'tandem.db')) })
  }

  async guest(address = `10.0.${Math.floor(this.#guests / 200)}.${(this.#guests % 200) + 1}`): Promise<Guest> {
    this.#guests += 1
    const response = await fetch(`${this.url}/api/auth/sign-in/anonymous`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tandem': '1', 'x-forwarded-for': address, origin: this.url },
      body: '{}',
    })
    const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
    if (cookie === undefined) throw new Error(`No guest could be made: ${response.status} ${await response.text()}`)
    return { cookie, address }
  }

  /** A bearer token of a new user. */
  async token(name: string): Promise<string> {
    const args = [join(root, 'apps/server/src/cli.ts'), 'token', '--user', `${name}@example.org`, '--name', name]
    const env = { ...process.env, ...this.#settings, LOG_LEVEL: 'error' }
    const { stdout } = await promisify(execFile)(workspaceNode, args, { env })
    return stdout.trim().split('\n').at(-1) ?? ''
  }

  client(token: string): TandemClient {
    return createClient({ url: this.url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  }

  /** Reads or writes the database behind the node's back. */
  sql(statement: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#database.prepare(statement).all(...values)
  }

  /** Where its data lies. */
  get folder(): string {
    return this.#folder
  }

  get log(): string {
    return this.#node.child.log()
  }

  get running(): boolean {
    return this.#node.child.running
  }

  get memoryBytes(): number {
    return memoryOf(this.#node.child.pid)
  }

  /** Of the processes that the node has started and that run now. */
  get childrenMemoryBytes(): number {
    const tasks = `/proc/${this.#node.child.pid}/task`
    const children = readdirSync(tasks).flatMap((task) => linesOf(`${tasks}/${task}/children`)[0]?.match(/\d+/g) ?? [])
    return children.reduce((sum, pid) => sum + memoryOf(Number(pid)), 0)
  }

  /** Processor time that the node's threads have used so far, by the scheduler's clock of nanoseconds. */
  get cpuMs(): number {
    const tasks = `/proc/${this.#node.child.pid}/task`
    const usedNs = (task: string): number => Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ')[0])
    return readdirSync(tasks).reduce((sum, task) => sum + usedNs(task), 0) / 1e6
  }

  /** Looks into the process itself. Close it when done. */
  inspect(): Promise<NodeInspector> {
    const { child } = this.#node
    return NodeInspector.attach({ pid: child.pid, log: () => child.log() })
  }

  /** What the node has counted as refused so far, by all its counters. */
  async refusals(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    const counters = text.matchAll(/^tandem_\w*(?:refus|shed)\w*_total(?:\{[^}]*\})? (\d+)/gm)
    return [...counters].reduce((sum, [, count]) => sum + Number(count), 0)
  }

  /** The longest that the node's event loop was busy since the last call, ms. */
  async longestStallMs(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text()
    return Number(/^tandem_event_loop_delay_max_seconds (\S+)/m.exec(text)?.[1]) * 1000
  }

  async stop(): Promise<void> {
    this.#database.close()
    await this.#node.child.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Resident bytes; 0 of one that has ended. */
function memoryOf(pid: number): number {
  const line = linesOf(`/proc/${pid}/status`).find((text) => text.startsWith('VmRSS:'))
  return Number(/(\d+) kB/.exec(line ?? '')?.[1] ?? 0) * 1024
}

/** Of a file of the kernel; none of a process or thread that has just ended. */
function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return []
    throw error
  }
}
