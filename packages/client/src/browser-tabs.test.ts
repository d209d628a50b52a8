import 'fake-indexeddb/auto'
import { Replica, type ReplicaId, type TabMessage, type Tabs } from '@tandem/sync'
import { expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../test/manual-clock.ts'
import { SharedLocks } from '../test/shared-locks.ts'
import type { TabChannel } from './browser-tabs.ts'
import { systemChance } from './clock.ts'
import { IndexedDbStorage } from './indexeddb-storage.ts'
import { noLocks } from './replica-locks.ts'
import { minutes, said, token, update } from './replica-storage.contract.ts'

let browsers = 0

/** One browser: its locks, its channels, and pages that can crash. */
class Browser {
  readonly databaseName = `tandem:tabs-test-${(browsers += 1)}`
  readonly locks = new SharedLocks()
  readonly clock = new ManualClock()
  readonly #channels = new Set<{ name: string; page: object; events: EventTarget }>()

  page() {
    const page = {}
    const { databaseName, clock } = this
    const openChannel = (name: string) => this.#open(name, page)
    const storage = new IndexedDbStorage({
      databaseName,
      clock,
      chance: systemChance,
      locks: this.locks.of(page),
      openChannel,
    })
    const crash = () => {
      for (const entry of this.#channels) if (entry.page === page) this.#channels.delete(entry)
      this.locks.gone(page)
    }
    return { storage, store: storage.replicaStore(), crash }
  }

  #open(name: string, page: object): TabChannel {
    const events = new EventTarget()
    const entry = { name, page, events }
    this.#channels.add(entry)
    return {
      addEventListener: events.addEventListener.bind(events),
      removeEventListener: events.removeEventListener.bind(events),
      postMessage: (message) => {
        const data = structuredClone(message) as unknown
        for (const other of this.#channels)
          if (other.name === name && other !== entry)
            queueMicrotask(() => void other.events.dispatchEvent(new MessageEvent('message', { data })))
      },
      close: () => void this.#channels.delete(entry),
    }
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

async function loaded({ store }: ReturnType<Browser['page']>): Promise<{ replicaId: ReplicaId; tabs: Tabs }> {
  const { replicaId, tabs } = await store.load(minutes)
  if (tabs === undefined) throw new Error('There are no tabs.')
  return { replicaId, tabs }
}

const message = (from: ReplicaId, more: Partial<TabMessage> = {}): TabMessage => ({
  from,
  schemaVersion: 1,
  reach: { [from]: 1 },
  saved: {},
  ...more,
})

test('tabs of one document hear each other, and nothing that is no message', async () => {
  const browser = new Browser()
  const [one, other] = await Promise.all([loaded(browser.page()), loaded(browser.page())])
  const heard: TabMessage[] = []
  one.tabs.hear(() => undefined)
  const stop = other.tabs.hear((said) => heard.push(said))
  const good = message(one.replicaId, {
    pieces: [{ update: update('hello.'), reach: { [one.replicaId]: 1 } }],
    since: {},
  })
  one.tabs.tell(good)
  for (const bad of [
    7,
    null,
    {},
    { ...good, reach: { x: 'y' } },
    { ...good, pieces: [{ update: Uint8Array.of(255, 255), reach: {} }] },
  ])
    one.tabs.tell(bad as unknown as TabMessage)
  await turn()
  expect(heard).toEqual([good])
  stop()
  one.tabs.tell(good)
  await turn()
  expect(heard).toHaveLength(1)
})

test('one tab leads; when it crashes the next does, and finds what it had kept', async () => {
  const browser = new Browser()
  const pages = [browser.page(), browser.page()] as const
  const [one, other] = [await loaded(pages[0]), await loaded(pages[1])]
  const leading: string[] = []
  one.tabs.lead(() => leading.push('one'))
  await turn()
  other.tabs.lead(() => leading.push('other'))
  await turn()
  expect(leading).toEqual(['one'])
  await pages[0].store.keep(minutes, { pushId: 1, update: update('kept.') }, 1)
  await pages[0].store.keep(minutes, { pushId: 2, update: update('after it.') }, 1)
  expect((await other.tabs.left(1)).updates).toEqual([])
  pages[0].crash()
  await turn()
  expect(leading).toEqual(['one', 'other'])
  const left = await other.tabs.left(1)
  expect(left.updates.map((one) => said([one]))).toEqual([['kept.'], ['after it.']])
  await left.forget()
  expect((await other.tabs.left(2)).updates).toEqual([])
})

test('[TAB-4] of a page with work that is too new nothing is taken, also what is older: the rest would refer to it', async () => {
  const browser = new Browser()
  const [mixed, plain, other] = [browser.page(), browser.page(), browser.page()]
  const { tabs } = await loaded(other)
  for (const page of [mixed, plain]) {
    await loaded(page)
    await page.store.keep(minutes, { pushId: 1, update: update(page === mixed ? 'first.' : 'plain.') }, 1)
  }
  await mixed.store.keep(minutes, { pushId: 2, update: update('newer.') }, 2)
  for (const page of [mixed, plain]) page.crash()
  const saidBy = async (schemaVersion: number) =>
    (await tabs.left(schemaVersion)).updates.flatMap((one) => said([one])).toSorted()
  expect(await saidBy(1)).toEqual(['plain.'])
  expect(await saidBy(2)).toEqual(['first.', 'newer.', 'plain.'])
})

test('whoever leads is told when a tab that was heard is gone: it may have kept something', async () => {
  const browser = new Browser()
  const pages = [browser.page(), browser.page()] as const
  const [one, other] = [await loaded(pages[0]), await loaded(pages[1])]
  let times = 0
  other.tabs.hear(() => undefined)
  one.tabs.hear(() => undefined)
  one.tabs.lead(() => (times += 1))
  await turn()
  other.tabs.tell(message(other.replicaId))
  await turn()
  expect(times).toBe(1)
  await pages[1].store.release()
  await turn()
  expect(times).toBe(2)
})

test('without Web Locks, or without channels, tabs do not share', async () => {
  const { databaseName, clock } = new Browser()
  const storage = new IndexedDbStorage({ databaseName, clock, chance: systemChance, locks: noLocks })
  expect((await storage.replicaStore().load(minutes)).tabs).toBeUndefined()
})

test('[TAB-2] [TAB-4] two pages over one database: text crosses without a server, and a crash loses nothing that was kept', async () => {
  const browser = new Browser()
  const seed = browser.page()
  await seed.store.load(minutes)
  await seed.store.receive(minutes, token(1), [update('old.')], 1)
  await seed.store.release()
  const [first, second] = await Promise.all([opened(browser), opened(browser)])
  first.text.insert(0, 'a')
  await turn()
  second.text.insert(0, 'b')
  for (let turns = 0; turns < 20; turns += 1) await turn()
  expect([first.text.toJSON(), second.text.toJSON()]).toEqual(['baold.', 'baold.'])
  expect([first.replica.view, second.replica.view]).toMatchObject([{ unsentCount: 1 }, { unsentCount: 1 }])
  first.page.crash()
  second.page.crash()
  const third = await opened(browser)
  expect(third.text.toJSON()).toBe('baold.')
  expect(third.replica.view.unsentCount).toBeGreaterThan(0)
})

test('[TAB-2] [TAB-4] over real Web Locks and channels: text crosses, and who stays leads when the other leaves', async () => {
  const databaseName = `tandem:tabs-test-${(browsers += 1)}`
  const open = async () => {
    const storage = new IndexedDbStorage({ databaseName, clock: new ManualClock(), chance: systemChance })
    const store = storage.replicaStore()
    const doc = new Y.Doc()
    const ports = { store, clock: new ManualClock(), chance: systemChance }
    const replica = new Replica({ documentId: minutes, doc, schemaVersion: 1 }, ports)
    await replica.start()
    const close = async () => {
      await replica.stop()
      await store.release()
    }
    return { replica, text: doc.getText(), close }
  }
  const leads = async () => (await navigator.locks.query()).held?.filter(({ name }) => name?.endsWith(':lead')).length
  const [first, second] = [await open(), await open()]
  first.text.insert(0, 'across.')
  await vi.waitFor(() => expect(second.text.toJSON()).toBe('across.'))
  expect(await leads()).toBe(1)
  await first.close()
  await vi.waitFor(async () => expect(await leads()).toBe(1))
  const third = await open()
  await vi.waitFor(() => expect(third.text.toJSON()).toBe('across.'))
  await second.close()
  await third.close()
  await vi.waitFor(async () => expect(await leads()).toBe(0))
})

async function opened(browser: Browser) {
  const page = browser.page()
  const doc = new Y.Doc()
  const { clock } = browser
  const replica = new Replica(
    { documentId: minutes, doc, schemaVersion: 1 },
    { store: page.store, clock, chance: systemChance },
  )
  await replica.start()
  return { page, replica, text: doc.getText() }
}
