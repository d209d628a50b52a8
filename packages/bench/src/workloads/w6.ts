import { generate } from '../generator-process.ts'
import { keepsDocuments, within, type Goal, type Workload } from './workload.ts'

const EDITS = 100_000
const QUICK_EDITS = 5_000

/** Of the peers that keep documents. */
const tenthOfTheBest: Goal = {
  says: 'cpuMsPerOpen <= 0.1x the best peer',
  judge(of) {
    const ours = of('tandem')?.['cpuMsPerOpen']
    const theirs = ['hocuspocus', 'y-websocket'].map((name) => of(name)?.['cpuMsPerOpen'] ?? Infinity)
    const best = Math.min(...theirs)
    if (ours === undefined || best === Infinity) return undefined
    return { found: `${(ours / best).toFixed(2)}x`, isMet: ours <= 0.1 * best }
  },
}

export const w6: Workload = {
  name: 'W6',
  title:
    'opening a document of the first 100,000 edits of the automerge-perf trace: 100 times in turn after 30 to warm up, then 30 at once',
  rounds: 1,
  columns: {
    p50: { heading: 'p50 ms', digits: 2 },
    p99: { heading: 'p99 ms', digits: 2 },
    cpuMsPerOpen: { heading: 'CPU ms/open', digits: 2 },
    allOpenMs: { heading: '30 at once, ms', digits: 0 },
    generatorShare: { heading: 'generator core %', digits: 0, unit: 0.01 },
  },
  ratio: 'cpuMsPerOpen',
  goals: [tenthOfTheBest, within('p50', { most: 10 }), within('allOpenMs', { most: 100 })],
  isFresh: true,
  isFor: keepsDocuments,
  measure: ({ contestant, target }, isQuick) =>
    generate({
      kind: 'opening',
      protocol: contestant.protocol,
      target,
      edits: isQuick ? QUICK_EDITS : EDITS,
      opens: 100,
      atOnce: 30,
    }),
}
