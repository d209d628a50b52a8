import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { SCHEMA_VERSION } from '@tandem/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** A real node process, the real CLI, and scripts as other people write them. */
const environment = {
  PATH: process.env['PATH'],
  HOST: '127.0.0.1',
  LOG_LEVEL: 'error',
  PORT: '',
  DATA_DIR: '',
  SESSIONS_PER_LINK: '5',
}
const clients: TandemClient[] = []
let running: { process: ChildProcess; url: string }

beforeAll(async () => {
  environment.DATA_DIR = await mkdtemp(join(tmpdir(), 'tandem-headless-'))
  environment.PORT = String(await freePort())
  running = await startProcess()
}, 30_000)

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await kill()
  await rm(environment.DATA_DIR, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, environment.HOST)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function startProcess(): Promise<typeof running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = 'Tandem is ready: '
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(ready)) return { process: child, url: line.slice(ready.length) }
  throw new Error('The node ended before it was ready.')
}

async function kill(): Promise<void> {
  const { process: child } = running
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

async function script(user: string): Promise<TandemClient> {
  return another(await tokenOf(user))
}

async function tokenOf(user: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'cli.ts'), 'token', '--user', user],
    { env: environment },
  )
  return stdout.trim()
}

function another(token: string): TandemClient {
  const client = createClient({ url: running.url, token, schemaVersion: SCHEMA_VERSION })
  clients.push(client)
  return client
}

const textOf = ({ doc }: DocumentHandle) => doc.getText('body')

async function untilText(handle: DocumentHandle, text: string): Promise<void> {
  while (textOf(handle).toJSON() !== text) await new Promise((resolve) => handle.doc.once('update', resolve))
}

test('two scripts with tokens write one document; a killed node loses nothing that was saved, nor what was typed meanwhile', async () => {
  const [ann, bob] = [await script('ann@example.org'), await script('bob@example.org')]
  const { documentId } = await ann.api.documents.create.mutate({ title: 'Minutes' })
  const [anns, bobs] = [ann.document(documentId), bob.document(documentId)]
  await Promise.all([anns.whenOpen(), bobs.whenOpen()])
  textOf(anns).insert(0, 'saved')
  await anns.whenSaved()
  await untilText(bobs, 'saved')

  await kill()
  textOf(anns).insert(5, ', then typed')
  expect(anns.getSnapshot()).toMatchObject({ status: 'open', saving: expect.not.stringMatching(/^saved$/) as string })

  running = await startProcess()
  await anns.whenSaved()
  await untilText(bobs, 'saved, then typed')
  textOf(bobs).insert(0, 'All ')
  await bobs.whenSaved()
  await untilText(anns, 'All saved, then typed')

  const late = (await script('cem@example.org')).document(documentId)
  await late.whenOpen()
  expect(textOf(late).toJSON()).toBe('All saved, then typed')
}, 60_000)

test('a page with tickets opens a document as who got them, and comes back with another to a node that was killed', async () => {
  const ann = await script('ann@example.org')
  const { documentId } = await ann.api.documents.create.mutate({ title: 'Plans' })
  await ann.document(documentId).whenOpen()
  const given: string[] = []
  const ticket = async (): Promise<string> => {
    given.push((await ann.api.me.ticket.mutate()).ticket)
    return given.at(-1) ?? ''
  }
  const page = createClient({ url: running.url, schemaVersion: SCHEMA_VERSION, ticket })
  clients.push(page)
  const handle = page.document(documentId)
  textOf(handle).insert(0, 'with a ticket')
  await handle.whenSaved()
  const [own] = handle.getPeople().filter(({ isSelf }) => isSelf)
  expect([own?.userId, given.length]).toEqual([(await ann.api.me.get.query())?.userId, 1])

  await kill()
  textOf(handle).insert(0, 'again ')
  running = await startProcess()
  await handle.whenSaved()
  await untilText(ann.document(documentId), 'again with a ticket')
  expect(new Set(given).size).toBeGreaterThan(1)
}, 60_000)

test('a token that nobody issued opens nothing', async () => {
  const stranger = createClient({ url: running.url, token: 'made-up', schemaVersion: SCHEMA_VERSION })
  clients.push(stranger)
  await expect(stranger.document('some-document').whenOpen()).rejects.toMatchObject({ code: 'not-signed-in' })
  await expect(stranger.api.documents.list.query()).rejects.toMatchObject({ data: { sync: { code: 'not-signed-in' } } })
})

test('who finds no place by a document’s address is told what helps, and is let in when somebody leaves', async () => {
  const [owner, token] = [await script('owner@example.org'), await tokenOf('crowd@example.org')]
  const { documentId } = await owner.api.documents.create.mutate({ title: 'Busy' })
  const crowd = Array.from({ length: 5 }, () => another(token).document(documentId))
  const leave = crowd.map((handle) => handle.open())
  await Promise.all(crowd.map((handle) => handle.whenOpen()))
  const late = another(token).document(documentId)
  late.open()
  await expect
    .poll(() => late.getSnapshot(), { timeout: 10_000 })
    .toMatchObject({
      status: 'loading',
      waitsFor: { code: 'link-full', message: expect.stringContaining('let in as soon as one of them leaves') },
    })
  leave[0]?.()
  await late.whenOpen()
  expect(late.getSnapshot()).toMatchObject({ status: 'open' })
})
