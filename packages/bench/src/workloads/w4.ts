import { setTimeout } from 'node:timers/promises'
import type { Figures, Load } from '../load/jobs.ts'
import { offer, within, TRAFFIC_COLUMNS, type Workload } from './workload.ts'

const MOST_P99_MS = 100
/** For a server that was asked too much to come to an end with it. */
const RECOVERY_MS = 2_000
const PEOPLE = 200
/** Enough of them for 6,000 updates/s within what one socket may push (LIMITS.pushesPerSecond). */
const WRITERS = 100
/** Updates per second, each about a fifth more than the one before. */
const RUNGS = [
  50, 100, 150, 200, 250, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_200, 1_500, 1_800, 2_200, 2_600, 3_200, 3_800,
  4_600, 5_600,
]

export const w4: Workload = {
  name: 'W4',
  title: `1 document, ${PEOPLE} people, ${WRITERS} of them type: the most deliveries/s with p99 < ${MOST_P99_MS} ms and nothing missing`,
  rounds: 1,
  columns: {
    ...TRAFFIC_COLUMNS,
    offered: { heading: 'updates/s', digits: 0 },
    offeredAbove: { heading: 'not held: updates/s', digits: 0 },
    p99Above: { heading: 'its p99 ms', digits: 0 },
    refusedAbove: { heading: 'its refusals', digits: 0 },
  },
  ratio: 'perSecond',
  goals: [within('perSecond', { least: 1_000_000 }), within('p99', { most: 20 })],
  isFresh: true,
  /** Halves what is left of the ladder with each try: a rung is held or not. The figures of the highest that was, and why the next was not. */
  async measure(server, isQuick) {
    const rungs = isQuick ? RUNGS.slice(0, 4) : RUNGS
    let [low, high] = [0, rungs.length - 1]
    let held: Figures = { perSecond: 0 }
    let above: Figures = {}
    while (low <= high) {
      const middle = Math.floor((low + high) / 2)
      const offered = rungs[middle] ?? 0
      const figures: Figures = { ...(await offer(server, loadOf(offered, isQuick))), offered }
      const isHeld = (figures['p99'] ?? Infinity) < MOST_P99_MS && figures['missing'] === 0 && figures['refused'] === 0
      if (isHeld) [held, low] = [figures, middle + 1]
      else {
        ;[above, high] = [figures, middle - 1]
        await setTimeout(RECOVERY_MS)
      }
    }
    const { p99: p99Above = Number.NaN, refused: refusedAbove = Number.NaN, offered: offeredAbove = Number.NaN } = above
    return { ...held, offeredAbove, p99Above, refusedAbove }
  },
}

function loadOf(updatesPerSecond: number, isQuick: boolean): Load {
  return {
    documents: 1,
    writers: WRITERS,
    readers: isQuick ? 20 : PEOPLE - WRITERS,
    updatesPerSecond: updatesPerSecond / WRITERS,
    caretsPerSecond: 0,
    seconds: isQuick ? 1 : 4,
  }
}
