import { steady, within } from './workload.ts'

export const w2b = steady(
  {
    documents: 250,
    writers: 4,
    readers: 0,
    updatesPerSecond: 4,
    caretsPerSecond: 10,
    seconds: 10,
    quick: { documents: 20, seconds: 2 },
  },
  {
    name: 'W2b',
    title: '250 documents, 4 people in each, 4 updates/s and 10 carets/s of each of them (42,000 deliveries/s)',
    goals: [
      within('p99', { most: 20 }),
      within('missing', { most: 0 }),
      {
        says: 'deliveries/s >= 4x hocuspocus',
        judge(of) {
          const [ours, theirs] = [of('tandem')?.['perSecond'], of('hocuspocus')?.['perSecond']]
          if (ours === undefined || theirs === undefined) return undefined
          return { found: `${(ours / theirs).toFixed(2)}x`, isMet: ours >= 4 * theirs }
        },
      },
    ],
  },
)
