import { parentPort, workerData } from 'node:worker_threads'
import { openLogSource, type StoreLocation } from '@tandem/store'
import { mergedUpdates, type DocumentId } from '@tandem/sync'
import * as Y from 'yjs'
import type { ReplayAnswer } from './log-thread.ts'

/** In the thread of a LogThread: answers with what `look` finds in each document that is asked for. Elsewhere nothing. */
export async function answerReplays<Found>(look: (doc: Y.Doc) => Found): Promise<void> {
  if (parentPort === null) return
  const port = parentPort
  const source = await openLogSource(workerData as StoreLocation)

  const replay = async (documentId: DocumentId): Promise<ReplayAnswer<Found>['place']> => {
    const log = await source.whole(documentId)
    if (log === undefined) return undefined
    const doc = new Y.Doc()
    try {
      Y.applyUpdate(doc, mergedUpdates(log.updates))
      return { epoch: log.epoch, seq: log.seq, found: look(doc) }
    } finally {
      doc.destroy()
    }
  }

  port.on('message', (documentId: DocumentId) => {
    const answer = (answered: ReplayAnswer<Found>): void => port.postMessage(answered)
    replay(documentId).then(
      (place) => answer({ place, problem: undefined }),
      (error: unknown) => answer({ place: undefined, problem: error instanceof Error ? error.message : String(error) }),
    )
  })
}
