import { steady } from './workload.ts'

export const w9 = steady(
  {
    documents: 1,
    writers: 1,
    readers: 50,
    updatesPerSecond: 50,
    caretsPerSecond: 0,
    seconds: 20,
    trace: true,
    quick: { readers: 10, seconds: 2 },
  },
  { name: 'W9', title: 'the automerge-perf trace, typed by one at 50 edits/s and read by 50', goals: [] },
)
