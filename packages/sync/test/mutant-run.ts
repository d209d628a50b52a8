import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.ts'
import { SEEDS_OF } from './scenario.ts'

/** A mutant that survives so many stories is not caught. */
const MOST_SEEDS = 200

const fuzz = fileURLToPath(new URL('fuzz.ts', import.meta.url))
const mutate = new URL('mutate.ts', import.meta.url).href

export interface MutantRun {
  readonly mutant: Mutant
  /** The first story that went wrong, and how; undefined when it survived. */
  readonly caught: { readonly seed: number; readonly step: number; readonly how: string } | undefined
  readonly output: string
}

/** Tells stories with one rule switched off, always the same ones, and stops at the first that goes wrong. Never rejects. */
export function runMutant(mutant: Mutant): Promise<MutantRun> {
  const { from, every } = SEEDS_OF[mutant.needs ?? 'anything']
  const which = ['--seeds', String(MOST_SEEDS), '--from', String(from), '--every', String(every)]
  const args = ['--import', mutate, fuzz, ...which, '--stop-at-first']
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, MUTANT: mutant.name } }, (_, stdout, stderr) => {
      const output = `${stdout}${stderr}`
      const [, seed, step, how] = /^Seed (\d+), step (\d+), .*?\): (?:\w*Error: )?(.*)$/m.exec(output) ?? []
      const caught = how === undefined ? undefined : { seed: Number(seed), step: Number(step), how }
      resolve({ mutant, caught, output })
    })
  })
}

export function reportOf({ mutant, caught, output }: MutantRun): string {
  const survived = /\d+ passed, 0 failed/.test(output) ? 'NOT CAUGHT' : `NOT TRIED: ${output}`
  const how = caught === undefined ? survived : `seed ${caught.seed}, step ${caught.step}: ${caught.how.slice(0, 90)}`
  return `${mutant.rule.padEnd(8)} ${mutant.name.padEnd(64)} ${how}`
}
