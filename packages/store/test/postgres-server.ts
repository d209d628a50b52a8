import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const INSTALLED = '/usr/lib/postgresql'

/** A real PostgreSQL of one test file: its own folder, its own port, fsync on. */
export interface PostgresServer {
  /** A new, empty database; its connection string. */
  database(): Promise<string>
  /** Ends as a crash does ('immediate') or cleanly ('fast'), and may start again. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its folder. May be called twice. */
  close(): Promise<void>
}

/** Starts PostgreSQL on a free port. Root may not run it: then it runs as the user `postgres`. Throws Error when it is not installed. */
export async function startPostgres(): Promise<PostgresServer> {
  const server = new LocalPostgres(newestBinaries())
  try {
    await server.create()
    await server.start()
    return server
  } catch (error) {
    await server.close()
    throw error
  }
}

class LocalPostgres implements PostgresServer {
  readonly #binaries: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'tandem-postgres-'))
  readonly #owner: readonly string[]
  #port = 0
  #databases = 0
  #process: ChildProcess | undefined

  constructor(binaries: string) {
    this.#binaries = binaries
    this.#owner = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  }

  async create(): Promise<void> {
    if (this.#owner.length > 0) {
      const [user, group] = [await run('id', ['-u', 'postgres']), await run('id', ['-g', 'postgres'])]
      chownSync(this.#folder, Number(user.stdout), Number(group.stdout))
    }
    this.#port = await freePort()
    const [command, ...args] = this.#command(
      'initdb',
      '-D',
      this.#data,
      '-U',
      'tandem',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-sync',
      '--locale=C.UTF-8',
    )
    await run(command, args)
  }

  async start(): Promise<void> {
    const [command, ...args] = this.#command(
      'postgres',
      '-D',
      this.#data,
      '-p',
      String(this.#port),
      '-h',
      '127.0.0.1',
      '-k',
      this.#folder,
    )
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr?.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-4_000)))
    this.#process = child
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`PostgreSQL did not start: ${said}`)
      await setTimeout(20)
    }
  }

  async database(): Promise<string> {
    this.#databases += 1
    const name = `test_${this.#databases}`
    await this.#ask(`create database ${name}`)
    return this.#url(name)
  }

  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const [command, ...args] = this.#command('pg_ctl', '-D', this.#data, '-m', mode, '-w', 'stop')
    await run(command, args)
    await ended
  }

  async close(): Promise<void> {
    await this.stop('immediate')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #data(): string {
    return join(this.#folder, 'data')
  }

  #url(database: string): string {
    return `postgres://tandem@127.0.0.1:${this.#port}/${database}`
  }

  #command(binary: string, ...args: string[]): [string, ...string[]] {
    return [...this.#owner, join(this.#binaries, binary), ...args] as [string, ...string[]]
  }

  async #answers(): Promise<boolean> {
    try {
      await this.#ask('select 1')
      return true
    } catch {
      return false
    }
  }

  async #ask(sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url('postgres') })
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
}

function newestBinaries(): string {
  const versions = readdirSync(INSTALLED).sort((one, other) => Number(other) - Number(one))
  if (versions[0] === undefined)
    throw new Error(`There is no PostgreSQL in ${INSTALLED}. Install it: apt install postgresql.`)
  return join(INSTALLED, versions[0], 'bin')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
