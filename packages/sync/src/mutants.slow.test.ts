import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { MUTANTS } from '../test/mutants.ts'

const fuzz = fileURLToPath(new URL('../test/fuzz.ts', import.meta.url))
const mutate = new URL('../test/mutate.ts', import.meta.url).href

/** Tells days with one rule switched off, and stops at the first that goes wrong. */
function survivors(mutant: string): Promise<string> {
  const args = ['--import', mutate, fuzz, '--seeds', '120', '--from', '1', '--stop-at-first']
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env: { ...process.env, MUTANT: mutant } }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    )
  })
}

describe('the simulation notices when a rule is switched off', () => {
  test.for(MUTANTS)('$rule: $name', { timeout: 300_000 }, async ({ name }) => {
    const output = await survivors(name)
    expect(output).toMatch(/, 1 failed \(seeds/)
  })
})
