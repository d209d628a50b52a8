/**
 * `pnpm faults F1 F9 …`, `pnpm faults --all`: does to a real cluster what the row says, with eight people writing, and judges
 * the set checker's C1 to C6 and the row's pass number. `--short`: a third of the time, C1 to C6 only.
 * `--write`: puts the figures into docs/reliability.md.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { breaches } from './checker.ts'
import { writeTable } from './reliability-table.ts'
import type { Measured, Row, RowOn, SqliteRow } from './row.ts'
import { ROWS } from './rows.ts'
import { SqliteCluster } from './sqlite-stage.ts'
import { Stage, type StageCluster } from './stage.ts'

const FULL_PART_MS = 20_000
const SHORT_PART_MS = 4_000

interface Result {
  readonly row: Pick<Row, 'id' | 'injection' | 'passes'>
  readonly measured: Measured
  readonly wrong: readonly string[]
}

async function perform(row: Row | SqliteRow, seed: number, partMs: number): Promise<Result> {
  if ('on' in row) return enact(row, await Stage.over(await SqliteCluster.start(), seed), partMs)
  return enact(row, await Stage.set({ seed, settings: row.settings }), partMs)
}

async function enact<Cluster extends StageCluster>(
  row: RowOn<Cluster>,
  stage: Stage<Cluster>,
  partMs: number,
): Promise<Result> {
  try {
    const measured = await row.run(stage, partMs)
    const wrong = [...breaches(await stage.verdict())]
    if (partMs === FULL_PART_MS && !row.met(measured)) wrong.push(`not met: ${row.passes}`)
    return { row, measured, wrong }
  } catch (error) {
    return { row, measured: {}, wrong: [error instanceof Error ? error.message : String(error)] }
  } finally {
    await stage.strike()
  }
}

function inWords(measured: Measured): string {
  return Object.entries(measured)
    .map(([name, value]) => `${name} ${Math.round(value * 10) / 10}`)
    .join(', ')
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean' },
    short: { type: 'boolean' },
    write: { type: 'boolean' },
    seed: { type: 'string' },
  },
})
const chosen = values.all === true ? ROWS : ROWS.filter(({ id }) => positionals.includes(id))
if (chosen.length === 0) throw new RangeError(`Name rows (${ROWS.map(({ id }) => id).join(' ')}), or --all.`)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
console.log(`seed ${seed}, ${cpus().length} cores`)
const results: Result[] = []
for (const row of chosen) {
  const result = await perform(row, seed, values.short === true ? SHORT_PART_MS : FULL_PART_MS)
  results.push(result)
  console.log(
    `${result.wrong.length === 0 ? 'kept    ' : 'NOT KEPT'} ${row.id.padEnd(4)} ${inWords(result.measured)}${result.wrong.map((wrong) => `\n         ${wrong}`).join('')}`,
  )
}
if (values.write === true) {
  writeTable(
    'Faults',
    results.map(({ row, measured, wrong }) => ({ ...row, measured: inWords(measured), wrong })),
  )
}
const failed = results.filter(({ wrong }) => wrong.length > 0).length
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`)
// F39 leaves this process spinning in native code after everything has been closed (seen, not explained): end it here.
process.exit(failed === 0 ? 0 : 1)
