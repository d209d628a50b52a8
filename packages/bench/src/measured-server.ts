import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Target } from './clients/client.ts'
import type { ProtocolName } from './clients/protocols.ts'
import { SERVER_CORE } from './machine.ts'

export interface Contestant {
  /** As `--peers` names it. */
  readonly name: string
  readonly title: string
  /** In src/servers. */
  readonly program: string
  readonly protocol: ProtocolName
  readonly env?: Readonly<Record<string, string>>
  /** Only when it is asked for by name. */
  readonly isExtra?: true
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'ws', title: 'raw `ws` loop', program: 'ws-loop', protocol: 'plain' },
  { name: 'frame', title: 'prebuilt frame', program: 'prebuilt-frame', protocol: 'plain' },
  { name: 'tandem', title: 'Tandem (durable)', program: 'tandem', protocol: 'tandem' },
  {
    name: 'tandem-trpc',
    title: 'Tandem, FAST_LANE=off',
    program: 'tandem',
    protocol: 'tandem',
    env: { FAST_LANE: 'off' },
    isExtra: true,
  },
  { name: 'hocuspocus', title: 'Hocuspocus', program: 'hocuspocus', protocol: 'hocuspocus' },
  { name: 'y-websocket', title: '@y/websocket-server', program: 'y-websocket', protocol: 'y-websocket' },
  { name: 'socket.io', title: 'Socket.IO', program: 'socket-io', protocol: 'socket.io' },
]

/** A program that ends by itself does so within this; a Tandem node drains for up to 10 s. */
const END_MS = 20_000

/** A server under measurement: a process of its own, on a core of its own. */
export class MeasuredServer {
  readonly contestant: Contestant
  readonly target: Target
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(contestant: Contestant, started: { child: ChildProcess; folder: string; target: Target }) {
    this.contestant = contestant
    this.target = started.target
    this.#process = started.child
    this.#folder = started.folder
  }

  /**
   * `profileFolder`: where V8 writes the CPU profile when it is stopped. `env`: of a cluster it belongs to.
   * Throws when the program ends before it is ready.
   */
  static async start(
    contestant: Contestant,
    { profileFolder, env = {} }: { profileFolder?: string | undefined; env?: Readonly<Record<string, string>> } = {},
  ): Promise<MeasuredServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-'))
    const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
    const program = join(import.meta.dirname, 'servers', `${contestant.program}.ts`)
    const child = spawn('taskset', ['-c', SERVER_CORE, process.execPath, ...profiling, program], {
      env: { PATH: process.env['PATH'], DATA_DIR: folder, ...contestant.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const end = (): boolean => child.kill('SIGKILL')
    process.once('exit', end) // however the bench ends
    child.once('exit', () => process.off('exit', end))
    try {
      const said = await ready(child)
      return new MeasuredServer(contestant, { child, folder, target: { ...said, pid: child.pid ?? 0 } })
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw new Error(`${contestant.title} did not start; its own words are above.`, { cause: error })
    }
  }

  /** Asks it to end first, so that a profile is written. */
  async stop(): Promise<void> {
    const child = this.#process
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const killing = setTimeout(() => child.kill('SIGKILL'), END_MS)
      await once(child, 'exit')
      clearTimeout(killing)
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function ready({ stdout }: ChildProcess): Promise<{ url: string; tokens: readonly string[] }> {
  if (stdout === null) throw new Error('The program was started without a stdout to read.')
  const lines = createInterface({ input: stdout })
  const tokens: string[] = []
  for await (const line of lines) {
    const token = /^token: (\S+)/.exec(line)?.[1]
    if (token !== undefined) tokens.push(token)
    const url = /ready: (\S+)/.exec(line)?.[1]
    if (url === undefined) continue
    stdout.resume()
    return { url, tokens }
  }
  throw new Error('It ended before it was ready.')
}
