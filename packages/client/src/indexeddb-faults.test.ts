import 'fake-indexeddb/auto'
import { Replica } from '@tandem/sync'
import { openDB } from 'idb'
import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../test/manual-clock.ts'
import { SharedLocks } from '../test/shared-locks.ts'
import { systemChance, systemClock } from './clock.ts'
import { IndexedDbStorage } from './indexeddb-storage.ts'
import { minutes, said, token, update } from './replica-storage.contract.ts'

let browsers = 0
function browser() {
  const databaseName = `tandem:faults-test-${(browsers += 1)}`
  const locks = new SharedLocks()
  const page = () =>
    new IndexedDbStorage({ databaseName, locks: locks.of({}), chance: systemChance, clock: systemClock })
  return { databaseName, page }
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** From now on the disk is full for what is put into these stores. Returns when there is room again. */
function fillDisk(...full: readonly string[]): () => void {
  const put = IDBObjectStore.prototype.put
  const spy = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...record) {
    const request = put.apply(this, record)
    if (full.includes(this.name)) this.transaction.abort()
    return request
  })
  return () => spy.mockRestore()
}

test('over the quota: what does not fit is refused, what was kept stays, and the next that fits is kept', async () => {
  const { page } = browser()
  const store = page().replicaStore()
  await store.load(minutes)
  await store.receive(minutes, token(1), [update('received.')], 1)
  await store.keep(minutes, { pushId: 1, update: update('kept.') }, 1)
  const empty = fillDisk('unsent')
  await expect(store.keep(minutes, { pushId: 2, update: update('too much.') }, 1)).rejects.toThrow(/abort/i)
  empty()
  await store.keep(minutes, { pushId: 3, update: update('fits.') }, 1)
  await store.release()
  const stored = await page().replicaStore().load(minutes)
  expect(stored.unsent.map((unsent) => said([unsent.update]))).toEqual([['kept.'], ['fits.']])
  expect(said(stored.updates)).toEqual(['received.'])
})

test('a page on a full disk says so, shows what an earlier one left, and the next page still finds it', async () => {
  const { page } = browser()
  const left = page().replicaStore()
  await left.load(minutes)
  await left.receive(minutes, token(1), [update('received.')], 1)
  await left.keep(minutes, { pushId: 1, update: update('left.') }, 1)
  await left.release()
  const empty = fillDisk('unsent', 'documents')
  const store = page().replicaStore()
  const doc = new Y.Doc()
  const ports = { store, clock: new ManualClock(), chance: systemChance }
  const replica = new Replica({ documentId: minutes, doc, schemaVersion: 1 }, ports)
  await replica.start()
  expect(replica.view).toMatchObject({ open: true, unsentCount: 1 })
  expect(said([Y.encodeStateAsUpdate(doc)])).toEqual(['left.', 'received.'])
  doc.getText().insert(0, 'typed.')
  await vi.waitFor(() => expect(replica.view).toMatchObject({ keeping: 'nowhere', saving: 'unsaved' }))
  await replica.stop()
  await store.release()
  empty()
  expect((await page().replicaStore().load(minutes)).unsent).toHaveLength(1)
})

test('a push that could not be kept is stored with its ack, and no stored token covers it before', async () => {
  const { page } = browser()
  const store = page().replicaStore()
  await store.load(minutes)
  await store.receive(minutes, token(1), [update('received.')], 1)
  const push = { pushId: 1, update: update('own.') }
  const empty = fillDisk('unsent')
  await expect(store.keep(minutes, push, 1)).rejects.toThrow(/abort/i)
  empty()
  await store.receive(minutes, token(3), [update('theirs.')], 1) // seq 2 is the own push
  expect(await page().replicaStore().load(minutes)).toMatchObject({ token: token(1), unsent: [] })
  await store.settle(minutes, push, 1)
  const after = await page().replicaStore().load(minutes)
  expect(after.token).toEqual(token(3))
  expect(said(after.updates)).toEqual(['own.', 'received.', 'theirs.'])
})

