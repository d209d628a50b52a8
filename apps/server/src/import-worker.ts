/** The thread of import-process.ts that converts. */
import { parentPort, workerData } from 'node:worker_threads'
import { SCHEMA_VERSION } from '@tandem/schema'
import { importMarkdown } from '@tandem/schema/markdown'
import type { ImportedText } from '@tandem/api'
import { SyncError } from '@tandem/sync'

/** `problem` is for the person whose file it is. */
export type ImportAnswer = ({ readonly ok: true } & ImportedText) | { readonly ok: false; readonly problem: string }

parentPort?.postMessage(convert(workerData as Uint8Array))

function convert(markdown: Uint8Array): ImportAnswer {
  try {
    return { ok: true, schemaVersion: SCHEMA_VERSION, ...importMarkdown(markdown) }
  } catch (error) {
    if (error instanceof SyncError) return { ok: false, problem: error.message }
    throw error // a fault of ours: the process ends with it
  }
}
