import 'fake-indexeddb/auto'
import type { ReplicaId } from '@tandem/sync'
import { openDB } from 'idb'
import { describe, expect, test } from 'vitest'
import { systemChance, systemClock } from './clock.ts'
import { IndexedDbStorage } from './indexeddb-storage.ts'
import { noLocks } from './replica-locks.ts'
import { SharedLocks } from '../test/shared-locks.ts'
import { describeLeftDocuments } from './left-documents.contract.ts'
import { describeReplicaStorage, minutes, said, token, update } from './replica-storage.contract.ts'

let browsers = 0
function browser(locks = new SharedLocks().of({})) {
  const databaseName = `tandem:test-${browsers++}`
  return {
    databaseName,
    page: () => new IndexedDbStorage({ databaseName, locks, chance: systemChance, clock: systemClock }),
  }
}

describeReplicaStorage('IndexedDB', browser)
describeLeftDocuments('IndexedDB', browser)

describe('IndexedDB', () => {
  test('without Web Locks everybody takes over everything: sending twice is harmless, losing is not', async () => {
    const { page } = browser(noLocks)
    const open = page().replicaStore()
    await open.load(minutes)
    await open.keep(minutes, { pushId: 1, update: update('mine.') }, 1)
    const other = page().replicaStore()
    expect((await other.load(minutes)).unsent).toHaveLength(1)
    await open.settle(minutes, { pushId: 1, update: update('mine.') }, 1)
    await other.release()
    expect((await page().replicaStore().load(minutes)).unsent).toHaveLength(1)
  })

  test('Web Locks say who is alive', async () => {
    const locks = new SharedLocks().of({})
    const release = await locks.hold('replica-one' as ReplicaId)
    expect(await locks.alive()).toEqual(new Set(['replica-one']))
    release()
    await Promise.resolve()
    expect(await locks.alive()).toEqual(new Set())
  })

  test('a malformed record spoils only itself, and takes the token that covered it along', async () => {
    const { databaseName, page } = browser()
    const storage = page()
    const store = storage.replicaStore()
    await store.load(minutes)
    await store.receive(minutes, token(2), [update('good.'), update('bad.')], 1)
    await store.keep(minutes, { pushId: 1, update: update('kept.') }, 1)
    await store.keep(minutes, { pushId: 2, update: update('broken.') }, 1)
    await store.release()
    const raw = await openDB(databaseName)
    const [, badKey] = await raw.getAllKeys('updates')
    await raw.put('updates', { documentId: minutes, update: 'no bytes' }, badKey)
    const [first, second] = (await raw.getAll('unsent')) as [object, object]
    await raw.put('unsent', { ...second, update: Uint8Array.of(255, 255, 255) })
    expect(first).toMatchObject({ pushId: 1 })
    const stored = await page().replicaStore().load(minutes)
    expect(said(stored.updates)).toEqual(['good.'])
    expect(stored.token).toBeUndefined()
    expect(stored.unsent.map((unsent) => said([unsent.update]))).toEqual([['kept.']])
    expect(await raw.count('updates')).toBe(1)
    await raw.put('documents', { documentId: minutes, token: { epoch: 7 } })
    expect((await page().replicaStore().load(minutes)).token).toBeUndefined()
  })

  test('records that do not say their schema, or say something else, are taken as before', async () => {
    const { databaseName, page } = browser()
    const store = page().replicaStore()
    await store.load(minutes)
    await store.receive(minutes, token(1), [update('received.')], 3)
    await store.keep(minutes, { pushId: 1, update: update('kept.') }, 4)
    await store.release()
    const raw = await openDB(databaseName)
    const [document] = (await raw.getAll('documents')) as [object]
    const [unsent] = (await raw.getAll('unsent')) as [object]
    await raw.put('documents', { ...document, schemaVersion: 'newest' })
    await raw.put('unsent', { ...unsent, schemaVersion: undefined })
    const next = page().replicaStore()
    expect(await next.load(minutes)).toMatchObject({ schemaVersion: 0, token: token(1), unsent: [{ pushId: 1 }] })
    await next.settle(minutes, { pushId: 1, update: update('kept.') }, 4)
    await next.receive(minutes, token(2), [], 2)
    await next.release()
    expect(await page().replicaStore().load(minutes)).toMatchObject({ schemaVersion: 2, token: token(2) })
  })

  test('a received token waits for the last of the pushes that it may cover', async () => {
    const { page } = browser()
    const store = page().replicaStore()
    await store.load(minutes)
    const pushes = [1, 2].map((pushId) => ({ pushId, update: update(`${pushId}.`) }))
    for (const push of pushes) await store.keep(minutes, push, 1)
    await store.receive(minutes, token(5), [update('theirs.')], 1)
    const stored = async () => (await page().replicaStore().load(minutes)).token
    for (const push of pushes) {
      expect(await stored()).toBeUndefined()
      await store.settle(minutes, push, 1)
    }
    expect(await stored()).toEqual(token(5))
  })

  test('an update that does not fit refuses nobody else in its batch', async () => {
    const { page } = browser()
    const storage = page()
    const store = storage.replicaStore()
    await store.load(minutes)
    const uncloneable = Object.assign(() => undefined, { byteLength: 1 }) as unknown as Uint8Array
    const results = await Promise.allSettled([
      store.keep(minutes, { pushId: 1, update: update('small.') }, 1),
      store.keep(minutes, { pushId: 2, update: uncloneable }, 1),
      store.keep(minutes, { pushId: 3, update: update('small, too.') }, 1),
    ])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    await store.release()
    expect((await page().replicaStore().load(minutes)).unsent).toHaveLength(2)
  })

  test('a browser that has no database for us rejects instead of hanging', async () => {
    const original = indexedDB.open.bind(indexedDB)
    indexedDB.open = () => {
      throw new DOMException('Private mode', 'SecurityError')
    }
    try {
      await expect(browser().page().replicaStore().load(minutes)).rejects.toThrow('Private mode')
    } finally {
      indexedDB.open = original
    }
  })

  test('a newer page may upgrade the database while this one is open', async () => {
    const { databaseName, page } = browser()
    await page().replicaStore().load(minutes)
    const upgraded = await openDB(databaseName, 2)
    expect(upgraded.version).toBe(2)
    upgraded.close()
  })
})
