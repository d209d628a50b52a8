/** The thread of WorkerCompactor: merging and checking a large document takes seconds of CPU. */
import { parentPort, workerData } from 'node:worker_threads'
import { openCompactor, type DamageFound, type StoreLocation } from '@tandem/store'
import type { DocumentId } from '@tandem/sync'

export interface CompactionAnswer {
  readonly documentId: DocumentId
  /** Undefined when it went well. */
  readonly problem: string | undefined
  /** Undefined when there was none to make. */
  readonly snapshot: { throughSeq: number; bytes: number; structs: number } | undefined
  readonly droppedRows: number
  /** The log was found damaged. */
  readonly damage: DamageFound | undefined
}

const CHECKPOINT_MS = 3_000

if (parentPort !== null) {
  const port = parentPort
  const compactor = await openCompactor(workerData as StoreLocation)
  // Kept going by hand: a database that is busy now is not in three seconds.
  const checkpoints = setInterval(() => {
    try {
      compactor.checkpoint()
    } catch (error) {
      if (!isBusy(error)) throw error
    }
  }, CHECKPOINT_MS)

  port.on('message', (message: DocumentId | 'close') => {
    if (message !== 'close') {
      void compact(message).then((answer) => port.postMessage(answer))
      return
    }
    clearInterval(checkpoints)
    void compactor.close().finally(() => port.close())
  })

  const compact = async (documentId: DocumentId): Promise<CompactionAnswer> => {
    try {
      const made = await compactor.compact(documentId)
      const { throughSeq, droppedRows, damage } = made
      const { snapshotBytes: bytes, snapshotStructs: structs } = made
      const snapshot = throughSeq === undefined ? undefined : { throughSeq, bytes, structs }
      return { documentId, problem: undefined, snapshot, droppedRows, damage }
    } catch (error) {
      return {
        documentId,
        problem: error instanceof Error ? error.message : String(error),
        snapshot: undefined,
        droppedRows: 0,
        damage: undefined,
      }
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 5 || error.errcode === 6)
}
