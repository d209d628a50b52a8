import { createClient, type DocumentHandle } from '@tandem/client'
import { metric } from '../node-metrics.ts'
import { RecordedSockets } from '../recorded-sockets.ts'
import type { Measured, Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SynBlackhole } from '../syn-blackhole.ts'
import { TcpProxy } from '../tcp-proxy.ts'
import { SCHEMA_VERSION } from '../writers.ts'

/** The page says "Offline" when it has not been live for so long (apps/web saving-text.ts). */
const PAGE_GRACE_MS = 1_000
const WITHIN_MS = 40_000

export const F25: Row = {
  id: 'F25',
  injection: 'a client’s connection to node A swallows everything in both directions, nobody says goodbye',
  promised: 'both sides notice',
  passes: 'the server frees the socket and the presence <= 25 s; the page says offline <= 15 s',
  async run(stage, partMs) {
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const way = await TcpProxy.before(a.port)
    const token = await stage.cluster.token('ghost')
    const options = { url: `http://127.0.0.1:${way.port}`, schemaVersion: SCHEMA_VERSION, storage: 'memory' } as const
    const [ghost, witness] = [createClient({ ...options, token }), stage.client(b)]
    try {
      stage.write()
      const [there, seen] = [ghost, witness].map((client) => client.document(stage.documentId))
      await Promise.all([there?.whenOpen(), seen?.whenOpen()])
      if (there === undefined || seen === undefined) throw new RangeError('Nobody is there.')
      await stage.until('the ghost is seen on B', () => isSeen(seen))
      await stage.wait(partMs / 2)
      const sockets = await metric(a, 'sockets')
      way.mode = { kind: 'blackhole' }
      return await noticed(stage, way, {
        clientMs: () => !isLive(there),
        socketMs: async () => (await metric(a, 'sockets')) < sockets,
        presenceMs: () => !isSeen(seen),
        backMs: () => isLive(there) && isSeen(seen),
      })
    } finally {
      await Promise.allSettled([ghost.close(), witness.close()])
      await way.close()
    }
  },
  met: ({ offlineShownMs = Infinity, socketMs = Infinity, presenceMs = Infinity }) =>
    offlineShownMs <= 15_000 && socketMs <= 25_000 && presenceMs <= 25_000,
}

/** How long each took, ms; after all but `backMs` the way is healed. */
async function noticed(
  stage: Stage,
  way: TcpProxy,
  { backMs, ...signs }: Record<'clientMs' | 'socketMs' | 'presenceMs' | 'backMs', () => boolean | Promise<boolean>>,
): Promise<Measured> {
  const times = Object.entries(signs).map(
    async ([name, sign]) => [name, await stage.until(name, sign, WITHIN_MS)] as const,
  )
  const { clientMs = Infinity, ...others } = Object.fromEntries(await Promise.all(times)) as Record<string, number>
  way.reset()
  way.mode = { kind: 'pass' }
  const back = await stage.until('the ghost is back', backMs)
  await stage.settled()
  return { offlineShownMs: clientMs + PAGE_GRACE_MS, ...others, backMs: back }
}

export const F26: Row = {
  id: 'F26',
  injection: 'SYNs are dropped: a client’s attempt to connect hears nothing at all',
  promised: 'the client gives it up by itself',
  passes: 'a new attempt <= 10 s',
  async run(stage) {
    const hole = await SynBlackhole.before(stage.cluster.node(0).port)
    const sockets = new RecordedSockets()
    const token = await stage.cluster.token('stranded')
    const options = { url: `http://127.0.0.1:${hole.port}`, schemaVersion: SCHEMA_VERSION, storage: 'memory' } as const
    const client = createClient({ ...options, token, WebSocket: sockets.WebSocket })
    try {
      stage.write()
      const handle = client.document(stage.documentId)
      handle.open()
      await stage.until('it tries again', () => sockets.attemptsAtMs.length >= 2, WITHIN_MS)
      const [first = 0, second = Infinity] = sockets.attemptsAtMs
      hole.open()
      const liveMs = await stage.until('it is live', () => isLive(handle))
      await stage.settled()
      return { newAttemptMs: second - first, liveMs }
    } finally {
      await client.close()
      hole.end()
    }
  },
  met: ({ newAttemptMs = Infinity }) => newAttemptMs <= 10_000,
}

function isLive(handle: DocumentHandle): boolean {
  const view = handle.getSnapshot()
  return view.status === 'open' && view.connection === 'live'
}

function isSeen(handle: DocumentHandle): boolean {
  return handle.getPeople().some(({ name }) => name === 'ghost')
}
