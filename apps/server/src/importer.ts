import { Worker } from 'node:worker_threads'
import type { ImportedText, Importer } from '@tandem/api'
import { SyncError } from '@tandem/sync'
import type { ImportAnswer } from './import-worker.ts'

const TIME_LIMIT_MS = 50_000
const MEMORY_LIMIT_MB = 512
const MAX_WAITING = 20

/**
 * Converts Markdown in a worker thread of its own, one file at a time. A file that takes too long or too much memory
 * costs that thread and nothing else.
 */
export class WorkerImporter implements Importer {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  async convert(markdown: Uint8Array): Promise<ImportedText> {
    if (this.#waiting >= MAX_WAITING)
      throw new SyncError('overloaded', `${MAX_WAITING} files are being imported already. Try again in a moment.`)
    this.#waiting += 1
    const turn = this.#last.then(() => convertOne(markdown))
    this.#last = turn.catch(() => undefined) // its own caller hears of it
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }
}

async function convertOne(markdown: Uint8Array): Promise<ImportedText> {
  const worker = new Worker(new URL('import-worker.ts', import.meta.url), {
    workerData: markdown,
    stderr: true, // the error comes as an event; its text is not for the terminal
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<ImportAnswer>((resolve, reject) => {
      timer = setTimeout(
        () => reject(tooMuch(`takes more than ${TIME_LIMIT_MS / 1000} seconds to convert`)),
        TIME_LIMIT_MS,
      )
      worker.once('message', resolve)
      worker.once('error', (cause: Error) =>
        reject(
          'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? tooMuch('needs too much memory to convert')
            : cause,
        ),
      )
      worker.once('exit', () => reject(new Error('The import worker ended without an answer.')))
    })
    if (!answer.ok) throw new SyncError('bad-input', answer.problem)
    return answer
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

function tooMuch(what: string): SyncError {
  return new SyncError('bad-input', `The file ${what}. Split it and import the parts.`)
}
