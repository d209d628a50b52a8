import { atMost, steady, within } from './workload.ts'

export const w2 = steady(
  {
    documents: 50,
    writers: 4,
    readers: 0,
    updatesPerSecond: 4,
    caretsPerSecond: 10,
    seconds: 10,
    quick: { documents: 10, seconds: 2 },
  },
  {
    name: 'W2',
    title: '50 documents, 4 people in each, 4 updates/s and 10 carets/s of each of them',
    goals: [
      atMost(1.25, 'cpuUs', 'ws'),
      atMost(0.45, 'cpuUs', 'hocuspocus'),
      atMost(0.75, 'cpuUs', 'y-websocket'),
      within('p99', { most: 10 }),
    ],
  },
)
