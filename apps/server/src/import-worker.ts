/** The thread of WorkerImporter: one file, one answer, gone. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { SCHEMA_VERSION } from '@tandem/schema'
import { importMarkdown } from '@tandem/schema/markdown'
import type { ImportedText } from '@tandem/api'
import { SyncError } from '@tandem/sync'

const LEAST_PRIORITY = 19

/** `problem` is for the person whose file it is. */
export type ImportAnswer = ({ readonly ok: true } & ImportedText) | { readonly ok: false; readonly problem: string }

// Behind everything else on this machine. On Linux a thread has a priority of its own, elsewhere it would be the whole node's.
if (process.platform === 'linux') setPriority(LEAST_PRIORITY)
parentPort?.postMessage(convert(workerData as Uint8Array))

function convert(markdown: Uint8Array): ImportAnswer {
  try {
    return { ok: true, schemaVersion: SCHEMA_VERSION, ...importMarkdown(markdown) }
  } catch (error) {
    if (error instanceof SyncError) return { ok: false, problem: error.message }
    throw error // a fault of ours: WorkerImporter hears of it as the worker's 'error'
  }
}
