/**
 * `pnpm fuzz [--for 10m | --seeds 1000] [--from 1] [--every 1] [--stop-at-first]`: tells stories of the simulated world until the
 * time or the seeds are used up, then how many a second. A seed that fails is printed with its story and kept in
 * kept-seeds.json with what went wrong.
 * `pnpm fuzz --mutants`: switches one rule after the other off, and says which story noticed.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { reportOf, runMutant } from './mutant-run.ts'
import { MUTANTS } from './mutants.ts'
import { tellStory } from './scenario.ts'
import { keepSeed } from './seeds.ts'

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000 } as const

const { values } = parseArgs({
  options: {
    for: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string' },
    every: { type: 'string' },
    'stop-at-first': { type: 'boolean' },
    mutants: { type: 'boolean' },
    mutant: { type: 'string' },
  },
})
const isMutated = process.env.MUTANT !== undefined
const passed = await (values.mutants === true || values.mutant !== undefined ? tryMutants() : tellStories())
process.exitCode = passed ? 0 : 1

function durationMs(text: string): number {
  const match = /^(\d+)([smh])$/.exec(text)
  if (match === null) throw new RangeError(`--for ${text}: say 30s, 10m or 1h.`)
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]
}

async function tellStories(): Promise<boolean> {
  const startedMs = performance.now()
  const until = values.for === undefined ? Infinity : startedMs + durationMs(values.for)
  const count = Number(values.seeds ?? (values.for === undefined ? 200 : Infinity))
  const from = Number(values.from ?? Math.floor(Math.random() * 2 ** 31))
  const every = Number(values.every ?? 1)
  const happened = new Map<string, number>()
  let told = 0
  let failed = 0
  while (told < count && performance.now() < until && !(failed > 0 && values['stop-at-first'] === true)) {
    const seed = from + told * every
    try {
      for (const [what, times] of (await tellStory(seed)).happened)
        happened.set(what, (happened.get(what) ?? 0) + times)
    } catch (error) {
      failed += 1
      const message = error instanceof Error ? error.message : String(error)
      console.error(message)
      if (!isMutated) keepSeed({ seed, reason: message })
    }
    told += 1
  }
  const seconds = (performance.now() - startedMs) / 1_000
  const steps = happened.get('steps') ?? 0
  console.log([...happened].map(([what, times]) => `${what} ${times}`).join(', '))
  console.log(
    `${told - failed} passed, ${failed} failed (seeds ${from} to ${from + (told - 1) * every}); ` +
      `${(told / seconds).toFixed(1)} stories/s, ${Math.round(steps / seconds)} steps/s`,
  )
  return failed === 0
}

async function tryMutants(): Promise<boolean> {
  const asked = MUTANTS.filter(({ name }) => values.mutant === undefined || name === values.mutant)
  const left = [...asked]
  let caught = 0
  const work = async (): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const run = await runMutant(mutant)
      if (run.caught !== undefined) caught += 1
      console.log(reportOf(run))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  console.log(`${caught} of ${asked.length} mutants caught`)
  return caught === asked.length && caught > 0
}
