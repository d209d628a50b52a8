import { DocumentId } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { minutes, notes, update, type StorageUnderTest } from './replica-storage.contract.ts'

/** What every ReplicaStorage says of unsent work, whatever it keeps it in. */
export function describeLeftDocuments(name: string, make: () => StorageUnderTest): void {
  describe(`ReplicaStorage: ${name}: work that was left`, () => {
    test('it says which documents have work that no open page sends', async () => {
      const browser = make()
      const [gone, open, sent] = [0, 1, 2].map(() => browser.page().replicaStore())
      const others = [2, 3].map((at) => DocumentId.parse(`document-${at}`))
      await Promise.all([gone!.load(minutes), open!.load(others[0]!), sent!.load(others[1]!)])
      const keep = (store: typeof gone, documentId: typeof minutes) =>
        store!.keep(documentId, { pushId: 1, update: update('mine.') }, 1)
      await Promise.all([keep(gone, minutes), keep(open, others[0]!), keep(sent, others[1]!)])
      await sent!.settle(others[1]!, { pushId: 1, update: update('mine.') }, 1)
      await Promise.all([gone!.release(), sent!.release()])
      expect(await browser.page().leftDocuments()).toEqual([minutes])
      await open!.release()
      expect(new Set(await browser.page().leftDocuments())).toEqual(new Set([minutes, others[0]]))
    })

    test('it names all unsent work, of open pages and of those that are gone, each piece by one name while it grows', async () => {
      const browser = make()
      const unsent = async () =>
        (await browser.page().unsentWork()).toSorted((one, other) => one.name.localeCompare(other.name))
      const [open, gone] = [browser.page().replicaStore(), browser.page().replicaStore()]
      await Promise.all([open.load(minutes), gone.load(notes)])
      expect(await unsent()).toEqual([])
      await open.keep(minutes, { pushId: 1, update: update('mine.') }, 1)
      await open.keep(minutes, { pushId: 2, update: update('mine.') }, 1)
      await gone.keep(notes, { pushId: 1, update: update('left.') }, 1)
      await gone.release()
      const before = await unsent()
      expect(before.map(({ documentId }) => documentId).toSorted()).toEqual([minutes, minutes, notes])
      expect(new Set(before.map(({ name }) => name)).size).toBe(3)
      await open.keep(minutes, { pushId: 2, update: update('more.') }, 1)
      expect(await unsent()).toEqual(before)
      await open.settle(minutes, { pushId: 1, update: update('mine.') }, 1)
      await open.setAside(minutes, undefined)
      expect((await unsent()).map(({ documentId }) => documentId)).toEqual([notes])
    })

    test('every page of the browser is told when there is more or less of it, until it stops', async () => {
      const browser = make()
      const [here, there] = [browser.page(), browser.page()]
      const store = here.replicaStore()
      await store.load(minutes)
      const count = async () => (await there.unsentWork()).length
      for (const [change, expected] of [
        [() => store.keep(minutes, { pushId: 1, update: update('mine.') }, 1), 1],
        [() => store.settle(minutes, { pushId: 1, update: update('mine.') }, 1), 0],
        [() => store.keep(minutes, { pushId: 2, update: update('mine.') }, 1), 1],
        [() => store.setAside(minutes, undefined), 0],
      ] as const) {
        const told = [here, there].map((page) => {
          const { promise, resolve } = Promise.withResolvers<void>()
          const stop = page.onUnsentWork(resolve)
          return promise.then(stop)
        })
        await change()
        await Promise.all(told)
        expect(await count()).toBe(expected)
      }
      await store.release()
      await Promise.all([here.close(), there.close()])
    })
  })
}
