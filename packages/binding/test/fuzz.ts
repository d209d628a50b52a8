/**
 * `pnpm fuzz:binding [--for 10m | --seeds 1000] [--from 1] [--steps 100]`: tells stories of 2, 3 and 4 people until the time or the seeds
 * are used up, every other with all that the schema has,
 * every other pair with pages that are closed and opened again. A seed that fails is printed with what happened; keep it in kept-seeds.ts with its reason.
 */
import { parseArgs } from 'node:util'
import { ours } from './bindings.ts'
import { tellStory } from './story.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

const { values } = parseArgs({
  options: {
    for: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    steps: { type: 'string', default: '100' },
  },
})
const startedMs = performance.now()
const untilMs = values.for === undefined ? Infinity : startedMs + durationMs(values.for)
const count = Number(values.seeds ?? (values.for === undefined ? 200 : Infinity))
const from = Number(values.from ?? Math.floor(Math.random() * 2 ** 24))
let [told, failed] = [0, 0]
for (; told < count && performance.now() < untilMs; told += 1) {
  const [seed, people] = [from + told, 2 + (told % 3)]
  try {
    tellStory({
      seed,
      binding: ours,
      steps: Number(values.steps),
      people,
      isRich: seed % 2 === 1,
      reopens: seed % 4 > 1,
    })
  } catch (error) {
    failed += 1
    console.error(`--- ${people} people: ${error instanceof Error ? error.message : String(error)}`)
  }
}
const seconds = (performance.now() - startedMs) / 1_000
console.log(`${told} stories of ${values.steps} steps from seed ${from} in ${seconds.toFixed(0)} s: ${failed} failed.`)
process.exitCode = failed === 0 ? 0 : 1

function durationMs(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text)
  if (match === null) throw new RangeError(`--for ${text}: say 30s, 10m or 1h.`)
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
}
