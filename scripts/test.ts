// The body of `npm test`, under Node 24 with everything in place. The last line is the count over all steps.
import { chromium } from './parts/machine.mjs'
import { summary } from './parts/outcome.ts'
import {
  browserTests,
  budget,
  deadCode,
  format,
  lint,
  page,
  playwrightChromium,
  runSteps,
  types,
  vitest,
} from './parts/steps.ts'

const total = await runSteps([
  types,
  lint,
  format,
  deadCode,
  vitest('unit and contract tests', { live: true }),
  page,
  budget,
  ...(chromium() === undefined ? [playwrightChromium] : []),
  browserTests,
])
console.log(summary(total))
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
