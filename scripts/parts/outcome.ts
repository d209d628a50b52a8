import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { root } from './workspace.mjs'

/** What a step counted, and what to read when something failed. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What it printed, of a step that was not shown as it ran. */
  readonly details: string
  /** What failed, each with the beginning of its message. */
  readonly failures: readonly string[]
}

export const NOTHING: Outcome = { passed: 0, failed: 0, skipped: 0, details: '', failures: [] }
/** Of what is said again at the end about one failure. */
const MESSAGE_LINES = 12

export function sum(a: Outcome, b: Outcome): Outcome {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    details: '',
    failures: [...a.failures, ...b.failures],
  }
}

export function counts({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** The last words of a run: what failed once more, so that the end of a long log says it, and on the last line the counts. */
export function summary(outcome: Outcome): string {
  const failures = outcome.failures.length === 0 ? [] : ['\nFailed:', ...outcome.failures, '']
  return [...failures, counts(outcome)].join('\n')
}

/** What a program whose exit code is its verdict counts as. */
export function asOneTest(name: string, passed: boolean, details: string): Outcome {
  if (passed) return { ...NOTHING, passed: 1, details }
  return { ...NOTHING, failed: 1, details, failures: [failure(name, details)] }
}

function failure(name: string, message: string): string {
  const lines = stripVTControlCharacters(message).split('\n')
  return [`✗ ${name}`, ...lines.slice(0, MESSAGE_LINES).map((line) => `    ${line}`)].join('\n')
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** Of the JSON report of a vitest run that ended with `code`. An error outside of every test fails it, too. */
export function vitestOutcome(name: string, path: string, code: number, details: string): Outcome {
  if (!existsSync(path)) return asOneTest(name, false, details)
  const report = readReport<VitestReport>(path)
  const failures = report.testResults.flatMap((file) => {
    const tests = file.assertionResults.filter((test) => test.status === 'failed')
    // A file that could not even be loaded has no test that failed.
    if (tests.length === 0) return file.status === 'failed' ? [failure(relative(root, file.name), file.message)] : []
    return tests.map((test) =>
      failure(`${relative(root, file.name)} › ${test.fullName}`, test.failureMessages.join('\n')),
    )
  })
  return verdict(name, code, details, {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  })
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[]
  readonly specs?: readonly {
    readonly title: string
    readonly file: string
    readonly tests: readonly {
      readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
      readonly results: readonly { readonly error?: { readonly message?: string } }[]
    }[]
  }[]
}
interface PlaywrightReport extends PlaywrightSuite {
  readonly stats: { readonly expected: number; readonly skipped: number }
  readonly errors: readonly { readonly message?: string }[]
}

/** Of the JSON report of a Playwright run that ended with `code`. A test that passed only when it was run again has failed. */
export function playwrightOutcome(name: string, path: string, code: number): Outcome {
  if (!existsSync(path)) return asOneTest(name, false, 'no report was written')
  const report = readReport<PlaywrightReport>(path)
  return verdict(name, code, '', {
    passed: report.stats.expected,
    skipped: report.stats.skipped,
    failures: [...failedSpecs(report), ...report.errors.map((error) => failure(name, error.message ?? ''))],
  })
}

function failedSpecs({ suites = [], specs = [] }: PlaywrightSuite): string[] {
  const failed = specs.flatMap(({ title, file, tests }) =>
    tests
      .filter((test) => test.status === 'unexpected' || test.status === 'flaky')
      .map((test) =>
        failure(`${file} › ${title}`, test.results.map((result) => result.error?.message ?? '').join('\n')),
      ),
  )
  return [...failed, ...suites.flatMap(failedSpecs)]
}

function verdict(
  name: string,
  code: number,
  details: string,
  { passed, skipped, failures }: { passed: number; skipped: number; failures: string[] },
): Outcome {
  if (failures.length === 0 && code !== 0) failures.push(failure(name, `ended with ${code}, outside of every test`))
  return { passed, failed: failures.length, skipped, details, failures }
}

function readReport<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}
