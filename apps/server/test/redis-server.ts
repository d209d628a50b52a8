import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRedis as startServer } from '../../../scripts/parts/redis-server.ts'

export { freePort } from '../../../scripts/parts/ports.ts'

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
  const folder = mkdtempSync(join(tmpdir(), 'tandem-redis-'))
  let server = await startServer(folder)
  const { url } = server
  return {
    url,
    kill: () => server.child.kill(),
    start: async () => {
      server = await startServer(folder, Number(new URL(url).port))
    },
    pause: () => void process.kill(server.child.pid, 'SIGSTOP'),
    resume: () => void process.kill(server.child.pid, 'SIGCONT'),
  }
}
