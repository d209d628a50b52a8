/** The thread of ContentDigests: replaying a large document takes seconds of CPU. */
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { openLogSource, type StoreLocation } from '@tandem/store'
import { contentDigest, mergedUpdates, type DocumentId, type Epoch } from '@tandem/sync'
import * as Y from 'yjs'

export interface DigestAnswer {
  /** Undefined: there is no such document, it is damaged, or the log could not be read. */
  readonly place: { readonly epoch: Epoch; readonly seq: number; readonly digest: string | undefined } | undefined
  readonly tookMs: number
  readonly problem: string | undefined
}

if (parentPort !== null) {
  const port = parentPort
  const source = await openLogSource(workerData as StoreLocation)

  const replay = async (documentId: DocumentId): Promise<DigestAnswer['place']> => {
    const log = await source.whole(documentId)
    if (log === undefined) return undefined
    const doc = new Y.Doc()
    try {
      Y.applyUpdate(doc, mergedUpdates(log.updates))
      const isWhole = doc.store.pendingStructs === null
      return { epoch: log.epoch, seq: log.seq, digest: isWhole ? contentDigest(doc) : undefined }
    } finally {
      doc.destroy()
    }
  }

  port.on('message', (documentId: DocumentId) => {
    const startedMs = performance.now()
    const tookMs = (): number => performance.now() - startedMs
    replay(documentId).then(
      (place) => port.postMessage({ place, tookMs: tookMs(), problem: undefined } satisfies DigestAnswer),
      (error: unknown) => {
        const problem = error instanceof Error ? error.message : String(error)
        port.postMessage({ place: undefined, tookMs: tookMs(), problem } satisfies DigestAnswer)
      },
    )
  })
}
