import type { ReplicaStore, SetAside } from '@tandem/sync'
import type { PutAside } from './document-view.ts'
import type { ReplicaStorage } from './replica-storage.ts'

/** A store that tells of what it is to put aside: at once, for the copy is offered even if it cannot be stored, and again when that is known. */
export function tellingOfCopies(
  store: ReplicaStore,
  storage: Pick<ReplicaStorage, 'copies' | 'isLasting'>,
  tell: (copy: PutAside) => void,
): ReplicaStore {
  return {
    load: (documentId) => store.load(documentId),
    keep: (...kept) => store.keep(...kept),
    settle: (...settled) => store.settle(...settled),
    receive: (...received) => store.receive(...received),
    async setAside(documentId, copy) {
      if (copy) tell(copy)
      try {
        await store.setAside(documentId, copy)
      } finally {
        if (copy) tell({ ...copy, isStored: await isIn(storage, documentId, copy) })
      }
    },
  }
}

/** An older copy of the same document is another one. */
async function isIn(
  storage: Pick<ReplicaStorage, 'copies' | 'isLasting'>,
  documentId: string,
  { at }: SetAside,
): Promise<boolean> {
  if (!storage.isLasting) return false
  const stored = await storage.copies().catch(() => [])
  return stored.some((copy) => copy.documentId === documentId && copy.at >= at)
}
