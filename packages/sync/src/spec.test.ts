import { readFileSync, readdirSync } from 'node:fs'
import { expect, test } from 'vitest'

const here = new URL('.', import.meta.url)
const ID = /\[([A-Z]+-\d+)\]/g

/** Titles of the tests beside the code and of the contract suites. */
function testTitles(): string {
  const contracts = new URL('../test/', here)
  const files = [
    ...readdirSync(here)
      .filter((name) => name.endsWith('.test.ts') && name !== 'spec.test.ts')
      .map((name) => new URL(name, here)),
    ...readdirSync(contracts)
      .filter((name) => name.endsWith('.contract.ts'))
      .map((name) => new URL(name, contracts)),
  ]
  const sources = files.map((file) => readFileSync(file, 'utf8'))
  return sources.flatMap((source) => source.match(/\b(?:test|it)\(\s*[`'"](?:[^`'"\\]|\\.)*/g) ?? []).join('\n')
}

test('every rule of SPEC.md has a test, and every test quotes rules of SPEC.md', () => {
  const spec = readFileSync(new URL('../SPEC.md', here), 'utf8')
  const rules = new Set([...spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map((match) => match[1]))
  const quoted = new Set([...testTitles().matchAll(ID)].map((match) => match[1]))
  expect(
    [...rules].filter((rule) => !quoted.has(rule)),
    'rules without a test',
  ).toEqual([])
  expect(
    [...quoted].filter((rule) => !rules.has(rule)),
    'quoted, but no rule',
  ).toEqual([])
})

test('every rule that the code quotes is in SPEC.md', () => {
  const spec = readFileSync(new URL('../SPEC.md', here), 'utf8')
  const sources = readdirSync(here).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const quoted = sources.flatMap((name) =>
    [...readFileSync(new URL(name, here), 'utf8').matchAll(ID)].map((match) => match[1] ?? ''),
  )
  expect(quoted.filter((rule) => !spec.includes(`**${rule}**`))).toEqual([])
})
