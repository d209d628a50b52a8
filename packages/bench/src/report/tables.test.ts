import { expect, test } from 'vitest'
import type { Figures } from '../load/jobs.ts'
import { atMost, within, type Workload } from '../workloads/workload.ts'
import { goalLines, markdownTable, tableOf } from './tables.ts'

const workload: Workload = {
  name: 'W0',
  title: 'a workload',
  rounds: 1,
  columns: { cpuUs: { heading: 'CPU', digits: 1 }, share: { heading: 'core %', digits: 0, unit: 0.01 } },
  ratio: 'cpuUs',
  goals: [atMost(1.15, 'cpuUs', 'ws'), atMost(1, 'cpuUs', 'socket.io'), within('share', { most: 10, unit: 0.01 })],
  measure: () => Promise.resolve({}),
}
const measured = new Map<string, Figures>([
  ['ws', { cpuUs: 10, share: 0.5 }],
  ['tandem', { cpuUs: 11, share: 0.255 }],
])

test('figures are shown in their units, beside their ratio to the raw loop', () => {
  expect(tableOf(workload, measured)['Tandem (durable)']).toEqual({ CPU: '11.0', 'core %': '26', 'to raw': '1.10x' })
  expect(markdownTable(workload, measured)).toContain('| Tandem (durable) | 11.0 | 26 | 1.10x |')
})

test('a goal says what was found, met or not, or that it was not measured', () => {
  expect(goalLines(workload, measured)).toEqual([
    'cpuUs <= 1.15x ws: 1.10x, met',
    'cpuUs <= 1x socket.io: not measured',
    'share <= 10: 25.50, **not met**',
  ])
})

test('what was not measured is a dash', () => {
  expect(tableOf(workload, new Map([['ws', {}]]))['raw `ws` loop']).toEqual({ CPU: '-', 'core %': '-', 'to raw': '-' })
})
