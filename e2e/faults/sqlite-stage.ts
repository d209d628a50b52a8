import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Child } from '../../scripts/parts/child.ts'
import { createClient, type TandemClient } from '@tandem/client'
import { freePort } from '../../scripts/parts/ports.ts'
import { spawnTandemNode, type NodeSettings } from '../../scripts/parts/tandem-node.ts'
import { root, workspaceNode } from '../../scripts/parts/workspace.mjs'
import type { StageCluster } from './stage.ts'
import { SCHEMA_VERSION } from './writers.ts'

const run = promisify(execFile)

/** One node on an embedded database in a folder of its own. */
export class SqliteNode {
  readonly name: string
  readonly port: number
  readonly url: string
  readonly dataDir: string
  readonly settings: NodeSettings
  readonly #logFile: string
  #child: Child | undefined

  private constructor(name: string, folder: string, port: number) {
    this.name = name
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.dataDir = join(folder, 'data')
    this.#logFile = join(folder, `${name}.log`)
    this.settings = {
      PORT: `${port}`,
      PUBLIC_URL: this.url,
      SECRET_KEY: randomBytes(24).toString('hex'),
      DATA_DIR: this.dataDir,
      LOG_LEVEL: 'warn',
      DOCUMENT_ROOTS: 'faults', // what the writers keep beside the text
    }
  }

  /** Not started yet; its data folder is made. */
  static async prepare(name: string, folder: string): Promise<SqliteNode> {
    const node = new SqliteNode(name, folder, await freePort())
    mkdirSync(node.dataDir, { recursive: true })
    return node
  }

  /** The file that commits are appended to. */
  get walPath(): string {
    return join(this.dataDir, 'tandem.db-wal')
  }

  get running(): boolean {
    return this.#child?.running ?? false
  }

  get pid(): number {
    if (this.#child === undefined) throw new Error(`${this.name} was never started.`)
    return this.#child.pid
  }

  /** Resolves when it is ready. Throws with the end of its log. */
  async start(): Promise<void> {
    const { child, isReady } = spawnTandemNode(this.name, this.settings, this.#logFile)
    this.#child = child
    await child.ready(isReady)
  }

  /** Starts it and kills it with SIGKILL before long, wherever it has got to. */
  async startAndKill(afterMs: number): Promise<void> {
    this.#child = spawnTandemNode(this.name, this.settings, this.#logFile).child
    await pause(afterMs)
    await this.#child.kill()
  }

  /** A second process with the same settings on another port. Resolves, when it has ended, with what it said. */
  async startAnother(): Promise<string> {
    const settings = { ...this.settings, PORT: `${await freePort()}` }
    const { child } = spawnTandemNode('another', settings, `${this.#logFile}-another`)
    await child.ended
    return child.log()
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#child?.kill()
  }

  log(): string {
    return this.#child?.log() ?? ''
  }

  /** Whether it says of itself that it can do its work. */
  async isReady(): Promise<boolean> {
    return (await fetch(`${this.url}/readyz`)).ok
  }

  /** Whoever asks closes it. */
  client(token: string): TandemClient {
    return createClient({ url: this.url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
  }

  /** `pnpm tandem …` beside it. Resolves with what it printed. */
  async cli(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.settings, DATABASE_URL: '', LOG_LEVEL: 'error' }
    const { stdout } = await run(workspaceNode, [join(root, 'apps/server/src/cli.ts'), ...args], {
      env: withoutEmpty(env),
    })
    return stdout.trim()
  }
}

/** One node and no services: what `npm start` gives to somebody who tries Tandem. */
export class SqliteCluster implements StageCluster {
  readonly folder: string
  readonly node: SqliteNode

  private constructor(folder: string, node: SqliteNode) {
    this.folder = folder
    this.node = node
  }

  static async start(): Promise<SqliteCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-faults-'))
    const node = await SqliteNode.prepare('node', folder)
    await node.start()
    return new SqliteCluster(folder, node)
  }

  get nodes(): readonly SqliteNode[] {
    return [this.node]
  }

  async token(name: string): Promise<string> {
    const printed = await this.node.cli('token', '--user', `${name}@example.org`, '--name', name)
    return printed.split('\n').at(-1) ?? ''
  }

  async stop(): Promise<void> {
    await this.node.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}
