/** The thread of ContentDigests. */
import { contentDigest } from '@tandem/sync'
import { answerReplays } from './log-thread-program.ts'

await answerReplays((doc) => (doc.store.pendingStructs === null ? contentDigest(doc) : undefined))
