import type { Load } from '../load/jobs.ts'
import { offer, within, type Workload } from './workload.ts'

/** Kernel buffers take several megabytes before a server notices anything. */
const LOAD: Load = {
  documents: 1,
  writers: 4,
  readers: 200,
  updatesPerSecond: 25,
  caretsPerSecond: 0,
  seconds: 25,
  pastedBytes: 4_096,
}

export const w8: Workload = {
  name: 'W8',
  title:
    '1 document, 200 readers, 100 pastes of 4 KB/s of 4 writers; then again, but one reader has stopped reading and 10 MB wait for it',
  rounds: 2,
  columns: {
    p99Without: { heading: 'p99 ms, all read', digits: 2 },
    p99: { heading: 'p99 ms, one stalled', digits: 2 },
    change: { heading: 'change %', digits: 0, unit: 0.01 },
    rssGrowthWithout: { heading: 'RSS grew MiB, all read', digits: 1, unit: 1024 * 1024 },
    rssGrowth: { heading: 'RSS grew MiB, one stalled', digits: 1, unit: 1024 * 1024 },
    missing: { heading: 'missing', digits: 0 },
    generatorShare: { heading: 'generator core %', digits: 0, unit: 0.01 },
  },
  ratio: 'p99',
  goals: [within('change', { most: 10, unit: 0.01 }), within('missing', { most: 0 })],
  async measure(server, isQuick) {
    const load = isQuick ? { ...LOAD, readers: 40, seconds: 2 } : LOAD
    const without = await offer(server, load)
    const stalled = await offer(server, { ...load, stalled: 1 })
    const { p99: p99Without = Number.NaN, rssGrowth: rssGrowthWithout = Number.NaN } = without
    return { ...stalled, p99Without, rssGrowthWithout, change: (stalled['p99'] ?? Number.NaN) / p99Without - 1 }
  },
}
