import { atMost, steady } from './workload.ts'

export const w1 = steady(
  {
    documents: 1,
    writers: 4,
    readers: 200,
    updatesPerSecond: 25,
    caretsPerSecond: 0,
    seconds: 10,
    quick: { readers: 40, seconds: 2 },
  },
  {
    name: 'W1',
    title: '1 document, 200 readers, 100 updates/s of 4 writers',
    goals: [atMost(1.15, 'cpuUs', 'ws'), atMost(0.8, 'cpuUs', 'hocuspocus'), atMost(1, 'cpuUs', 'y-websocket')],
  },
)
