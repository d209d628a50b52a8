import type { Figures } from '../load/jobs.ts'
import { offer, type Workload } from './workload.ts'

/** Documents with four people in each: 170 deliveries/s a document. */
const LOADS = [10, 25, 50, 100, 150]
const TIMED = ['p50', 'p95', 'p99'] as const

export const w11: Workload = {
  name: 'W11',
  title: `latency against load: ${LOADS.join(', ')} documents, 4 people in each, 4 updates/s and 10 carets/s of each of them`,
  rounds: 1,
  columns: Object.fromEntries(
    LOADS.flatMap((load) => [
      [`p50@${load}`, { heading: `${load}: p50 ms`, digits: 1 }],
      [`p99@${load}`, { heading: `${load}: p99`, digits: 1 }],
      [`missing@${load}`, { heading: `${load}: missing`, digits: 0 }],
    ]),
  ),
  ratio: 'p50@50',
  lines: { figures: TIMED, at: LOADS, along: 'documents of 4 people' },
  goals: [],
  async measure(server, isQuick) {
    const all: Record<string, number> = {}
    for (const documents of isQuick ? LOADS.slice(0, 2) : LOADS) {
      const load = { documents, writers: 4, readers: 0, updatesPerSecond: 4, caretsPerSecond: 10 }
      const figures: Figures = await offer(server, { ...load, seconds: isQuick ? 1 : 5 })
      for (const figure of [...TIMED, 'missing']) all[`${figure}@${documents}`] = figures[figure] ?? Number.NaN
    }
    return all
  },
}
