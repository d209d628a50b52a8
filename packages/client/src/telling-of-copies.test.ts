import type { DocumentId, SetAside } from '@tandem/sync'
import { expect, test } from 'vitest'
import type { PutAside } from './document-view.ts'
import { MemoryStorage } from './memory-storage.ts'
import type { ReplicaStorage } from './replica-storage.ts'
import { tellingOfCopies } from './telling-of-copies.ts'

const minutes = 'minutes' as DocumentId
const copyOf = (at: number): SetAside => ({
  reason: 'not-allowed',
  whole: new Uint8Array([0, 0]),
  at,
  schemaVersion: 1,
})

/** What a page is told while it puts a copy aside. */
async function told(
  storage: Pick<ReplicaStorage, 'copies' | 'isLasting'>,
  store: ReturnType<MemoryStorage['replicaStore']>,
  copy: SetAside,
): Promise<(boolean | undefined)[]> {
  const said: PutAside[] = []
  await tellingOfCopies(store, storage, (aside) => said.push(aside))
    .setAside(minutes, copy)
    .catch(() => undefined)
  expect(said.every(({ whole, at }) => whole === copy.whole && at === copy.at)).toBe(true)
  return said.map(({ isStored }) => isStored)
}

let ids = 0
const memory = () => new MemoryStorage({ id: () => `id-${(ids += 1)}`, fraction: () => 0.5 })
const lasting = (storage: MemoryStorage) => ({ isLasting: true, copies: () => storage.copies() })

test('a copy is told of at once, and again once it is known to be stored', async () => {
  const storage = memory()
  expect(await told(lasting(storage), storage.replicaStore(), copyOf(7))).toEqual([undefined, true])
})

test('one that goes with the page is not called stored', async () => {
  const storage = memory()
  expect(await told(storage, storage.replicaStore(), copyOf(7))).toEqual([undefined, false])
})

test('one that could not be stored is not called stored because an older one is', async () => {
  const storage = memory()
  await storage.replicaStore().setAside(minutes, copyOf(6))
  const full = Object.assign(storage.replicaStore(), { setAside: () => Promise.reject(new Error('The disk is full.')) })
  expect(await told(lasting(storage), full, copyOf(7))).toEqual([undefined, false])
})

test('a storage that cannot be read has nothing', async () => {
  const storage = memory()
  const broken = { isLasting: true, copies: () => Promise.reject(new Error('It is broken.')) }
  expect(await told(broken, storage.replicaStore(), copyOf(7))).toEqual([undefined, false])
})
