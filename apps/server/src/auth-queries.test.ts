import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAccounts } from '@tandem/store'
import { expect, onTestFinished, test } from 'vitest'
import { openAuth } from './auth.ts'
import { createLog } from './log.ts'

const URL = 'http://localhost:7777'

/** Accounts on a database of their own that counts what it is asked. */
async function countedAuth() {
  const dataDir = await mkdtemp(join(tmpdir(), 'tandem-auth-'))
  const { database, close } = await openAccounts({ dataDir })
  onTestFinished(async () => {
    await close()
    await rm(dataDir, { recursive: true, force: true })
  })
  let queries = 0
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      queries += 1
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const auth = await openAuth({
    config: { publicUrl: URL, port: 7777, secretKey: 'a secret for tests, and for nothing else' },
    database: { ...database, db },
    alone: (work) => work(),
    log: createLog('silent'),
    trustedOrigins: () => [URL],
  })
  const queriesOf = async <Result>(work: () => Promise<Result>): Promise<{ result: Result; queries: number }> => {
    queries = 0
    return { result: await work(), queries }
  }
  return { auth, queriesOf }
}

test('who comes back with a token is looked up in one query, with their name', async () => {
  const { auth, queriesOf } = await countedAuth()
  const { token, user } = await auth.issueToken('ann@example.org', 'Ann')
  expect(await queriesOf(() => auth.bearer(token))).toMatchObject({ queries: 1, result: { user } })
  expect(await queriesOf(() => auth.bearer(`${token}x`))).toEqual({ queries: 1, result: undefined })
})

test('who comes back with a cookie is looked up in one query, and a guest is still a guest', async () => {
  const { auth, queriesOf } = await countedAuth()
  const headers = { 'content-type': 'application/json', origin: URL }
  const signIn = new Request(`${URL}/api/auth/sign-in/anonymous`, { method: 'POST', headers, body: '{}' })
  const [setCookie = ''] = (await auth.handle(signIn)).headers.getSetCookie()
  const cookie = setCookie.split(';')[0] ?? ''
  const { queries, result } = await queriesOf(() => auth.login(new Headers({ cookie })))
  expect(queries).toBe(1)
  expect(result?.user).toMatchObject({ isGuest: true, name: expect.stringMatching(/^[A-Z]/) })
})
