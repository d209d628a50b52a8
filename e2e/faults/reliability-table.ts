import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

export interface TableLine {
  readonly id: string
  readonly injection: string
  readonly passes: string
  readonly measured: string
  /** What was not kept, in words; empty when all was. */
  readonly wrong: readonly string[]
}

const PATH = new URL('../../docs/reliability.md', import.meta.url)
const TITLE = `# Reliability, measured

What \`pnpm faults --all --write\` and \`pnpm attacks --all --write\` found on a real node or cluster. A row that is not
kept stays here with its figure and the reason.`
const COLUMNS = '| id | injection | pass number | measured | verdict | date |\n| --- | --- | --- | --- | --- | --- |'

/** Puts the lines into their table of docs/reliability.md: in the place of what was measured before, or at its end. */
export function writeTable(heading: 'Faults' | 'Attacks', lines: readonly TableLine[]): void {
  const before = existsSync(PATH) ? readFileSync(PATH, 'utf8') : TITLE
  const text = before.includes(`## ${heading}\n`) ? before : `${before.trimEnd()}\n\n## ${heading}\n\n${COLUMNS}\n`
  const start = text.indexOf(`## ${heading}\n`)
  const after = text.indexOf('\n## ', start)
  const end = after === -1 ? text.length : after
  const rows = new Map(rowsOf(text.slice(start, end)).map((row) => [idOf(row), row]))
  for (const line of lines) rows.set(line.id, rowOf(line))
  const machine = `Measured on ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB.`
  const sorted = [...rows].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1))).map(([, row]) => row)
  const section = `## ${heading}\n\n${machine}\n\n${COLUMNS}\n${sorted.join('\n')}\n`
  writeFileSync(PATH, `${text.slice(0, start)}${section}${text.slice(end)}`)
}

function rowsOf(section: string): string[] {
  return section.split('\n').filter((line) => /^\| [A-Z]\d+ \|/.test(line))
}

function idOf(row: string): string {
  return row.split(' ')[1] ?? ''
}

function rowOf({ id, injection, passes, measured, wrong }: TableLine): string {
  const verdict = wrong.length === 0 ? 'kept' : `**not kept**: ${wrong.join('; ')}`
  const cells = [id, injection, passes, measured, verdict, new Date().toISOString().slice(0, 10)]
  return `| ${cells.map((cell) => cell.replaceAll('\n', ' ').replaceAll('|', '\\|')).join(' | ')} |`
}
