import { join } from 'node:path'
import type { TandemClient } from '@tandem/client'
import { FRAGMENT } from '@tandem/schema/version'
import { openLogSource, type StoreLocation } from '@tandem/store'
import { contentDigest, Epoch, type ComparedContent, type DocumentId } from '@tandem/sync'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { headlessPage, written } from '../test/headless-page.ts'
import { testNode, type TestNode } from '../test/node-fixture.ts'
import { ContentDigests } from './content-digests.ts'
import { createLog } from './log.ts'

let node: TestNode
let location: StoreLocation
let client: TandemClient
beforeAll(async () => {
  node = await testNode()
  location = { dialect: 'sqlite', path: join(node.dataDir, 'tandem.db') }
  client = await headlessPage(node)
})
afterAll(async () => {
  await client.close()
  await node.close()
})

async function contentOf(documentId: DocumentId, doc: Y.Doc): Promise<ComparedContent> {
  const source = await openLogSource(location)
  const log = await source.whole(documentId)
  await source.close()
  if (log === undefined) throw new Error('There is no such document.')
  return { documentId, epoch: log.epoch, seq: log.seq, digest: contentDigest(doc) ?? '' }
}

async function divergenceTotal(): Promise<number> {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return Number(/^tandem_divergence_total (\d+)$/m.exec(text)?.[1])
}

describe('what a node answers', () => {
  let digests: ContentDigests
  let expensive: number
  let divergences: number
  let nowMs: number
  let timers: { ms: number; callback: () => void }[]
  beforeEach(() => {
    expensive = 0
    divergences = 0
    nowMs = 0
    timers = []
    digests = new ContentDigests({
      location,
      log: createLog('silent'),
      now: () => nowMs,
      after: (ms, callback) => {
        const timer = { ms, callback }
        timers.push(timer)
        return () => void (timers = timers.filter((each) => each !== timer))
      },
      expensive: (_, work) => {
        expensive += 1
        return work()
      },
      onDivergence: () => (divergences += 1),
    })
  })
  afterEach(() => digests.close())

  test('same, other or unknown, replayed once for all who ask', async () => {
    const { documentId, handle } = await written(client, 'Hello')
    const content = await contentOf(documentId, handle.doc)
    const answers = await Promise.all(Array.from({ length: 50 }, () => digests.compare(content)))
    expect(new Set(answers)).toEqual(new Set(['same']))
    expect(await digests.compare({ ...content, digest: '0'.repeat(64) })).toBe('other')
    expect(await digests.compare({ ...content, seq: content.seq - 1 })).toBe('unknown')
    expect(await digests.compare({ ...content, epoch: Epoch.parse('another-life') })).toBe('unknown')
    expect([expensive, divergences]).toEqual([1, 1])
  })

  test('a document that is written in all the time is replayed now and then', async () => {
    const { documentId, handle } = await written(client, 'Hello')
    const before = await contentOf(documentId, handle.doc)
    expect(await digests.compare(before)).toBe('same')
    handle.doc.getXmlFragment(FRAGMENT).push([new Y.XmlElement('paragraph')])
    await handle.whenSaved()
    const content = await contentOf(documentId, handle.doc)
    expect(content.seq).toBe(before.seq + 1)
    expect(await digests.compare(content)).toBe('unknown')
    expect(expensive).toBe(1)
    nowMs = 30_000
    // The thread has rested meanwhile.
    for (const { ms, callback } of timers.slice()) if (ms < 30_000) callback()
    expect(await digests.compare(content)).toBe('same')
    expect(expensive).toBe(2)
  })

  test('the thread rests four times as long as it worked, and nobody waits for ever when the node ends', async () => {
    const [one, other] = [await written(client, 'Hello'), await written(client, 'World')]
    const contents = await Promise.all([one, other].map(({ documentId, handle }) => contentOf(documentId, handle.doc)))
    const [first, second] = contents.map((content) => digests.compare(content))
    expect(await first).toBe('same')
    await vi.waitFor(() => expect(timers.length).toBeGreaterThan(0))
    expect(expensive).toBe(1)
    await digests.close()
    expect(await second).toBe('unknown')
  })

  test('a document that is not there, and too much to do, are unknown', async () => {
    const content = {
      documentId: 'no-such-document' as DocumentId,
      epoch: Epoch.parse('epoch-one'),
      seq: 0,
      digest: '',
    }
    expect(await digests.compare(content)).toBe('unknown')
    const busy = new ContentDigests({
      location,
      log: createLog('silent'),
      now: () => 0,
      after: () => () => undefined,
      expensive: () => Promise.reject(new Error('too much to do')),
      onDivergence: () => (divergences += 1),
    })
    expect(await busy.compare(content)).toBe('unknown')
    await busy.close()
    expect(divergences).toBe(0)
  })
})

test('a replica that shows something else is found when it is idle: it ends, a copy is kept, it is counted', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0) // it asks as soon as it may
  const other = await headlessPage(node)
  try {
    const { documentId } = await written(client, 'The stored text')
    const handle = other.document(documentId)
    const close = handle.open()
    await handle.whenOpen()
    expect(await divergenceTotal()).toBe(0)

    // As a fault of Yjs would: no update comes of it, and both state vectors stay equal.
    const text = (
      handle.doc.getXmlFragment(FRAGMENT).get(-1 + handle.doc.getXmlFragment(FRAGMENT).length) as Y.XmlElement
    ).get(0)
    const item = (text as Y.XmlText)._start
    if (!(item?.content instanceof Y.ContentString)) throw new Error('There is no text.')
    item.content.str = 'The broken text'

    await vi.waitFor(() => expect(handle.getSnapshot().status).toBe('failed'), { timeout: 20_000, interval: 100 })
    const view = handle.getSnapshot()
    if (view.status !== 'failed') throw new Error('unreachable')
    expect(view.error.code).toBe('diverged')
    const copy = new Y.Doc()
    Y.applyUpdate(copy, view.copy?.whole ?? new Uint8Array([0, 0]))
    expect(JSON.stringify(copy.getXmlFragment(FRAGMENT).toJSON())).toContain('The broken text')
    expect(await divergenceTotal()).toBe(1)

    close()
    handle.open() // opened anew, it is what the log says
    await handle.whenOpen()
    expect(JSON.stringify(handle.doc.getXmlFragment(FRAGMENT).toJSON())).toContain('The stored text')
    // And the one that was right all the time goes on.
    expect(client.document(documentId).getSnapshot().status).toBe('open')
  } finally {
    vi.restoreAllMocks()
    await other.close()
  }
})
