/**
 * `pnpm fuzz [--for 10m | --seeds 1000] [--from 1] [--stop-at-first]`: tells days of the simulated world until the time or the seeds
 * are used up. Prints the seed and the story of each that fails; keep it in seeds.ts with what it taught.
 */
import { parseArgs } from 'node:util'
import { tellStory } from './scenario.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

function durationMs(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text)
  if (match === null) throw new RangeError(`--for ${text}: say 30s, 10m or 1h.`)
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
}

const { values } = parseArgs({
  options: {
    for: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    'stop-at-first': { type: 'boolean' },
  },
})
const until = values.for === undefined ? Infinity : performance.now() + durationMs(values.for)
const count = Number(values.seeds ?? (values.for === undefined ? 200 : Infinity))
const from = Number(values.from ?? Math.floor(Math.random() * 2 ** 31))
let told = 0
let failed = 0
while (told < count && performance.now() < until && !(failed > 0 && values['stop-at-first'] === true)) {
  try {
    await tellStory(from + told)
  } catch (error) {
    failed += 1
    console.error(error instanceof Error ? error.message : error)
  }
  told += 1
}
console.log(`${told - failed} passed, ${failed} failed (seeds ${from} to ${from + told - 1})`)
process.exitCode = failed === 0 ? 0 : 1
