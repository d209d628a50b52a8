import { systemChance } from './clock.ts'
import { describeLeftDocuments } from './left-documents.contract.ts'
import { MemoryStorage } from './memory-storage.ts'
import { describeReplicaStorage, type StorageUnderTest } from './replica-storage.contract.ts'

const make = (): StorageUnderTest => {
  const storage = new MemoryStorage(systemChance)
  return { page: () => storage }
}

describeReplicaStorage('memory', make)
describeLeftDocuments('memory', make)
