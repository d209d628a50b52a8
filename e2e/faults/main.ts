/**
 * `pnpm faults F1 F9 …`, `pnpm faults --all`: does to a real cluster what the row says, with eight people writing, and judges
 * the set checker's C1 to C6 and the row's pass number. `--short`: a third of the time, C1 to C6 only.
 * `--write`: puts the figures into docs/reliability.md.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { FULL_PART_MS, SHORT_PART_MS, perform, type Result } from './perform.ts'
import { writeTable } from './reliability-table.ts'
import type { Measured } from './row.ts'
import { ROWS } from './rows.ts'

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
  // At once: a run over all rows takes long, and what it has found is to be kept when it is cut short.
  if (values.write === true)
    writeTable('Faults', [{ ...result.row, measured: inWords(result.measured), wrong: result.wrong }])
  console.log(
    `${result.wrong.length === 0 ? 'kept    ' : 'NOT KEPT'} ${row.id.padEnd(4)} ${inWords(result.measured)}${result.wrong.map((wrong) => `\n         ${wrong}`).join('')}`,
  )
}
const failed = results.filter(({ wrong }) => wrong.length > 0).length
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`)
// F39 leaves this process spinning in native code after everything has been closed (seen, not explained): end it here.
process.exit(failed === 0 ? 0 : 1)
