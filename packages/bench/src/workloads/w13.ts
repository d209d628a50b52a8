import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from '../load/jobs.ts'
import { within, type Workload } from './workload.ts'

/** A program: the bench itself knows nothing of browsers. */
const PROGRAM = resolve(import.meta.dirname, '../../../../e2e/first-text/main.ts')
const TIMES = 30
const QUICK_TIMES = 3

export const w13: Workload = {
  name: 'W13',
  title:
    'from asking for a document’s page to its first text on the screen, in Chromium, 100 KB of Markdown on a warm node: in a browser that was never here (signing in and all code included), where it was read before, and there by a click in the list of documents; everywhere it is a picture of its beginning, sent with the page or kept by the browser, and the text itself comes after it',
  rounds: 1,
  columns: {
    firstP50: { heading: 'never here: p50 ms', digits: 0 },
    firstP95: { heading: 'never here: p95', digits: 0 },
    firstOpenP50: { heading: 'never here, the text itself: p50', digits: 0 },
    againP50: { heading: 'read before: p50 ms', digits: 0 },
    againP95: { heading: 'read before: p95', digits: 0 },
    againOpenP50: { heading: 'read before, the text itself: p50', digits: 0 },
    listedP50: { heading: 'from the list: p50 ms', digits: 0 },
    listedP95: { heading: 'from the list: p95', digits: 0 },
    listedOpenP50: { heading: 'from the list, the text itself: p50', digits: 0 },
  },
  ratio: 'againP50',
  goals: [within('firstP50', { most: 800 }), within('againP50', { most: 300 }), within('listedP50', { most: 300 })],
  isFor: ({ name }) => name === 'tandem',
  async measureCluster(_, isQuick) {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, `${isQuick ? QUICK_TIMES : TIMES}`])
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures
  },
}
