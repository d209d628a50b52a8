import type { Figures } from '../load/jobs.ts'
import { CONTESTANTS } from '../measured-server.ts'
import type { Workload } from '../workloads/workload.ts'

/** The yardstick of every workload. */
const YARDSTICK = 'ws'

type Measured = ReadonlyMap<string, Figures>

/** Rows by server, for a terminal; numbers are rounded to what they are worth. */
export function tableOf(workload: Workload, measured: Measured): Record<string, Record<string, string>> {
  return Object.fromEntries(
    [...measured].map(([name, figures]) => [
      titleOf(name),
      {
        ...Object.fromEntries(
          Object.entries(workload.columns).map(([key, { heading, digits, unit = 1 }]) => {
            const value = figures[key]
            return [heading, value === undefined || Number.isNaN(value) ? '-' : (value / unit).toFixed(digits)]
          }),
        ),
        'to raw': ratioToRaw(workload, measured, name),
      },
    ]),
  )
}

export function markdownTable(workload: Workload, measured: Measured): string {
  const rows = Object.entries(tableOf(workload, measured))
  const headings = Object.keys(rows[0]?.[1] ?? {})
  return [
    `| | ${headings.join(' | ')} |`,
    `|---|${headings.map(() => '---:').join('|')}|`,
    ...rows.map(([title, cells]) => `| ${title} | ${headings.map((heading) => cells[heading] ?? '-').join(' | ')} |`),
  ].join('\n')
}

/** One line for each goal: what it says, what was found, and whether that is enough. */
export function goalLines(workload: Workload, measured: Measured): readonly string[] {
  return workload.goals.map(({ says, judge }) => {
    const verdict = judge((name) => measured.get(name))
    if (verdict === undefined) return `${says}: not measured`
    return `${says}: ${verdict.found}, ${verdict.isMet ? 'met' : '**not met**'}`
  })
}

export function titleOf(name: string): string {
  return CONTESTANTS.find((each) => each.name === name)?.title ?? name
}

function ratioToRaw({ ratio }: Workload, measured: Measured, name: string): string {
  const [own, raw] = [measured.get(name)?.[ratio], measured.get(YARDSTICK)?.[ratio]]
  return own === undefined || raw === undefined ? '-' : `${(own / raw).toFixed(2)}x`
}
