import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from '../load/jobs.ts'
import { within, type Column, type Workload } from './workload.ts'

/** A program of the binding, which has the other two beside it: `pnpm bench:editor`. */
const PROGRAM = resolve(import.meta.dirname, '../../../binding/test/bench/main.ts')
const QUICK = ['--paragraphs', '500', '--strokes', '5', '--rounds', '1']
const BINDINGS = ['ours', 'y-prosemirror', 'y-tiptap'] as const
const MEASURED = {
  remote: 'a letter of somebody else',
  local: 'one’s own letter',
  first: 'opening: first text',
  mount: 'opening: all of it',
  paste: 'somebody’s paste of 5 MB: longest task',
} as const

export const w12: Workload = {
  name: 'W12',
  title:
    'the editor’s main thread in Chromium at 10,000 paragraphs, layout included: our binding between Yjs and ProseMirror and the two that it replaces, in turns in one browser',
  rounds: 1,
  columns: Object.fromEntries(
    Object.entries(MEASURED).flatMap(([what, words]) =>
      BINDINGS.map((binding): [string, Column] => [
        `${binding}-${what}`,
        { heading: `${words}: ${binding}, p50 ms`, digits: 1 },
      ]),
    ),
  ),
  ratio: 'ours-remote',
  goals: [within('ours-remote', { most: 10 }), within('ours-local', { most: 12 }), within('ours-mount', { most: 700 })],
  isFor: ({ name }) => name === 'tandem',
  async measureCluster(_, isQuick) {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, '--json', ...(isQuick ? QUICK : [])])
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures
  },
}
