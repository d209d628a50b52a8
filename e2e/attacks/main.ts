/**
 * `pnpm attacks A1 A3 …`, `pnpm attacks --all`: does to a real node what the row says, over sockets of its own, while a
 * victim has a document open; then looks that nobody was harmed. `--short`: fewer repetitions, no timing judged.
 * `--frames N`: how many frames rows of frame after frame send (A15, A20, A21), in place of their own number.
 * `--write`: puts the figures into docs/reliability.md.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { stopSharedCluster } from './attack-cluster.ts'
import type { Measured } from './attack.ts'
import { perform, type Result } from './perform.ts'
import { ATTACKS } from './rows.ts'
import { Target } from './target.ts'
import { writeTable } from '../faults/reliability-table.ts'

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
    frames: { type: 'string' },
  },
})
const frames = values.frames === undefined ? undefined : Number(values.frames)
if (frames !== undefined && !(frames > 0)) throw new RangeError('--frames is a number of frames.')
const chosen = values.all === true ? ATTACKS : ATTACKS.filter(({ id }) => positionals.includes(id))
if (chosen.length === 0) throw new RangeError(`Name rows (${ATTACKS.map(({ id }) => id).join(' ')}), or --all.`)
console.log(`${cpus().length} cores`)
const results: Result[] = []
let target = await Target.start()
try {
  let token = await target.token('victim')
  for (const attack of chosen) {
    if (!target.running) {
      await target.stop()
      target = await Target.start()
      token = await target.token('victim')
    }
    const result = await perform(attack, target, { token, full: values.short !== true, frames })
    results.push(result)
    const { wrong, measured } = result
    console.log(
      `${wrong.length === 0 ? 'refused    ' : 'NOT REFUSED'} ${attack.id.padEnd(4)} ${inWords(measured)}${wrong.map((what) => `\n            ${what}`).join('')}`,
    )
  }
} finally {
  await target.stop()
  await stopSharedCluster()
}
if (values.write === true) {
  const lines = results.map(({ attack, measured, wrong }) => {
    const missing = typeof attack.missing === 'function' ? attack.missing(measured) : attack.missing
    const what = [...wrong, ...(missing === undefined ? [] : [missing])]
    return { id: attack.id, injection: attack.attack, passes: attack.passes, measured: inWords(measured), wrong: what }
  })
  writeTable('Attacks', lines)
}
const failed = results.filter(({ wrong }) => wrong.length > 0).length
console.log(`${results.length - failed} passed, ${failed} failed, 0 skipped`)
process.exit(failed === 0 ? 0 : 1)
