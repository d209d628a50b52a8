import { join } from 'node:path'
import type { TandemClient } from '@tandem/client'
import type { ScreenNode } from '@tandem/schema/first-screen'
import { SCHEMA_VERSION } from '@tandem/schema/version'
import { openLogSource, type StoreLocation } from '@tandem/store'
import type { DocumentId, Head, Role, UserId } from '@tandem/sync'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { append, headlessPage, written } from '../test/headless-page.ts'
import { testNode, type TestNode } from '../test/node-fixture.ts'
import { FirstScreens } from './first-screens.ts'
import { createLog } from './log.ts'

const ANN = 'user-ann' as UserId
const BOB = 'user-bob' as UserId

let node: TestNode
let client: TandemClient
let location: StoreLocation
beforeAll(async () => {
  node = await testNode()
  client = await headlessPage(node)
  location = { dialect: 'sqlite', path: join(node.dataDir, 'tandem.db') }
})
afterAll(async () => {
  await client.close()
  await node.close()
})

let screens: FirstScreens
let roles: Map<UserId, Role>
let nowMs: number
let timers: { ms: number; callback: () => void }[]
beforeEach(() => {
  roles = new Map([[ANN, 'viewer']])
  nowMs = 0
  timers = []
  screens = new FirstScreens({
    location,
    log: createLog('silent'),
    access: { rolesOf: async () => ({ accessVersion: 1, roles }) },
    heads,
    now: () => nowMs,
    after: (ms, callback) => {
      const timer = { ms, callback }
      timers.push(timer)
      return () => void (timers = timers.filter((each) => each !== timer))
    },
  })
})
afterEach(() => screens.close())

async function heads([documentId]: readonly DocumentId[]): Promise<ReadonlyMap<DocumentId, Head>> {
  const source = await openLogSource(location)
  const log = documentId && (await source.whole(documentId))
  await source.close()
  const head = { check: '', accessVersion: 1, schemaVersion: SCHEMA_VERSION }
  return new Map(log && documentId ? [[documentId, { ...head, epoch: log.epoch, head: log.seq }]] : [])
}

/** The thread has rested. */
function rested(): void {
  for (const { ms, callback } of timers.slice()) if (ms !== 150) callback()
}

/** Whoever comes while the thread starts gets nothing. */
async function screenOf(documentId: DocumentId): Promise<readonly ScreenNode[]> {
  return vi.waitFor(
    async () => {
      rested()
      const blocks = await screens.of(documentId, ANN)
      if (blocks === undefined) throw new Error('It is not known yet.')
      return blocks
    },
    { timeout: 20_000 },
  )
}

const paragraphs = (...texts: string[]): unknown => texts.map((text) => ['p', {}, text])

test('who may read a document sees what it begins with, others nothing', async () => {
  const { documentId } = await written(client, 'Hello')
  expect(await screenOf(documentId)).toEqual(paragraphs('Hello'))
  expect(await screens.of(documentId, BOB)).toBeUndefined()
  expect(await screens.of(documentId, undefined)).toBeUndefined()
  roles = new Map([['' as UserId, 'viewer']]) // what its link gives to anybody
  expect(await screens.of(documentId, undefined)).toEqual(paragraphs('Hello'))
  expect(await screens.of(documentId, ANN)).toBeUndefined()
  expect(await screens.of('no-such-document' as DocumentId, undefined)).toBeUndefined()
})

test('it is as the log is; of a document that is written in all the time, a few seconds old', async () => {
  const { documentId, handle } = await written(client, 'one')
  expect(await screenOf(documentId)).toEqual(paragraphs('one'))
  await append(handle, 'two')
  nowMs = 2_999
  expect(await screens.of(documentId, ANN)).toEqual(paragraphs('one'))
  nowMs = 60_000
  expect(await screenOf(documentId)).toEqual(paragraphs('one', 'two'))
  nowMs = 600_000
  expect(await screens.of(documentId, ANN)).toEqual(paragraphs('one', 'two'))
})

test('a page waits for it for a moment, and never for the thread to start', async () => {
  const [one, other] = [await written(client, 'one'), await written(client, 'other')]
  expect(await screens.of(one.documentId, ANN)).toBeUndefined() // it starts
  await screenOf(one.documentId)
  const late = screens.of(other.documentId, ANN)
  await vi.waitFor(() => expect(timers.some(({ ms }) => ms === 150)).toBe(true))
  for (const { ms, callback } of timers.slice()) if (ms === 150) callback()
  expect(await late).toBeUndefined()
  expect(await screenOf(other.documentId)).toEqual(paragraphs('other'))
})

test('nobody waits for ever when the node ends', async () => {
  const [one, other] = [await written(client, 'one'), await written(client, 'other')]
  await screenOf(one.documentId)
  const asked = screens.of(other.documentId, ANN)
  await screens.close()
  await asked
  expect(timers.filter(({ ms }) => ms === 150)).toEqual([])
  expect(await screens.of(other.documentId, ANN)).toBeUndefined()
})
