import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from '../load/jobs.ts'
import { within, type Workload } from './workload.ts'

/** A program: the bench itself knows nothing of browsers. */
const PROGRAM = resolve(import.meta.dirname, '../../../../e2e/keystrokes/main.ts')
const LETTERS = 300
const QUICK_LETTERS = 20

export const w10: Workload = {
  name: 'W10',
  title:
    'from the key to the other’s screen: two people in Chromium, ten letters a second, on one node and on two (PostgreSQL, Redis), all on both cores of this machine',
  rounds: 3,
  columns: {
    oneP50: { heading: 'one node: p50 ms', digits: 1 },
    oneP95: { heading: 'one: p95', digits: 1 },
    oneP99: { heading: 'one: p99', digits: 1 },
    onedrawnP50: { heading: 'one: drawn p50', digits: 1 },
    onedrawnP99: { heading: 'one: drawn p99', digits: 1 },
    twoP50: { heading: 'two nodes: p50 ms', digits: 1 },
    twoP95: { heading: 'two: p95', digits: 1 },
    twoP99: { heading: 'two: p99', digits: 1 },
    twodrawnP50: { heading: 'two: drawn p50', digits: 1 },
    twodrawnP99: { heading: 'two: drawn p99', digits: 1 },
  },
  ratio: 'oneP50',
  goals: [
    within('oneP50', { most: 25 }),
    within('oneP99', { most: 60 }),
    within('twoP50', { most: 30 }),
    within('twoP99', { most: 80 }),
  ],
  isFor: ({ name }) => name === 'tandem',
  async measureCluster(_, isQuick) {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, `${isQuick ? QUICK_LETTERS : LETTERS}`])
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures
  },
}
