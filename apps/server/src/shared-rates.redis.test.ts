import { NodeId } from '@tandem/sync'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { startRedis, type RedisServer } from '../test/redis-server.ts'
import { Cluster } from './cluster.ts'
import { SharedRates } from './shared-rates.ts'

const RATE = 50
const POINTS = 100
/** Each node may have used so much before it was told that there is none. */
const CREDIT = 10

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
  readonly rates: SharedRates
}

/** Nodes of one cluster that know of each other. */
async function nodes(count: number): Promise<TestNode[]> {
  const made = Array.from({ length: count }, (_, index) => {
    const cluster = new Cluster({ url: redis.url, node: NodeId.parse(`node-${index}-of-it`), prefix })
    onTestFinished(() => cluster.close())
    const rates = new SharedRates({
      cluster,
      rates: { user: { push: RATE }, ip: {}, document: {} },
      now: () => performance.now(),
    })
    return { cluster, rates }
  })
  for (const { cluster } of made) await expect.poll(() => cluster.nodeCount, { timeout: 5_000 }).toBe(count)
  return made
}

async function takenOf({ rates }: TestNode, times: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: times }, async () => rates.take('user', 'push', 'ann')))
  return answers.filter((isTaken) => isTaken).length
}

test('two nodes let through together what one would, and each a tenth once on credit', async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  const taken = await Promise.all([takenOf(one, 300), takenOf(two, 300)])
  const sum = taken[0] + taken[1]
  expect(sum).toBeGreaterThanOrEqual(POINTS)
  expect(sum).toBeLessThanOrEqual(POINTS + 2 * CREDIT)
})

test('what one node used up is used up on the other, but for a tenth on credit', async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await takenOf(one, 300)
  expect(await takenOf(two, 300)).toBeLessThanOrEqual(CREDIT)
})

test('a flood on two nodes for six seconds: the rate, one window, the credit', { timeout: 20_000 }, async () => {
  const both = await nodes(2)
  const startedMs = performance.now()
  let taken = 0
  while (performance.now() - startedMs < 6_000) {
    for (const node of both) taken += await takenOf(node, 20)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const seconds = (performance.now() - startedMs) / 1000
  expect(taken).toBeLessThanOrEqual(RATE * seconds + POINTS + 2 * CREDIT)
  expect(taken).toBeGreaterThanOrEqual(RATE * seconds * 0.8)
})

test('while Redis is gone each node has its part, and what it had before counts', { timeout: 30_000 }, async () => {
  const [one, two] = (await nodes(2)) as [TestNode, TestNode]
  await redis.kill()
  onTestFinished(() => redis.start())
  for (const { cluster } of [one, two]) await expect.poll(() => cluster.isWell).toBe(false)
  expect([one.cluster.nodeCount, two.cluster.nodeCount]).toEqual([2, 2])
  const taken = await Promise.all([takenOf(one, 300), takenOf(two, 300)])
  expect(taken[0] + taken[1]).toBeGreaterThanOrEqual(POINTS * 0.8)
  expect(taken[0] + taken[1]).toBeLessThanOrEqual(POINTS + 2 * CREDIT)
})

test('Redis going in the middle of a window gives nobody that window again', async () => {
  const [one] = (await nodes(2)) as [TestNode, TestNode]
  const before = await takenOf(one, 0.6 * POINTS) // more than its part
  one.cluster.redis.disconnect()
  await expect.poll(() => one.cluster.isWell, { interval: 1 }).toBe(false)
  expect(before).toBe(0.6 * POINTS)
  // What it had taken from Redis and not used, and its credit; not its part once more.
  expect(await takenOf(one, 300)).toBeLessThanOrEqual(2 * CREDIT)
})

test('a Redis that accepts everything and answers nothing is as good as gone', { timeout: 30_000 }, async () => {
  const [one] = (await nodes(2)) as [TestNode, TestNode]
  redis.pause()
  onTestFinished(() => redis.resume())
  await expect.poll(() => one.cluster.isWell, { timeout: 5_000 }).toBe(false)
  const taken = await takenOf(one, 300)
  expect(taken).toBeGreaterThan(0)
  expect(taken).toBeLessThanOrEqual(POINTS / 2 + CREDIT)
})
