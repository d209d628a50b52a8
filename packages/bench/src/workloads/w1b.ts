import { atMost, steady } from './workload.ts'

export const w1b = steady(
  {
    documents: 1,
    writers: 2,
    readers: 1_000,
    updatesPerSecond: 10,
    caretsPerSecond: 0,
    seconds: 10,
    quick: { readers: 100, seconds: 2 },
  },
  {
    name: 'W1b',
    title: '1 document, 1,000 readers, 20 updates/s of 2 writers',
    goals: [atMost(1.15, 'cpuUs', 'ws'), atMost(0.8, 'cpuUs', 'hocuspocus'), atMost(1, 'cpuUs', 'y-websocket')],
  },
)
