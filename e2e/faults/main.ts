/**
 * `pnpm faults F1 F9 …`, `pnpm faults --all`: does to a real cluster what the row says, with eight people writing, and judges
 * the set checker's C1 to C6 and the row's pass number. `--short`: a third of the time, C1 to C6 only.
 * `--write`: puts the figures into docs/reliability.md.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { breaches } from './checker.ts'
import type { Measured, Row } from './row.ts'
import { ROWS } from './rows.ts'
import { Stage } from './stage.ts'

const FULL_PART_MS = 20_000
const SHORT_PART_MS = 4_000

interface Result {
  readonly row: Row
  readonly measured: Measured
  readonly wrong: readonly string[]
}

async function perform(row: Row, seed: number, partMs: number): Promise<Result> {
  const stage = await Stage.set({ seed })
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

function writeTable(results: readonly Result[]): void {
  const path = new URL('../../docs/reliability.md', import.meta.url)
  const text = readFileSync(path, 'utf8')
  const date = new Date().toISOString().slice(0, 10)
  let next = text
  for (const { row, measured, wrong } of results) {
    const line = `| ${row.id} | ${row.injection} | ${row.passes} | ${inWords(measured)} | ${wrong.length === 0 ? 'kept' : `**not kept**: ${wrong.join('; ').replaceAll('\n', ' ')}`} | ${date} |`
    const existing = new RegExp(`^\\| ${row.id} \\|.*$`, 'm')
    next = existing.test(next) ? next.replace(existing, () => line) : `${next.trimEnd()}\n${line}\n`
  }
  writeFileSync(path, next)
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
if (values.write === true) writeTable(results)
const failed = results.filter(({ wrong }) => wrong.length > 0).length
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`)
process.exitCode = failed === 0 ? 0 : 1
