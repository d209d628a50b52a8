import { DocumentId } from '@tandem/sync'
import { describe, expect, test } from 'vitest'
import { minutes, update, type StorageUnderTest } from './replica-storage.contract.ts'

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
  })
}
