import { percentile, type Row } from '../row.ts'

/** A node dies with people writing on it; they go on on the other. */
export const F1: Row = {
  id: 'F1',
  injection: '`kill -9` of node A while everybody writes',
  promised: 'its clients move to B and send again what was not acked',
  passes: 'all of them editing again p99 <= 5 s; equal <= 5 s',
  async run(stage, partMs) {
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const moved = stage.writers.slice(0, stage.writers.length / 2)
    stage.write()
    await stage.wait(partMs)
    await a.kill(b)
    const gaps = await Promise.all(moved.map((writer) => stage.editing(writer)))
    await stage.wait(partMs)
    const equalMs = await stage.settled()
    await a.start()
    return { backP99Ms: percentile(gaps, 0.99), equalMs }
  },
  met: ({ backP99Ms = Infinity, equalMs = Infinity }) => backP99Ms <= 5_000 && equalMs <= 5_000,
}

/** Everything dies at once. */
export const F3: Row = {
  id: 'F3',
  injection: '`kill -9` of all nodes, then start',
  promised: 'resume from the log',
  passes: 'first edit acked <= 10 s after the start',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs)
    await Promise.all(stage.cluster.nodes.map((node) => node.kill()))
    await stage.wait(500)
    const [writer] = stage.writers
    if (writer === undefined) throw new RangeError('Nobody writes.')
    const startedMs = performance.now()
    await Promise.all(stage.cluster.nodes.map((node) => node.start()))
    await stage.editing(writer)
    const firstAckMs = performance.now() - startedMs
    await stage.wait(partMs)
    return { firstAckMs, equalMs: await stage.settled() }
  },
  met: ({ firstAckMs = Infinity }) => firstAckMs <= 10_000,
}

/** The database dies with the nodes. */
export const F4: Row = {
  id: 'F4',
  injection: '`kill -9` of all nodes and of PostgreSQL, then start',
  promised: 'PostgreSQL recovers, nothing acked is missing',
  passes: 'ready <= 30 s',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs)
    await Promise.all([stage.cluster.postgres.child.kill(), ...stage.cluster.nodes.map((node) => node.kill())])
    const startedMs = performance.now()
    await stage.cluster.restartPostgres()
    await Promise.all(stage.cluster.nodes.map((node) => node.start()))
    const readyMs = performance.now() - startedMs
    await stage.wait(partMs)
    return { readyMs, equalMs: await stage.settled() }
  },
  met: ({ readyMs = Infinity }) => readyMs <= 30_000,
}
