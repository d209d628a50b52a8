import { generate } from '../generator-process.ts'
import type { Load } from '../load/jobs.ts'
import { startTwoNodes } from '../two-nodes.ts'
import { atMost, within, type Workload } from './workload.ts'

const LOAD: Load = {
  documents: 50,
  writers: 1,
  readers: 1,
  updatesPerSecond: 4,
  caretsPerSecond: 0,
  seconds: 10,
}

export const w5: Workload = {
  name: 'W5',
  title:
    '50 documents, one writes 4 updates/s on node A and one reads on node B, through Redis (Tandem: and PostgreSQL); beside it, both on A',
  rounds: 3,
  columns: {
    onOne: { heading: 'one node: p50 ms', digits: 2 },
    p50: { heading: 'two nodes: p50 ms', digits: 2 },
    p99: { heading: 'p99 ms', digits: 2 },
    added: { heading: 'added p50 ms', digits: 2 },
    cpuA: { heading: 'A: CPU us/update', digits: 0 },
    cpuB: { heading: 'B', digits: 0 },
    cpuRedis: { heading: 'Redis', digits: 0 },
    cpuAll: { heading: 'all three', digits: 0 },
    missing: { heading: 'missing', digits: 0 },
    generatorShare: { heading: 'generator core %', digits: 0, unit: 0.01 },
  },
  ratio: 'cpuAll',
  goals: [within('added', { most: 3 }), within('p99', { most: 15 }), atMost(0.7, 'cpuAll', 'hocuspocus')],
  // Those that have a way to be several.
  isFor: ({ name }) => ['tandem', 'hocuspocus', 'socket.io'].includes(name),
  async measureCluster(contestant, isQuick, profileFolder) {
    const load = isQuick ? { ...LOAD, documents: 10, seconds: 2 } : LOAD
    const nodes = await startTwoNodes(contestant, profileFolder)
    try {
      const [{ target }, { target: readersAt }] = [nodes.first, nodes.second]
      const job = { kind: 'traffic', protocol: contestant.protocol, target, load } as const
      const { p50: onOne = Number.NaN } = await generate(job)
      const watched = { cpuA: target.pid, cpuB: readersAt.pid, cpuRedis: nodes.redisPid }
      const two = await generate({ ...job, readersAt, watched })
      const cpuAll = (two['cpuA'] ?? 0) + (two['cpuB'] ?? 0) + (two['cpuRedis'] ?? 0)
      return { ...two, onOne, added: (two['p50'] ?? Number.NaN) - onOne, cpuAll }
    } finally {
      await nodes.stop()
    }
  },
}
