import { atMost, steady } from './workload.ts'

/** The hot document. */
export const w1c = steady(
  {
    documents: 1,
    writers: 2,
    readers: 2_000,
    updatesPerSecond: 10,
    caretsPerSecond: 0,
    seconds: 10,
    quick: { readers: 100, seconds: 2 },
  },
  {
    name: 'W1c',
    title: '1 document, 2,000 readers, 20 updates/s of 2 writers',
    goals: [atMost(1.15, 'cpuUs', 'ws')],
  },
)
