import { NodeId } from '@tandem/sync'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { Redis } from 'ioredis'
import { startRedis, type RedisServer } from '../test/redis-server.ts'
import { Cluster } from './cluster.ts'
import { SocketCaps } from './socket-caps.ts'

const CAP = 10

let redis: RedisServer
let prefix: string
let tests = 0
beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(() => {
  prefix = `test-${(tests += 1)}:`
})
afterAll(() => redis.kill())

interface TestNode {
  readonly cluster: Cluster
  readonly caps: SocketCaps
}
type Held = (() => void) | undefined

async function nodes(count: number): Promise<TestNode[]> {
  const made = Array.from({ length: count }, (_, index) => {
    const cluster = new Cluster({ url: redis.url, node: NodeId.parse(`node-${index}-of-it`), prefix })
    const caps = new SocketCaps({ cluster, caps: { ip: CAP, user: CAP, link: CAP }, onRefused: () => undefined })
    onTestFinished(async () => {
      caps.close()
      await cluster.close()
    })
    return { cluster, caps }
  })
  for (const { cluster } of made) await expect.poll(() => cluster.nodeCount, { timeout: 5_000 }).toBe(count)
  return made
}

async function hold({ caps }: TestNode, times: number): Promise<Held[]> {
  return Promise.all(Array.from({ length: times }, () => caps.hold('ip', '203.0.113.7')))
}
const heldOf = (held: readonly Held[]): number => held.filter((giveBack) => giveBack !== undefined).length

test('two nodes that are asked at once give together exactly what one would', async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  const held = (await Promise.all([hold(one, CAP), hold(two, CAP)])).flat()
  expect(heldOf(held)).toBe(CAP)
  expect(heldOf(await hold(one, 1))).toBe(0)
})

test('a place that is given back on one node is free on the other; giving it back twice frees one', async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  const [giveBack] = await hold(one, CAP)
  expect(heldOf(await hold(two, 1))).toBe(0)
  giveBack?.()
  giveBack?.()
  await expect.poll(async () => heldOf(await hold(two, 1))).toBe(1)
  expect(heldOf(await hold(two, 1))).toBe(0)
})

test('a killed node’s sockets are forgotten, those of the living are not', { timeout: 20_000 }, async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await hold(one, CAP - 2)
  await hold(two, 2)
  one.cluster.redis.disconnect() // as a kill does: it says no more, and takes nothing back
  expect(heldOf(await hold(two, 1))).toBe(0)
  await expect.poll(async () => heldOf(await hold(two, CAP)), { timeout: 10_000, interval: 250 }).toBe(CAP - 2)
})

test('a node that leaves in peace frees what it held at once', async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await hold(one, CAP)
  await one.cluster.close()
  expect(heldOf(await hold(two, CAP))).toBe(CAP)
})

test('an emptied Redis is told anew what the nodes hold', { timeout: 20_000 }, async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await hold(one, CAP)
  const admin = new Redis(redis.url)
  onTestFinished(() => admin.disconnect())
  await admin.flushall()
  await expect
    .poll(() => admin.hget(one.cluster.key('sockets ip 203.0.113.7'), one.cluster.node), { timeout: 5_000 })
    .toBe(`${CAP}`)
  expect(heldOf(await hold(two, 1))).toBe(0)
})

test('without Redis each node gives its part; what it gave then counts afterwards', { timeout: 30_000 }, async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await redis.kill()
  for (const { cluster } of [one, two]) await expect.poll(() => cluster.isWell).toBe(false)
  const held = [await hold(one, CAP), await hold(two, CAP)]
  expect(held.map(heldOf)).toEqual([CAP / 2, CAP / 2])
  await redis.start()
  for (const { cluster } of [one, two]) await expect.poll(() => cluster.isWell, { timeout: 10_000 }).toBe(true)
  await expect.poll(async () => heldOf(await hold(one, 1)), { timeout: 5_000, interval: 250 }).toBe(0)
})

test('a node alone counts by itself', async () => {
  const caps = new SocketCaps({ cluster: undefined, caps: { ip: 2, user: 1, link: 1 }, onRefused: () => undefined })
  const [first] = [await caps.hold('ip', 'a'), await caps.hold('ip', 'a')]
  expect(await caps.hold('ip', 'a')).toBeUndefined()
  expect(await caps.hold('user', 'a')).toBeDefined()
  first?.()
  expect(await caps.hold('ip', 'a')).toBeDefined()
})
