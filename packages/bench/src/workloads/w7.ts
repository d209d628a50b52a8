import { generate } from '../generator-process.ts'
import type { Workload } from './workload.ts'

export const w7: Workload = {
  name: 'W7',
  title: '5,000 sockets, 100 in each document, are cut and all come back at once: until each is served again',
  rounds: 1,
  columns: {
    p50: { heading: 'p50 ms', digits: 0 },
    p99: { heading: 'p99 ms', digits: 0 },
    retries: { heading: 'turned away', digits: 0 },
    cpuMsPerSocket: { heading: 'CPU ms/socket', digits: 2 },
    generatorShare: { heading: 'generator core %', digits: 0, unit: 0.01 },
  },
  ratio: 'cpuMsPerSocket',
  goals: [],
  isFresh: true,
  measure({ contestant, target }, isQuick) {
    const sockets = isQuick ? 200 : 5_000
    return generate({
      kind: 'idle',
      protocol: contestant.protocol,
      target,
      sockets,
      documents: sockets / 100,
      storm: true,
    })
  },
}
