import { setTimeout as pause } from 'node:timers/promises'
import type { FaultNode } from '../fault-cluster.ts'
import { faultyNode } from '../faulty-node.ts'
import { metric } from '../node-metrics.ts'
import { bringBack } from '../people.ts'
import { channels, publishGarbage, redisCommand } from '../redis-commands.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

/** What the kernels on the way keep for a reader that does not read, and more than Redis then keeps for it. */
const FLOOD = { messages: 50, bytesEach: 64 * 1024 }

export const F12: Row = {
  id: 'F12',
  injection:
    '`client-output-buffer-limit "pubsub 256kb 64kb 1"`; nobody reads what Redis says to B’s subscriber, until Redis drops it',
  promised: 'disconnect, subscribe again, catch up',
  passes: 'equal <= 5 s after it is read again',
  async run(stage, partMs) {
    const b = stage.cluster.node(1)
    await redisCommand(stage, 'CONFIG SET client-output-buffer-limit "pubsub 256kb 64kb 1"')
    stage.write()
    await stage.wait(partMs / 2)
    const stalled = (await subscriberPorts(stage)).filter((port) => b.redis.stall(port))
    const room = (await channels(stage)).find((channel) => channel.endsWith(stage.documentId)) ?? ''
    const floodedMs = await stage.until('Redis drops the reader that does not read', async () => {
      await publishGarbage(stage, room, FLOOD)
      return new RegExp(`addr=127.0.0.1:${stalled[0]} .*overcoming of output buffer limits`).test(
        stage.cluster.redis.child.log(),
      )
    })
    await stage.wait(partMs / 4)
    b.redis.mode = { kind: 'pass' }
    const equalMs = await stage.settled()
    const subscribedMs = await stage.until('B is subscribed again', async () => (await metric(b, 'relay_well')) === 1)
    return { stalled: stalled.length, floodedMs, equalMs, subscribedMs }
  },
  met: ({ stalled = 0, equalMs = Infinity, subscribedMs = Infinity }) =>
    stalled === 1 && equalMs + subscribedMs <= 5_000,
}

/** Where Redis sees its subscribers coming from. */
async function subscriberPorts(stage: Stage): Promise<readonly number[]> {
  const list = await redisCommand(stage, 'CLIENT LIST TYPE pubsub')
  return [...list.matchAll(/ addr=127\.0\.0\.1:(\d+) /g)].map(([, port]) => Number(port))
}

export const F13: Row = {
  id: 'F13',
  injection: 'of the relay’s messages each node hears 20% not at all, 20% twice and 20% after the one that followed',
  promised: 'seq repairs it',
  passes: 'equal <= 3 s; catch-up reads <= 1 per gap per node (a gap: a message lost or overtaken)',
  async run(stage, partMs) {
    const { nodes } = stage.cluster
    for (const node of nodes) {
      await node.kill()
      await node.start(faultyNode('lossy-relay', { FAULT_SEED: `${stage.random.int(2 ** 31)}` }))
      await bringBack(stage, node)
    }
    stage.write()
    await stage.wait(partMs)
    const before = await Promise.all(nodes.map(gapsAndReads))
    await stage.wait(partMs * 2)
    const after = await Promise.all(nodes.map(gapsAndReads))
    const equalMs = await stage.settled()
    const grown = after.map((now, index) => ({
      gaps: now.gaps - (before[index]?.gaps ?? 0),
      reads: now.reads - (before[index]?.reads ?? 0),
    }))
    const readsPerGapMax = Math.max(...grown.map(({ gaps, reads }) => reads / gaps))
    return { equalMs, gaps: grown.reduce((sum, { gaps }) => sum + gaps, 0), readsPerGapMax }
  },
  met: ({ equalMs = Infinity, gaps = 0, readsPerGapMax = Infinity }) =>
    equalMs <= 3_000 && gaps > 0 && readsPerGapMax <= 1,
}

async function gapsAndReads(node: FaultNode): Promise<{ gaps: number; reads: number }> {
  const reads = await metric(node, 'catch_up_reads_total')
  const before = node.log().length
  node.signal('SIGUSR2')
  for (;;) {
    const said = /^lossy relay (\{.*\})$/m.exec(node.log().slice(before))?.[1]
    if (said === undefined) {
      await pause(10)
      continue
    }
    const { lost = 0, reordered = 0 } = JSON.parse(said) as Record<string, number>
    return { gaps: lost + reordered, reads }
  }
}
