/** Hocuspocus as its guide sets it up, in memory, and with its Redis extension when there is a REDIS_URL. Sockets of the bench say nothing while they read, so it must not time them out. */
import { Redis } from '@hocuspocus/extension-redis'
import { Server } from '@hocuspocus/server'

const TIMEOUT_MS = 3_600_000

const redisUrl = process.env['REDIS_URL']
const redis = redisUrl === undefined ? undefined : new URL(redisUrl)
const extensions = redis === undefined ? [] : [new Redis({ host: redis.hostname, port: Number(redis.port) })]

const server = new Server({ port: 0, address: '127.0.0.1', quiet: true, timeout: TIMEOUT_MS, extensions })
await server.listen()
console.log(`ready: ws://127.0.0.1:${server.address.port}`)