test.each([
  ['could not be kept', true],
  ['was acked before it was kept', false],
])('no stored token ever covers a push that %s, and could not be stored with its ack', async (_, isKeptFirst) => {
  const { page } = browser()
  const store = page().replicaStore()
  await store.load(minutes)
  await store.receive(minutes, token(1), [update('received.')], 1)
  const push = { pushId: 1, update: update('own.') }
  const empty = fillDisk('unsent', 'documents')
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(function (this: IDBObjectStore) {
    this.transaction.abort()
    throw new DOMException('The disk is full.', 'QuotaExceededError')
  })
  if (isKeptFirst) await expect(store.keep(minutes, push, 1)).rejects.toThrow(/abort/i)
  await expect(store.settle(minutes, push, 1)).rejects.toThrow(/full|abort/i)
  empty()
  add.mockRestore()
  await store.receive(minutes, token(3), [update('theirs.')], 1)
  expect(await page().replicaStore().load(minutes)).toMatchObject({ token: token(1) })
})

test('where no stored copy could be begun, receiving is refused and not passed over', async () => {
  fillDisk('documents')
  const store = browser().page().replicaStore()
  expect((await store.load(minutes)).tabs).toBeUndefined()
  await expect(store.receive(minutes, token(1), [update('received.')], 1)).rejects.toThrow('There is no stored copy')
})

test('a database that never answers is done without after 1.5 s, and let go of when it answers after all', async () => {
  const { databaseName, page } = browser()
  const held: { answer(): void }[] = []
  const open = indexedDB.open.bind(indexedDB)
  const spy = vi.spyOn(indexedDB, 'open').mockImplementation((...asked) => {
    const request = open(...asked)
    const { addEventListener } = request
    request.addEventListener = ((...heard: Parameters<typeof addEventListener>) => {
      held.push({ answer: () => addEventListener.apply(request, heard) })
    }) as typeof addEventListener
    return request
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const loading = page().replicaStore().load(minutes)
  const refused = loading.then(
    () => undefined,
    (error: Error) => error.message,
  )
  while (held.length === 0) await Promise.resolve()
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await refused).toBe('IndexedDB did not open within 1500 ms.')
  spy.mockRestore()
  for (const { answer } of held) answer()
  vi.useRealTimers()
  // Had the late one been kept open, this would be blocked.
  expect((await openDB(databaseName, 2)).version).toBe(2)
})

test('a database that stops answering is done without after 5 s, at once from then on, and used again when it answers', async () => {
  const { databaseName, page } = browser()
  const store = page().replicaStore()
  await store.load(minutes)
  const raw = await openDB(databaseName)
  const stuck = new AbortController()
  const endless = raw.transaction(['unsent', 'updates', 'documents', 'copies'], 'readwrite')
  const busy = (async () => {
    while (!stuck.signal.aborted) await endless.objectStore('unsent').count()
    await endless.done
  })()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const refusal = (asked: Promise<unknown>) => asked.then(String, (error: Error) => error.message)
  const first = refusal(store.keep(minutes, { pushId: 1, update: update('one.') }, 1))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await first).toBe('IndexedDB did not answer within 5000 ms.')
  expect(await refusal(store.keep(minutes, { pushId: 2, update: update('two.') }, 1))).toBe(
    'IndexedDB does not answer.',
  )
  vi.useRealTimers()
  stuck.abort()
  await busy
  await vi.waitFor(() => store.keep(minutes, { pushId: 3, update: update('three.') }, 1))
  await store.release()
  const stored = await page().replicaStore().load(minutes)
  expect(stored.unsent.map((unsent) => said([unsent.update]))).toEqual([['one.'], ['three.']])
})

test('a database of a newer page is left alone: this one keeps nothing, and says so', async () => {
  const { databaseName, page } = browser()
  const newer = await openDB(databaseName, 9, { upgrade: (database) => void database.createObjectStore('of tomorrow') })
  await expect(page().replicaStore().load(minutes)).rejects.toThrow(/version/i)
  expect([...newer.objectStoreNames]).toEqual(['of tomorrow'])
  newer.close()
})

test('storage that lasts is asked for once somebody has written', async () => {
  const persist = vi.fn<() => Promise<boolean>>(async () => true)
  vi.stubGlobal('navigator', { storage: { persist } })
  try {
    const store = browser().page().replicaStore()
    await store.load(minutes)
    expect(persist).not.toHaveBeenCalled()
    await store.keep(minutes, { pushId: 1, update: update('one.') }, 1)
    await store.keep(minutes, { pushId: 2, update: update('two.') }, 1)
    expect(persist).toHaveBeenCalledTimes(1)
  } finally {
    vi.unstubAllGlobals()
  }
})
