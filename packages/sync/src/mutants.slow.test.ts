import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { reportOf, runMutant } from '../test/mutant-run.ts'
import { MUTANTS } from '../test/mutants.ts'

describe('the simulation notices when a rule is switched off', () => {
  test.for(MUTANTS)('$rule: $name', { timeout: 300_000 }, async (mutant) => {
    const run = await runMutant(mutant)
    expect(run.caught, reportOf(run)).toBeDefined()
  })
})

test('every mutant names a rule of SPEC.md, and has a name of its own', () => {
  const spec = readFileSync(new URL('../SPEC.md', import.meta.url), 'utf8')
  expect(MUTANTS.filter(({ rule }) => !spec.includes(`- **${rule}**`)).map(({ name }) => name)).toEqual([])
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  expect(MUTANTS.length).toBeGreaterThanOrEqual(12)
})
