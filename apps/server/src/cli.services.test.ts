// Named with `services` because it starts processes: too slow for `pnpm check`.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createTRPCClient, createWSClient, httpLink, wsLink } from '@trpc/client'
import type { AppRouter } from '@tandem/api'
import { binaryEncoder } from '@tandem/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { testNode, type TestNode } from '../test/node-fixture.ts'

const run = promisify(execFile)
let node: TestNode
beforeAll(async () => {
  node = await testNode()
})
afterAll(() => node.close())

/** The CLI beside the running node, on the same data folder. */
async function cli(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const file = fileURLToPath(new URL('cli.ts', import.meta.url))
  return run(process.execPath, [file, ...args], {
    env: { DATA_DIR: node.dataDir, SECRET_KEY: 'a secret for tests, and for nothing else' },
  })
}

test('the CLI makes a user and a token that works over HTTP and in the first message of a socket, but is not stored', async () => {
  const { stdout, stderr } = await cli('token', '--user', 'ann@example.org', '--name', 'Ann the Script')
  const token = stdout.trim()
  expect(stderr).toContain('New user ann@example.org')
  const me = { name: 'Ann the Script', isGuest: false }
  const http = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${node.url}/trpc`, headers: { authorization: `Bearer ${token}` } })],
  })
  expect(await http.me.get.query()).toMatchObject(me)
  expect(await http.documents.create.mutate({ title: 'by a script' })).toMatchObject({ title: 'by a script' })
  const socket = createWSClient({
    url: `${node.url.replace('http', 'ws')}/live`,
    connectionParams: { token },
    experimental_encoder: binaryEncoder(),
  })
  expect(await createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }).me.get.query()).toMatchObject(me)
  await socket.close()
  for (const file of ['tandem.db', 'tandem.db-wal'])
    expect((await readFile(`${node.dataDir}/${file}`)).includes(token)).toBe(false)
  expect((await cli('token', '--user', 'ann@example.org')).stderr).toContain(
    'User ann@example.org, called Ann the Script',
  )
})

test('the CLI says what is wrong with how it was called', async () => {
  await expect(cli('token', '--user', 'nobody')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--user must be an email address'),
  })
  await expect(cli('tokens')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('pnpm tandem token --user'),
  })
})

test('the CLI leaves a whole document alone when asked to repair it beside the running node, and says when there is none', async () => {
  const token = (await cli('token', '--user', 'ann@example.org')).stdout.trim()
  const api = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${node.url}/trpc`, headers: { authorization: `Bearer ${token}` } })],
  })
  const { documentId } = await api.documents.create.mutate({ title: 'whole' })
  const { stderr } = await cli('repair', `--document=${documentId}`)
  expect(stderr).toContain(`Document ${documentId} is not damaged. Nothing was done.`)
  await expect(cli('repair', '--document=no-such-document-0000')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no document no-such-document-0000'),
  })
})

test('who is suspended is out of every browser and script, cannot sign in anew, and has everything back afterwards', async () => {
  const token = (await cli('token', '--user', 'eve@example.org', '--name', 'Eve')).stdout.trim()
  const guest = await node.visitor()
  const { documentId } = await guest.http.documents.create.mutate({ title: 'Of a guest' })
  const { stdout } = await cli('people', `--document=${documentId}`)
  const [guestId, , kind, role] = stdout.trim().split('\t')
  expect([kind, role]).toEqual(['guest', 'owner'])
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${node.url}/trpc/documents.list`, { headers })).status
  const bearer = { authorization: `Bearer ${token}` }
  expect([await status(bearer), await status({ cookie: guest.cookie })]).toEqual([200, 200])
  const closed = Promise.withResolvers<number>()
  const socket = new WebSocket(`${node.url.replace('http', 'ws')}/live`, {
    headers: { cookie: guest.cookie, origin: node.url },
  })
  socket.on('close', (code) => closed.resolve(code))
  await once(socket, 'open')

  expect((await cli('suspend', guestId ?? '')).stderr).toContain('1 login or token has ended')
  await cli('suspend', 'eve@example.org')
  expect([await status(bearer), await status({ cookie: guest.cookie })]).toEqual([401, 401])
  expect(await closed.promise).toBe(4401)
  await expect(guest.http.me.get.query()).rejects.toThrow(/was suspended/)
  await expect(cli('token', '--user', 'eve@example.org')).rejects.toMatchObject({
    stderr: expect.stringContaining('suspended'),
  })

  await cli('unsuspend', 'eve@example.org')
  await cli('unsuspend', guestId ?? '')
  expect([await status(bearer), await status({ cookie: guest.cookie })]).toEqual([200, 200])
})

test('an account with a password cannot be signed in to while it is suspended', async () => {
  const ask = async (path: string, body: object): Promise<Response> =>
    fetch(`${node.url}/api/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tandem': '1', origin: node.url },
      body: JSON.stringify(body),
    })
  const account = { email: 'finn@example.org', password: 'a good long password' }
  expect((await ask('sign-up/email', { ...account, name: 'Finn' })).status).toBe(200)
  await cli('suspend', account.email)
  const refused = await ask('sign-in/email', account)
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('was suspended')])
  await cli('unsuspend', account.email)
  expect((await ask('sign-in/email', account)).status).toBe(200)
  await expect(cli('suspend', 'nobody@example.org')).rejects.toMatchObject({
    stderr: expect.stringContaining('There is no user nobody@example.org'),
  })
  await expect(cli('suspend')).rejects.toMatchObject({ stderr: expect.stringContaining('pnpm tandem suspend <user>') })
})
