// `pnpm check`: what to run before every commit. Needs no database, no Redis, no browser.
import { summary } from './parts/outcome.ts'
import { format, runSteps, typesAndLint, vitest } from './parts/steps.ts'

const total = await runSteps([
  typesAndLint,
  format,
  vitest('unit tests', { project: 'unit', live: false, shared: true }),
])
console.log(summary(total))
process.exitCode = total.failed === 0 ? 0 : 1
