import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asOneTest, NOTHING, playwrightOutcome, sum, summary, vitestOutcome } from './parts/outcome.ts'
import { root } from './parts/workspace.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-outcome-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function report(content: unknown): string {
  const path = join(folder, 'report.json')
  writeFileSync(path, JSON.stringify(content))
  return path
}
const vitestReport = (testResults: unknown[]): string =>
  report({ numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, testResults })
const failedTest = {
  status: 'failed',
  fullName: 'a queue › ends',
  failureMessages: ['\u001B[31mexpected 1\u001B[39m\nat x'],
}

test('the end of a run says what failed once more, with its file and message, and ends with the counts', () => {
  const path = vitestReport([
    { name: join(root, 'packages/a/b.test.ts'), status: 'failed', message: '', assertionResults: [failedTest] },
  ])
  const total = sum(asOneTest('lint', true, ''), vitestOutcome('unit tests', path, 1, ''))
  expect(summary(total)).toBe(
    '\nFailed:\n✗ packages/a/b.test.ts › a queue › ends\n    expected 1\n    at x\n\n4 passed, 1 failed, 2 skipped',
  )
  expect(summary(NOTHING)).toBe('0 passed, 0 failed, 0 skipped')
})

test('a file that could not be loaded counts, and so does an error outside of every test', () => {
  const broken = { name: join(root, 'b.test.ts'), status: 'failed', message: 'no such module', assertionResults: [] }
  expect(vitestOutcome('unit tests', vitestReport([broken]), 1, '')).toMatchObject({
    failed: 1,
    failures: ['✗ b.test.ts\n    no such module'],
  })
  expect(vitestOutcome('unit tests', vitestReport([]), 1, '').failures).toEqual([
    '✗ unit tests\n    ended with 1, outside of every test',
  ])
  expect(vitestOutcome('unit tests', join(folder, 'none'), 0, 'it crashed').failures).toEqual([
    '✗ unit tests\n    it crashed',
  ])
})

test('browser tests that failed are found in any group, also those that passed the second time', () => {
  const spec = (title: string, status: string, messages: string[]): unknown => ({
    title,
    file: 'a.spec.ts',
    tests: [{ status, results: messages.map((message) => ({ error: { message } })) }],
  })
  const path = report({
    stats: { expected: 5, skipped: 0 },
    errors: [],
    suites: [
      { specs: [spec('one', 'expected', [])], suites: [{ specs: [spec('two', 'unexpected', ['no caret'])] }] },
      { specs: [spec('three', 'flaky', ['late'])] },
    ],
  })
  expect(playwrightOutcome('browser tests', path, 1)).toMatchObject({
    passed: 5,
    failed: 2,
    failures: ['✗ a.spec.ts › two\n    no caret', '✗ a.spec.ts › three\n    late'],
  })
  expect(
    playwrightOutcome(
      'browser tests',
      report({ stats: { expected: 0, skipped: 0 }, errors: [{ message: 'no config' }] }),
      1,
    ).failures,
  ).toEqual(['✗ browser tests\n    no config'])
})
