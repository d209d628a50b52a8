import { setTimeout } from 'node:timers/promises'
import { SyncError } from '@tandem/sync'

const PATIENCE_MS = 10_000
const PAUSE_MS = 500

/** Tries again for 10 s while a database does not answer: in a cluster everything starts at once. Rejects with the last failure, and at once with any other. */
export async function openPatiently<Result>(open: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof SyncError) || performance.now() > deadline) throw error
    }
    await setTimeout(PAUSE_MS)
  }
}
