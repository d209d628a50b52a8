import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tandem-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const LONG = 'k'.repeat(32)

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('without settings there is a node on port 4000, on SQLite, with a secret that is generated once for its owner alone', () => {
  const config = readConfig({ DATA_DIR: folder })
  expect(config).toMatchObject({
    port: 4000,
    host: 'localhost',
    databaseUrl: undefined,
    redisUrl: undefined,
    publicUrl: undefined,
    balancerUrl: undefined,
  })
  expect(config.secretKey.length).toBeGreaterThanOrEqual(32)
  expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600)
  expect(readConfig({ DATA_DIR: folder, PORT: '' }).secretKey).toBe(config.secretKey)
})

test('all problems are told together, none with its value', () => {
  const problems = problemsOf({
    PORT: 'eighty',
    PUBLIC_URL: 'ftp://x',
    DATABASE_URL: 'mysql://u:hunter2@h/d',
    LOG_LEVEL: 'loud',
    SECRET_KEY: 'tooshort',
  })
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
    'PORT',
    'PUBLIC_URL',
    'DATABASE_URL',
    'SECRET_KEY',
    'LOG_LEVEL',
  ])
  expect(problems.join('\n')).not.toMatch(/hunter2|tooshort|eighty/)
})

test('with DATABASE_URL the secret must be given, and long', () => {
  const DATABASE_URL = 'postgres://u@h/d'
  expect(problemsOf({ DATABASE_URL })).toEqual([expect.stringContaining('SECRET_KEY is required with DATABASE_URL')])
  expect(problemsOf({ DATABASE_URL, SECRET_KEY: 'k'.repeat(31) })).toEqual([expect.stringContaining('at least 32')])
  expect(readConfig({ DATABASE_URL, SECRET_KEY: LONG }).secretKey).toBe(LONG)
})

test('secrets may come as files; both at once is a mistake', () => {
  const file = join(folder, 'key')
  writeFileSync(file, `${LONG}\n`)
  expect(readConfig({ DATA_DIR: folder, SECRET_KEY_FILE: file }).secretKey).toBe(LONG)
  expect(problemsOf({ DATA_DIR: folder, SECRET_KEY_FILE: file, SECRET_KEY: LONG })).toEqual([
    'SECRET_KEY and SECRET_KEY_FILE are both set; keep one',
  ])
  expect(problemsOf({ DATA_DIR: folder, SECRET_KEY_FILE: join(folder, 'none') })).toEqual([
    'SECRET_KEY_FILE names a file that cannot be read',
  ])
})

test('PUBLIC_URL is an origin', () => {
  expect(readConfig({ DATA_DIR: folder, PUBLIC_URL: 'https://tandem.example.org/' }).publicUrl).toBe(
    'https://tandem.example.org',
  )
  for (const PUBLIC_URL of ['https://x.org/path', 'https://u:p@x.org', 'https://x.org/?q'])
    expect(problemsOf({ DATA_DIR: folder, PUBLIC_URL })).toHaveLength(1)
})

test('a data folder that cannot be written is told', () => {
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  expect(problemsOf({ DATA_DIR: join(file, 'data') })).toEqual([expect.stringContaining('DATA_DIR')])
})

test('a kept secret that was cut short is refused, not used', () => {
  readConfig({ DATA_DIR: folder })
  writeFileSync(join(folder, 'secret-key'), readFileSync(join(folder, 'secret-key'), 'utf8').slice(0, 10))
  expect(problemsOf({ DATA_DIR: folder })).toEqual([expect.stringContaining('too short')])
})

test('documents have roots beside the page’s own when they are named, and only with plain names', () => {
  expect(readConfig({ DATA_DIR: folder }).documentRoots).toEqual([])
  expect(readConfig({ DATA_DIR: folder, DOCUMENT_ROOTS: 'notes,meta:2' }).documentRoots).toEqual(['notes', 'meta:2'])
  const many = Array.from({ length: 32 }, (_, index) => `r${index}`).join(',')
  for (const DOCUMENT_ROOTS of ['a b', 'ä', 'x'.repeat(65), many])
    expect(problemsOf({ DATA_DIR: folder, DOCUMENT_ROOTS }), DOCUMENT_ROOTS).toEqual([
      expect.stringContaining('DOCUMENT_ROOTS'),
    ])
})

test('a token for the metrics may come from a file, and is not a short one', () => {
  writeFileSync(join(folder, 'metrics-token'), 'a token for metrics\n')
  expect(readConfig({ DATA_DIR: folder, METRICS_TOKEN_FILE: join(folder, 'metrics-token') }).metricsToken).toBe(
    'a token for metrics',
  )
  expect(readConfig({ DATA_DIR: folder, METRICS_TOKEN: '' }).metricsToken).toBeUndefined()
  expect(problemsOf({ DATA_DIR: folder, METRICS_TOKEN: 'short' })).toEqual([expect.stringContaining('METRICS_TOKEN')])
})
