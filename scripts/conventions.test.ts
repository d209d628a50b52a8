// Habits of STYLE.md that neither the compiler nor the linter keeps.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { filesUnder, packageFolders, root } from './parts/workspace.mjs'

const MAX_LINES = 300
/** Longer on purpose, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {}

const sources = ['scripts', ...packageFolders()]
  .flatMap((folder) => filesUnder(folder))
  .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))

const offenders = (pattern: RegExp): string[] =>
  sources
    .filter(({ file }) => !file.endsWith('conventions.test.ts'))
    .flatMap(({ file, text }) =>
      text.split('\n').flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    )

test(`no file is longer than ${MAX_LINES} lines without a reason`, () => {
  const long = sources
    .filter(({ file, text }) => !/\.test\.tsx?$/.test(file) && text.split('\n').length - 1 > MAX_LINES)
    .map(({ file }) => file)
  expect(long.filter((file) => !Object.hasOwn(LONGER, file))).toEqual([])
  expect(Object.keys(LONGER).filter((file) => !long.includes(file))).toEqual([]) // reasons that are not needed any more
})

test('what is public is listed by name', () => {
  expect(offenders(/^\s*export \*/)).toEqual([])
})

test('nothing is left for later in the code', () => {
  expect(offenders(/\b(TODO|FIXME|XXX|HACK)\b|not implemented|SIGNATURES ONLY/)).toEqual([])
})

test('no test is switched off or singled out', () => {
  expect(offenders(/\b(it|test|describe)\.(only|skip|todo|fixme)\b/)).toEqual([])
})

test('files are named in kebab-case after what they export', () => {
  const names = sources.map(({ file }) => file).filter((file) => !/\.config\.ts$|\.d\.ts$/.test(file))
  expect(names.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(basename(file)))).toEqual([])
  expect(
    names.filter((file) => /(^|\/|-)(utils?|helpers?|types|common|managers?|services?)\.(ts|tsx|mjs)$/.test(file)),
  ).toEqual([])
})
