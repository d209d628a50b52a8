import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../../../scripts/parts/postgres-server.ts'
import { startRedis } from '../../../scripts/parts/redis-server.ts'
import { MeasuredServer, type Contestant } from './measured-server.ts'

/** Two nodes on one core, with the Redis between them; Tandem's also with a PostgreSQL that waits for the disk. */
export interface TwoNodes {
  readonly first: MeasuredServer
  readonly second: MeasuredServer
  readonly redisPid: number
  stop(): Promise<void>
}

export async function startTwoNodes(contestant: Contestant, profileFolder: string | undefined): Promise<TwoNodes> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-bench-cluster-'))
  await chmod(folder, 0o755) // the postgres user has to reach its own folder in it
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (const each of stops.toReversed()) await each()
  }
  try {
    const redis = await startRedis(join(folder, 'redis'))
    stops.push(() => redis.child.stop())
    const env: Record<string, string> = { REDIS_URL: redis.url }
    if (contestant.protocol === 'tandem') {
      const postgres = await startPostgres({ folder: join(folder, 'postgres') })
      stops.push(() => postgres.child.stop('SIGINT'))
      env['DATABASE_URL'] = await postgres.database('bench')
      env['SECRET_KEY'] = randomBytes(32).toString('hex')
    }
    const start = async (): Promise<MeasuredServer> => {
      const server = await MeasuredServer.start(contestant, { env, profileFolder })
      stops.push(() => server.stop())
      return server
    }
    return { first: await start(), second: await start(), redisPid: redis.child.pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
