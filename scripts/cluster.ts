// Redis, PostgreSQL, three nodes and nginx on this machine, behind one URL, until Ctrl-C.
// Its data goes to a folder that is removed at the end; with DATA_DIR, to DATA_DIR/cluster, which is kept.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Child } from './parts/child.ts'
import { startNginx } from './parts/nginx-server.ts'
import { accepts, freePort } from './parts/ports.ts'
import { startPostgres } from './parts/postgres-server.ts'
import { startRedis } from './parts/redis-server.ts'
import { startTandemNode } from './parts/tandem-node.ts'

const NODES = 3

const { DATA_DIR, PORT = '4000' } = process.env
const kept = DATA_DIR === undefined || DATA_DIR === '' ? undefined : resolve(DATA_DIR, 'cluster')
const port = Number(PORT)

/** In the order of their start; stopped the other way round. */
const children: Child[] = []

/** Has the child stopped with all others; from now on its end is the end of the cluster. */
function watch<T extends { child: Child }>(started: T): T {
  children.push(started.child)
  return started
}

async function start(folder: string): Promise<void> {
  const postgres = watch(await startPostgres({ folder: join(folder, 'postgres') }))
  const redis = watch(await startRedis(join(folder, 'redis')))
  const databaseUrl = await postgres.database('tandem')
  const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${port}`
  const secretKey = secretKeyIn(folder)
  const nodes: string[] = []
  // One after the other: the first brings the database up to date.
  for (let index = 1; index <= NODES; index++) {
    const nodePort = await freePort()
    const settings = {
      PORT: `${nodePort}`,
      PUBLIC_URL: publicUrl,
      SECRET_KEY: secretKey,
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: '1',
      DATA_DIR: join(folder, `node-${index}`),
      UPLOADS_DIR: join(folder, 'uploads'),
    }
    mkdirSync(settings.DATA_DIR, { recursive: true })
    const node = watch(await startTandemNode(`node ${index}`, settings, join(folder, `node-${index}.log`)))
    nodes.push(`127.0.0.1:${nodePort}`)
    console.log(`node ${index} is ready: ${node.url}`)
  }
  const host = process.env.HOST ?? 'localhost'
  watch({ child: await startNginx({ folder: join(folder, 'nginx'), host, port, nodes }) })
  console.log(`Logs are in ${folder}. Stop with Ctrl-C.`)
  console.log(`Tandem is ready: ${publicUrl}`)
}

/** The nodes share one key: a login made on one is good on all. */
function secretKeyIn(folder: string): string {
  const file = join(folder, 'secret-key')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600 })
  return process.env.SECRET_KEY ?? readFileSync(file, 'utf8')
}

/** Nodes flush before the database and Redis go away. */
async function stop(): Promise<void> {
  for (const child of children.toReversed()) {
    await child.stop(child.name === 'PostgreSQL' ? 'SIGINT' : 'SIGTERM') // SIGTERM would wait for its clients
  }
}

async function main(): Promise<number> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error(`PORT must be a number from 1 to 65535; it is "${PORT}".`)
    return 1
  }
  if (await accepts(port)) {
    console.error(`Port ${port} is in use. Choose another one: PORT=${port + 1} npm run cluster`)
    return 1
  }
  const asked = new Promise<undefined>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(undefined))
  })
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'tandem-cluster-'))
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755) // PostgreSQL runs as a user of its own
  const started = start(folder)
  let code = 0
  try {
    if ((await Promise.race([started.then(() => 'started' as const), asked])) === 'started') {
      const died = Promise.race(
        children.map(async (child) => `${child.name} stopped (${await child.ended}).\n${child.logTail()}`),
      )
      const why = await Promise.race([died, asked])
      if (why !== undefined) {
        console.error(why)
        code = 1
      }
    }
    console.log('Stopping …')
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    code = 1
  }
  // Stopped while starting: what is on its way comes up first, or fails, and is stopped with the rest.
  await started.catch(() => undefined)
  await stop()
  if (kept === undefined && code === 0) rmSync(folder, { recursive: true, force: true })
  return code
}

process.exitCode = await main()
