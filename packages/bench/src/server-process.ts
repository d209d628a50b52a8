import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const SERVER = resolve(import.meta.dirname, '../../../apps/server/src')
/** Kernel clock ticks in /proc/<pid>/stat are hundredths of a second on every Linux that Node runs on. */
const TICK_US = 10_000

/** A server under measurement, in a process of its own. */
export class ServerProcess {
  readonly url: string
  readonly #process: ChildProcess
  readonly #folder: string | undefined

  private constructor(child: ChildProcess, url: string, folder?: string) {
    this.#process = child
    process.once('exit', () => child.kill('SIGKILL')) // however the bench ends
    this.url = url
    this.#folder = folder
  }

  static async broadcast(): Promise<ServerProcess> {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'broadcast-server.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return new ServerProcess(child, await readyUrl(child, 'ready: '))
  }

  /** A Tandem node on embedded SQLite, with a token for it. Limits that count sockets are raised: all come from here. */
  static async tandem(sockets: number): Promise<{ server: ServerProcess; token: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'))
    const all = String(sockets)
    // One address gets a quarter of those per second.
    const limits = { SOCKETS_PER_USER: all, SOCKETS_PER_IP: all, SOCKETS_PER_SECOND: String(4 * sockets) }
    const env = {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
      FAST_LANE: process.env['FAST_LANE'] ?? 'on',
      ...limits,
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(SERVER, 'cli.ts'), 'token', '--user', 'bench@example.org'],
      { env },
    )
    const child = spawn(process.execPath, [join(SERVER, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    return {
      server: new ServerProcess(child, await readyUrl(child, 'Tandem is ready: '), folder),
      token: stdout.trim(),
    }
  }

  /** Processor time it has used so far, all threads, user and kernel. */
  get cpuUs(): number {
    const stat = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ') // the name in parentheses may hold spaces
    return (Number(fields[11]) + Number(fields[12])) * TICK_US
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL')
    await once(this.#process, 'exit')
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true })
  }
}

async function readyUrl(child: ChildProcess, sign: string): Promise<string> {
  if (!child.stdout) throw new Error('The server was started without a stdout to read.')
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(sign)) return line.slice(sign.length)
  throw new Error('The server ended before it was ready; its own words are above.')
}
