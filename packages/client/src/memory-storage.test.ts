import { systemChance } from './clock.ts'
import { MemoryStorage } from './memory-storage.ts'
import { describeReplicaStorage } from './replica-storage.contract.ts'

describeReplicaStorage('memory', () => {
  const storage = new MemoryStorage(systemChance)
  return { page: () => storage }
})
