import { createClient } from '@tandem/client'
import { bringBack } from '../people.ts'
import { metric } from '../node-metrics.ts'
import { RecordedSockets } from '../recorded-sockets.ts'
import type { FaultNode } from '../fault-cluster.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SCHEMA_VERSION } from '../writers.ts'

/** What a node that has lost its database would have done by then, if it were to send people away. */
const PATIENCE_MS = 15_000
const RESTART = 1012

export const F23: Row = {
  id: 'F23',
  injection:
    'the ways from node A to PostgreSQL and Redis swallow everything, its clients stay attached; then the same for both nodes at once',
  promised:
    'A turns unready, closes its sockets with 1012, and the balancer leads its clients to B; when no node is better off everybody stays',
  passes: 'all on B <= 15 s; nobody is moved when both are cut off',
  async run(stage, partMs) {
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const record = new RecordedSockets()
    const token = await stage.cluster.token('witness')
    const options = { url: a.url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' } as const
    const witness = createClient({ ...options, WebSocket: record.WebSocket })
    try {
      await witness.document(stage.documentId).whenOpen()
      stage.write()
      await stage.wait(partMs / 2)
      const moved = await cutOff(stage, [a, b])
      await stage.wait(partMs / 2)
      const stayed = await cutOffTogether(stage)
      const equalMs = await stage.settled()
      return {
        ...moved,
        closedWith1012: record.closeCodes.filter((code) => code === RESTART).length,
        ...stayed,
        equalMs,
      }
    } finally {
      await witness.close()
    }
  },
  met: ({ onBMs = Infinity, closedWith1012 = 0, movedWhenBothWereCut = 1 }) =>
    onBMs <= 15_000 && closedWith1012 === 1 && movedWhenBothWereCut === 0,
}

/** We are the load balancer: whoever connects to A is led to B once A says that it is not ready. */
async function cutOff(stage: Stage, [a, b]: [FaultNode, FaultNode]): Promise<{ unreadyMs: number; onBMs: number }> {
  const everybody = (await metric(a, 'sessions')) + (await metric(b, 'sessions'))
  const startedMs = performance.now()
  for (const proxy of [a.postgres, a.redis]) proxy.mode = { kind: 'blackhole' }
  const unreadyMs = await stage.until('A is not ready', async () => !(await isReady(a)))
  a.front.leadTo(b.port)
  await stage.until('everybody is on B', async () => (await metric(b, 'sessions')) === everybody)
  const onBMs = performance.now() - startedMs
  for (const proxy of [a.postgres, a.redis]) proxy.mode = { kind: 'pass' }
  await stage.until('A is ready again', () => isReady(a))
  a.front.leadTo(a.port)
  return { unreadyMs, onBMs }
}

async function cutOffTogether(stage: Stage): Promise<{ movedWhenBothWereCut: number }> {
  const { nodes } = stage.cluster
  const sockets = (): Promise<number[]> => Promise.all(nodes.map((node) => metric(node, 'sockets')))
  const proxies = nodes.flatMap(({ postgres, redis }) => [postgres, redis])
  for (const node of nodes) await bringBack(stage, node)
  const before = await sockets()
  for (const proxy of proxies) proxy.mode = { kind: 'blackhole' }
  await stage.wait(PATIENCE_MS)
  const after = await sockets()
  for (const proxy of proxies) proxy.mode = { kind: 'pass' }
  return { movedWhenBothWereCut: before.reduce((sum, count, index) => sum + Math.abs(count - (after[index] ?? 0)), 0) }
}

export const F33: Row = {
  id: 'F33',
  injection: 'SIGTERM of node A while PostgreSQL is down, and again while its way there swallows everything',
  promised: 'it waits for a bounded time, and acks nothing falsely',
  passes: 'exit <= 25 s, nothing acked while the database was down',
  async run(stage, partMs) {
    const { postgres } = stage.cluster
    const a = stage.cluster.node(0)
    const fallen = await endWithout(stage, partMs, {
      takeAway: () => postgres.child.stop('SIGQUIT'),
      giveBack: () => stage.cluster.restartPostgres(),
    })
    const ofA = stage.writers.slice(0, stage.writers.length / 2)
    const silent = await endWithout(stage, partMs, {
      takeAway: async () => void (a.postgres.mode = { kind: 'blackhole' }),
      giveBack: async () => {
        await stage.until('its people are saved by B', () => ofA.every(({ saving }) => saving === 'saved'))
        a.postgres.mode = { kind: 'pass' }
      },
    })
    await stage.settled()
    return {
      exitMs: fallen.exitMs,
      exitFromSilenceMs: silent.exitMs,
      ackedWhileDown: fallen.acked,
      killed: fallen.killed + silent.killed,
    }
  },
  met: ({ exitMs = Infinity, exitFromSilenceMs = Infinity, ackedWhileDown = 1, killed = 1 }) =>
    Math.max(exitMs, exitFromSilenceMs) <= 25_000 && ackedWhileDown === 0 && killed === 0,
}

/** Node A is asked to end while it has no database; it is started again once it has one. */
async function endWithout(
  stage: Stage,
  partMs: number,
  { takeAway, giveBack }: { takeAway(): Promise<void>; giveBack(): Promise<void> },
): Promise<{ exitMs: number; acked: number; killed: number }> {
  const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
  const acks = (): number => stage.writers.reduce((sum, { savedTyped }) => sum + savedTyped.size, 0)
  stage.write()
  await stage.wait(partMs / 2)
  await takeAway()
  await stage.wait(500) // what was acked before has been seen
  const before = acks()
  const startedMs = performance.now()
  const end = await a.stop(b)
  const exitMs = performance.now() - startedMs
  const acked = acks() - before
  await giveBack()
  await a.start()
  await bringBack(stage, a)
  await stage.wait(partMs / 2)
  return { exitMs, acked, killed: end.startsWith('SIG') ? 1 : 0 }
}

async function isReady({ port }: FaultNode): Promise<boolean> {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok
}
