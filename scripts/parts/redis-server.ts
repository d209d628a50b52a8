import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Child } from './child.ts'
import { onPath } from './machine.mjs'
import { accepts, freePort } from './ports.ts'

export interface RedisServer {
  readonly url: string
  readonly child: Child
}

/** A Redis of its own on 127.0.0.1 that keeps nothing: to Tandem it is a carrier of hints. `folder` takes its log. */
export async function startRedis(folder: string, port?: number): Promise<RedisServer> {
  mkdirSync(folder, { recursive: true })
  const listens = port ?? (await freePort())
  const child = new Child({
    name: 'Redis',
    command: onPath(['redis-server']) ?? 'redis-server',
    args: ['--port', `${listens}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    logFile: join(folder, 'redis.log'),
  })
  await child.ready(() => accepts(listens))
  return { url: `redis://127.0.0.1:${listens}`, child }
}
