import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { promisify } from 'node:util'
import { createClient, type TandemClient } from '@tandem/client'
import { freePort } from '../../scripts/parts/ports.ts'
import { startTandemNode, type NodeSettings, type TandemNode } from '../../scripts/parts/tandem-node.ts'
import { root, workspaceNode } from '../../scripts/parts/workspace.mjs'

export const SCHEMA_VERSION = 1
const TICKS_PER_SECOND = 100

/** Somebody with a cookie. */
export interface Guest {
  readonly cookie: string
  /** What the node takes for their address. */
  readonly address: string
}

/** The node that is attacked: a real process on SQLite, with a look into its database, its memory and what it prints. */
export class Target {
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
    const folder = mkdtempSync(join(tmpdir(), 'tandem-attacks-'))
    const port = await freePort()
    const settings: NodeSettings = {
      PORT: `${port}`,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SECRET_KEY: randomBytes(24).toString('hex'),
      DATA_DIR: folder,
      LOG_LEVEL: 'debug',
      TRUSTED_PROXIES: '1', // so that attackers can come from addresses of their own
    }
    const node = await startTandemNode('the target', settings, join(folder, 'node.log'))
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

  get log(): string {
    return this.#node.child.log()
  }

  get running(): boolean {
    return this.#node.child.running
  }

  get memoryBytes(): number {
    const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#node.child.pid}/status`, 'utf8'))
    return Number(pages?.[1]) * 1024
  }

  /** Processor time that the node has used so far. */
  get cpuMs(): number {
    const fields = readFileSync(`/proc/${this.#node.child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
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
