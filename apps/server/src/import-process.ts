/**
 * The process of ProcessImporter: one file, one answer, gone. Its heap, its collector's threads and what a hostile file
 * does to them are not the node's. It ends with the node, however that ends.
 */
import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ImportAnswer } from './import-worker.ts'

const LEAST_PRIORITY = 19
const MEMORY_LIMIT_MB = 512

/** Each update is a message of its own: the node takes them one by one, between other work. */
export type ImportMessage = { readonly update: Uint8Array } | { readonly end: ImportAnswer | 'out of memory' }

// Behind everything else on this machine. On Linux every thread has a priority of its own, those of the collector, too.
if (process.platform === 'linux')
  for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), LEAST_PRIORITY)

process.once('disconnect', () => process.exit())
process.once('message', (markdown: Uint8Array) => {
  // In a thread, so that this one hears that the node has gone.
  const worker = new Worker(new URL('import-worker.ts', import.meta.url), {
    workerData: markdown,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  })
  worker.once('message', (answer: ImportAnswer) => void tell(answer))
  worker.once('error', (error: Error) => {
    if (!('code' in error) || error.code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error // the node hears that there was no answer
    void send({ end: 'out of memory' })
  })
})

async function tell(answer: ImportAnswer): Promise<void> {
  const updates = answer.ok ? answer.updates : []
  for (const update of updates) await send({ update })
  await send({ end: answer.ok ? { ...answer, updates: [] } : answer })
}

/** Resolves when it is on its way. */
function send(message: ImportMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) process.exit(1)
    process.send(message, undefined, undefined, () => resolve())
  })
}
