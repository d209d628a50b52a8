import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'

/** A real Redis of one test file, on a port of its own, keeping nothing. */
export interface RedisServer {
  readonly url: string
  /** Ends as a crash does, and may start again, empty. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Stops answering without closing anything, as a machine does that swaps. */
  pause(): void
  resume(): void
}

/** Throws Error when redis-server is not installed. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort()
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const started = spawn(
      'redis-server',
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    child = started
    await new Promise<void>((resolve, reject) => {
      let said = ''
      started.once('error', reject)
      started.once('exit', () => reject(new Error(`redis-server ended: ${said.slice(-1_000)}`)))
      started.stdout?.on('data', (text: Buffer) => {
        said += text.toString()
        if (said.includes('Ready to accept connections')) resolve()
      })
    })
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill: async () => {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
