import { join } from 'node:path'
import type { TandemClient } from '@tandem/client'
import type { ScreenNode } from '@tandem/schema/first-screen'
import { FRAGMENT, SCHEMA_VERSION } from '@tandem/schema/version'
import { openLogSource, type StoreLocation } from '@tandem/store'
import { Epoch, type DocumentId, type Head, type Role, type UserId } from '@tandem/sync'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { append, headlessPage, written } from '../test/headless-page.ts'
import { testNode, type TestNode } from '../test/node-fixture.ts'
import { FirstScreens } from './first-screens.ts'
import { createLog } from './log.ts'

const ANN = 'user-ann' as UserId
const BOB = 'user-bob' as UserId
/** How long a page waits. */
const PATIENCE_MS = 150
/** Not a thread's rest after an answer. */
const OTHER_TIMERS = new Set([PATIENCE_MS, 60_000, 30 * 60_000])

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
/** Other than the log's own. */
let epoch: Epoch | undefined
let warnings: unknown[]
let timers: { ms: number; callback: () => void }[]
beforeEach(() => {
  roles = new Map([[ANN, 'viewer']])
  nowMs = 0
  epoch = undefined
  warnings = []
  timers = []
  screens = new FirstScreens({
    location,
    log: Object.assign(createLog('silent'), { warn: (problem: unknown) => void warnings.push(problem) }),
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
  return new Map(log && documentId ? [[documentId, { ...head, epoch: epoch ?? log.epoch, head: log.seq }]] : [])
}

/** The thread has rested. */
function rested(): void {
  for (const { ms, callback } of timers.slice()) if (!OTHER_TIMERS.has(ms)) callback()
}

/** For this user; undefined: nobody in particular. */
async function blocksFor(
  documentId: DocumentId,
  userId: UserId | undefined,
): Promise<readonly ScreenNode[] | undefined> {
  return (await screens.of(documentId, Promise.resolve(userId)))?.blocks
}

/** Whoever comes while the thread starts gets nothing. */
async function screenOf(documentId: DocumentId): Promise<readonly ScreenNode[]> {
  return vi.waitFor(
    async () => {
      rested()
      const blocks = await blocksFor(documentId, ANN)
      if (blocks === undefined) throw new Error('It is not known yet.')
      return blocks
    },
    { timeout: 20_000 },
  )
}

function losePatience(): void {
  for (const { ms, callback } of timers.slice()) if (ms === PATIENCE_MS) callback()
}

const paragraphs = (...texts: string[]): unknown => texts.map((text) => ['p', {}, text])

test('who may read a document sees what it begins with, others nothing', async () => {
  const { documentId } = await written(client, 'Hello')
  expect(await screenOf(documentId)).toEqual(paragraphs('Hello'))
  expect(await blocksFor(documentId, BOB)).toBeUndefined()
  expect(await blocksFor(documentId, undefined)).toBeUndefined()
  roles = new Map([['' as UserId, 'viewer']]) // what its link gives to anybody
  expect(await blocksFor(documentId, undefined)).toEqual(paragraphs('Hello'))
  expect(await blocksFor(documentId, ANN)).toBeUndefined()
  expect(await blocksFor('no-such-document' as DocumentId, undefined)).toBeUndefined()
})

test('it is as the log is; of a document that is written in all the time, a few seconds old', async () => {
  const { documentId, handle } = await written(client, 'one')
  expect(await screenOf(documentId)).toEqual(paragraphs('one'))
  await append(handle, 'two')
  nowMs = 2_999
  expect(await blocksFor(documentId, ANN)).toEqual(paragraphs('one'))
  nowMs = 60_000
  expect(await screenOf(documentId)).toEqual(paragraphs('one', 'two'))
  nowMs = 600_000
  expect(await blocksFor(documentId, ANN)).toEqual(paragraphs('one', 'two'))
})

test('never of another life of the document', async () => {
  const { documentId } = await written(client, 'one')
  await screenOf(documentId)
  epoch = Epoch.parse('another-life')
  rested()
  expect(await blocksFor(documentId, ANN)).toBeUndefined()
})

test('a page waits for a moment, whatever is slow, and never for the thread to start', async () => {
  const [one, other] = [await written(client, 'one'), await written(client, 'other')]
  expect(await blocksFor(one.documentId, ANN)).toBeUndefined() // it starts
  await screenOf(one.documentId)
  const late = blocksFor(other.documentId, ANN)
  losePatience()
  expect(await late).toBeUndefined()
  expect(await screenOf(other.documentId)).toEqual(paragraphs('other'))

  const whoIsIt = Promise.withResolvers<UserId>()
  const lost = screens.of(one.documentId, whoIsIt.promise)
  losePatience()
  expect(await lost).toBeUndefined()
  whoIsIt.reject(new Error('the database is out of reach')) // nobody is left to hear it
  expect(await screens.of(one.documentId, Promise.reject(new Error('too many calls')))).toBeUndefined()
  expect(timers.filter(({ ms }) => ms === PATIENCE_MS)).toEqual([])
})

test('what cannot be replayed is not tried for everybody who comes', async () => {
  const { documentId, handle } = await written(client, 'one')
  let quote: Y.XmlFragment = handle.doc.getXmlFragment(FRAGMENT)
  for (let level = 0; level < 160; level += 1) {
    // As deep as a node lets them be nested in one update, again and again.
    handle.doc.transact(() => {
      for (let depth = 0; depth < 60; depth += 1) {
        const inner = new Y.XmlElement('blockquote')
        quote.insert(0, [inner])
        quote = inner
      }
    })
    await handle.whenSaved()
  }
  await vi.waitFor(async () => {
    rested()
    await blocksFor(documentId, ANN)
    expect(warnings).toHaveLength(1)
  }, 20_000)
  rested()
  expect(await blocksFor(documentId, ANN)).toBeUndefined()
  rested()
  expect(await blocksFor(documentId, ANN)).toBeUndefined()
  expect(warnings).toHaveLength(1)
})

test('nobody waits for ever when the node ends, and nothing is left behind', async () => {
  const [one, other] = [await written(client, 'one'), await written(client, 'other')]
  await screenOf(one.documentId)
  const asked = blocksFor(other.documentId, ANN)
  await screens.close()
  await asked
  expect(await blocksFor(other.documentId, ANN)).toBeUndefined()
  expect(timers).toEqual([])
})

test('nor is anything when it ends while the thread starts', async () => {
  const { documentId } = await written(client, 'one')
  await blocksFor(documentId, ANN)
  await screens.close()
  expect(timers).toEqual([])
})
