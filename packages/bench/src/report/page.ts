import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { hopLine } from '../load/hops.ts'
import type { Figures } from '../load/jobs.ts'
import { machineLine } from '../machine.ts'
import type { Result } from '../run-workload.ts'
import { WORKLOADS } from '../workloads/all.ts'
import type { Workload } from '../workloads/workload.ts'
import { linesSvg } from './lines.ts'
import { barsSvg } from './plot.ts'
import { goalLines, markdownTable, titleOf } from './tables.ts'

const DOCS = resolve(import.meta.dirname, '../../../../docs')
const PLOTS = join(DOCS, 'plots')
/** What the page is made from: a run of some workloads leaves the others as they were. */
const KEPT = join(PLOTS, 'figures.json')
const PACKAGES = [
  'ws',
  '@hocuspocus/server',
  '@hocuspocus/extension-redis',
  '@y/websocket-server',
  'socket.io',
  '@socket.io/redis-adapter',
  'yjs',
]

interface Kept {
  readonly date: string
  readonly machine: string
  readonly versions: string
  readonly figures: Readonly<Record<string, Figures>>
  readonly remarks: readonly string[]
}

/** Writes docs/performance.md and the plots of this workload anew. */
export function keepResults(workload: Workload, result: Result): void {
  mkdirSync(PLOTS, { recursive: true })
  const kept: Record<string, Kept> = existsSync(KEPT)
    ? (JSON.parse(readFileSync(KEPT, 'utf8')) as Record<string, Kept>)
    : {}
  const { date, figures, remarks } = result
  kept[workload.name] = {
    date,
    machine: machineLine(),
    versions: versions(),
    figures: Object.fromEntries(figures),
    remarks,
  }
  writeFileSync(KEPT, `${JSON.stringify(kept, undefined, 2)}\n`)
  for (const [file, svg] of plotsOf(workload, result.figures)) writeFileSync(join(PLOTS, file), svg)
  writeFileSync(join(DOCS, 'performance.md'), pageOf(kept))
}

const HEAD = `# Performance

Written by \`pnpm bench\` (packages/bench); do not edit. Each server has one core and the load generator another; all are on one
machine, and take turns within each round. Read the ratios to the raw loop: they hold on other machines, microseconds do not, and
differences under 0.15x are noise. Tandem checks, authorises, orders and stores every update (SQLite, on disk before anybody
sees it); none of the others keeps anything.

- CPU per delivery: processor time of the server's whole process tree, all threads, user and kernel, from the first update of a round
  until the last one has arrived, divided by the updates and carets that reached somebody else than their author.
- Latency: from handing an update to the sender's socket to its arrival at sampled connections, on one clock.
- Missing: updates that did not arrive within 5 s after the last was sent; of all rounds, the worst. Carets may be merged, updates may not.
- Generator: what the load generator used of its core; near 100 % it may be what is slow, and the round says so.
- The peers run as their guides set them up, in memory, without authentication.
- Clients send as each product's do: Tandem's has one push under way at a time, and what is typed meanwhile is the next; the others send every
  update at once. Edits are counted, so what a client or a server merges is still all of it.
- Why figures are what they are, also those below their goals: [flame-notes.md](flame-notes.md).`

function pageOf(all: Readonly<Record<string, Kept>>): string {
  const sections = WORKLOADS.flatMap((workload) => {
    const kept = all[workload.name]
    return kept === undefined ? [] : [sectionOf(workload, kept)]
  })
  return `${[HEAD, ...sections].join('\n\n')}\n`
}

function sectionOf(workload: Workload, { date, machine, versions: used, figures, remarks }: Kept): string {
  const measured = new Map(Object.entries(figures))
  const goals = goalLines(workload, measured).map((line) => `- ${line}`)
  return [
    `## ${workload.name}: ${workload.title}`,
    markdownTable(workload, measured),
    ...[hopLine(figures['tandem'])].filter((line) => line !== undefined),
    ...(goals.length > 0 ? [`Goals (Tandem):\n\n${goals.join('\n')}`] : []),
    ...(remarks.length > 0 ? [`Remarks:\n\n${remarks.map((line) => `- ${line}`).join('\n')}`] : []),
    ...plotsOf(workload, measured).map(([file]) => `![${workload.name}](plots/${file})`),
    `${date}; ${rounds(workload)}${sizeLine(measured)}; ${machine}; ${used}.`,
  ].join('\n\n')
}

function sizeLine(measured: ReadonlyMap<string, Figures>): string {
  const bytes = [...measured.values()].find((figures) => figures['updateBytes'] !== undefined)?.['updateBytes']
  return bytes === undefined ? '' : `; updates of ${bytes} bytes (median)`
}

function rounds({ rounds: count }: Workload): string {
  return count === 1 ? 'one round' : `medians of ${count} rounds`
}

/** Latencies where they were measured, and the figure that the ratio is about. */
function plotsOf(workload: Workload, measured: ReadonlyMap<string, Figures>): readonly (readonly [string, string])[] {
  const bars = (keys: readonly string[], unit: string, isLogarithmic: boolean): string =>
    barsSvg(
      {
        title: workload.name,
        series: keys.map((key) => workload.columns[key]?.heading ?? key),
        groups: [...measured].map(([name, figures]) => ({
          label: titleOf(name),
          values: keys.map((key) => (figures[key] ?? Number.NaN) / (workload.columns[key]?.unit ?? 1)),
        })),
        unit,
      },
      isLogarithmic,
    )
  const slug = workload.name.toLowerCase()
  if (workload.lines !== undefined)
    return lines(workload, measured).map(([figure, svg]) => [`${slug}-${figure}.svg`, svg])
  const timed = ['p50', 'p95', 'p99'].filter((key) => key in workload.columns)
  const { ratio, columns } = workload
  return [
    [`${slug}-${ratio}.svg`, bars([ratio], columns[ratio]?.heading ?? ratio, false)] as const,
    ...(timed.length > 1 ? [[`${slug}-latency.svg`, bars(timed, 'ms', true)] as const] : []),
  ]
}

/** One plot for each figure, one line in it for each server. */
function lines({ name, lines: drawn }: Workload, measured: ReadonlyMap<string, Figures>): [string, string][] {
  const { figures = [], at = [], along = '' } = drawn ?? {}
  return figures.map((figure) => [
    figure,
    linesSvg({
      title: `${name}: ${figure}, ms, logarithmic, against ${along}`,
      at,
      lines: [...measured].map(([server, all]) => ({
        label: titleOf(server),
        values: at.map((load) => all[`${figure}@${load}`] ?? Number.NaN),
      })),
    }),
  ])
}

function versions(): string {
  return PACKAGES.map((name) => `${name} ${versionOf(name)}`).join(', ')
}

/** Not every package exports its package.json: it lies above the file that it exports. */
function versionOf(name: string): string {
  const entry = name === '@y/websocket-server' ? `${name}/utils` : name
  let folder = dirname(createRequire(import.meta.url).resolve(entry))
  for (;;) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) {
      const manifest = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string }
      if (manifest.name === name) return manifest.version ?? 'unknown'
    }
    if (folder === dirname(folder)) return 'unknown'
    folder = dirname(folder)
  }
}
