import { describeRelay } from '@tandem/sync/contract'
import { NodeId, type RelayMessage } from '@tandem/sync'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startRedis, type RedisServer } from '../test/redis-server.ts'
import { createLog } from './log.ts'
import { RedisRelay } from './redis-relay.ts'

const SECRET = 'a secret for tests, and for nothing else'
let made = 0

async function relayOn(
  redis: RedisServer,
  options: { secretKey?: string; now?: () => number; onIgnored?: () => void } = {},
): Promise<RedisRelay> {
  made += 1
  const relay = new RedisRelay({
    url: redis.url,
    node: NodeId.parse(`node-${made}-of-test`),
    secretKey: options.secretKey ?? SECRET,
    log: createLog('silent'),
    meter: { count: () => options.onIgnored?.(), observe: () => undefined },
    now: options.now ?? (() => performance.now()),
  })
  await expect.poll(() => relay.state, { timeout: 10_000 }).toBe('well')
  return relay
}

describeRelay('redis', async () => {
  const redis = await startRedis()
  const admin = new Redis(redis.url)
  const relays: RedisRelay[] = []
  return {
    node: async () => {
      const relay = await relayOn(redis)
      relays.push(relay)
      return { relay, close: async () => relay.close() }
    },
    interrupt: async () => void (await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')),
    close: async () => {
      for (const relay of relays) relay.close()
      admin.disconnect()
      await redis.kill()
    },
  }
})

test('what is published in one turn of the loop leaves in one write', async () => {
  const redis = await startRedis()
  const admin = new Redis(redis.url)
  const reads = async (): Promise<number> =>
    Number(/total_reads_processed:(\d+)/.exec(await admin.info('stats'))?.[1] ?? Number.NaN)
  const [ann, bob] = [await relayOn(redis), await relayOn(redis)]
  try {
    const heard: string[] = []
    await bob.subscribe('room:many', (message) => heard.push(message.type)).ready
    const before = await reads()
    for (let each = 0; each < 200; each += 1)
      ann.publish('room:many', { type: 'hello', node: NodeId.parse('node-of-test') })
    await expect.poll(() => heard.length).toBe(200)
    // What is asked here, and heartbeats, are some of them.
    expect((await reads()) - before).toBeLessThan(20)
  } finally {
    for (const relay of [ann, bob]) relay.close()
    admin.disconnect()
    await redis.kill()
  }
})

describe('what Redis may do to us', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.kill())

  const topic = 'room:document-1' as const
  const event = (name: string): RelayMessage => ({
    type: 'event',
    node: NodeId.parse('node-of-test'),
    event: { name, data: null },
  })

  test('messages of another secret, garbage, and messages moved to another channel are counted and dropped', async () => {
    let ignored = 0
    const reader = await relayOn(redis, { onIgnored: () => (ignored += 1) })
    const heard: string[] = []
    await reader.subscribe(topic, (message) => heard.push(message.type)).ready
    const admin = new Redis(redis.url)
    const [channel = ''] = ((await admin.call('PUBSUB', 'CHANNELS')) as string[]).filter((name) =>
      name.includes('room:'),
    )
    await admin.publish(channel, Buffer.from('garbage'))
    await admin.publish(channel, Buffer.alloc(100_000, 7))
    const spy = new Redis(redis.url)
    await spy.subscribe(channel.replace('document-1', 'document-2'))
    const sealed = new Promise<Buffer>((resolve) =>
      spy.on('messageBuffer', (_: Buffer, message: Buffer) => resolve(message)),
    )
    const writer = await relayOn(redis)
    writer.publish('room:document-2', event('moved'))
    await admin.publish(channel, await sealed)
    writer.publish(topic, event('genuine'))
    await expect.poll(() => heard).toEqual(['event'])
    expect(ignored).toBe(3)
    for (const connection of [admin, spy]) connection.disconnect()
    for (const relay of [reader, writer]) relay.close()
  })

  test('two deployments with different secrets on one Redis do not hear each other', async () => {
    const [one, other] = [
      await relayOn(redis),
      await relayOn(redis, { secretKey: 'another secret of another deployment' }),
    ]
    const heard: string[] = []
    await other.subscribe(topic, () => heard.push('other')).ready
    const same = await relayOn(redis)
    const arrived = new Promise<void>((resolve) => same.subscribe(topic, () => resolve()))
    while (heard.length === 0 && !(await Promise.race([arrived.then(() => true), tick()])))
      one.publish(topic, event('x'))
    expect(heard).toEqual([])
    for (const relay of [one, other, same]) relay.close()
  })

  test('a Redis that is killed leaves a node alone, and is found again when it is back, empty', async () => {
    const [one, two] = [await relayOn(redis), await relayOn(redis)]
    let suspicions = 0
    two.onSuspicion(() => (suspicions += 1))
    const heard: string[] = []
    await two.subscribe(topic, (message) => heard.push(message.type)).ready
    await redis.kill()
    await expect.poll(() => [one.state, two.state]).toEqual(['unwell', 'unwell'])
    one.publish(topic, event('lost'))
    await two.subscribe('room:opened-meanwhile', () => undefined).ready
    await redis.start()
    await expect.poll(() => [one.state, two.state], { timeout: 15_000 }).toEqual(['well', 'well'])
    expect(suspicions).toBeGreaterThan(0)
    one.publish(topic, event('back'))
    await expect.poll(() => heard.length).toBeGreaterThan(0)
    for (const relay of [one, two]) relay.close()
  })

  test(
    'a Redis that is paused, which raises no event, is noticed; what it does not answer is bounded',
    { timeout: 40_000 },
    async () => {
      const relay = await relayOn(redis)
      redis.pause()
      try {
        await expect.poll(() => relay.state, { timeout: 15_000, interval: 100 }).toBe('unwell')
        const before = process.memoryUsage().rss
        const rows = [
          { update: new Uint8Array(100_000), userId: 'user-ann-1', replicaId: 'replica-1', pushId: 1, at: 1 },
        ]
        const large = {
          type: 'changes',
          node: 'node-1-of-test',
          epoch: 'epoch-one',
          fromSeq: 1,
          head: 1,
          check: '0123456789abcdef',
          schemaVersion: 1,
          rows,
        } as unknown as RelayMessage
        for (let count = 0; count < 2_000; count++) relay.publish(topic, large)
        expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
      } finally {
        redis.resume()
      }
      await expect.poll(() => relay.state, { timeout: 20_000, interval: 100 }).toBe('well')
      relay.close()
    },
  )
})

async function tick(): Promise<false> {
  await new Promise((resolve) => setImmediate(resolve))
  return false
}
