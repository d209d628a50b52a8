import { describeUpdateLog } from '../test/contract.ts'
import { MemoryLog, type MemoryDisk } from './memory-log.ts'
import { DocumentId, Epoch } from './protocol.ts'

describeUpdateLog('memory', async () => {
  const disk: MemoryDisk = new Map()
  const log = new MemoryLog(Date, disk)
  return {
    log,
    access: log,
    createDocument: async ({ owner, schemaVersion, ...options }) => {
      const documentId = DocumentId.parse(`document-${crypto.randomUUID()}`)
      log.createDocument(documentId, { epoch: Epoch.parse(crypto.randomUUID()), owner, schemaVersion, ...options })
      return documentId
    },
    deleteDocument: async (documentId) => log.deleteDocument(documentId),
    setRole: async (documentId, userId, role) => log.setRole(documentId, userId, role),
    compact: async (documentId, dropThroughSeq) => log.compact(documentId, dropThroughSeq),
    damage: async (documentId, seq) => log.damageRow(documentId, seq),
    another: async () => new MemoryLog(Date, disk),
    close: async () => undefined,
  }
})
