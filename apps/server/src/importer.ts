import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ImportedText, Importer } from '@tandem/api'
import { LIMITS, SyncError } from '@tandem/sync'
import type { ImportMessage } from './import-process.ts'

const TIME_LIMIT_MS = 50_000
const MAX_WAITING = 8
const PROGRAM = fileURLToPath(new URL('import-process.ts', import.meta.url))

/**
 * Converts Markdown in a process of its own, one file at a time. A file that takes too long or too much memory costs that
 * process and nothing else; when it has ended, all of its memory is the machine's again.
 */
export class ProcessImporter implements Importer {
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
  const child = fork(PROGRAM, {
    env: {}, // whatever reads foreign files knows no secret of this node
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'], // what it says of its end is not for the terminal
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(tooMuch(`takes more than ${TIME_LIMIT_MS / 1000} seconds to convert`)),
        TIME_LIMIT_MS,
      )
    })
    return await Promise.race([answerOf(child, markdown), late])
  } finally {
    clearTimeout(timer)
    child.kill('SIGKILL')
  }
}

/** Throws SyncError 'bad-input' and 'document-full'; Error when it ends without an answer. */
function answerOf(child: ChildProcess, markdown: Uint8Array): Promise<ImportedText> {
  const updates: Uint8Array[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    child.on('message', (message: ImportMessage) => {
      if ('update' in message) {
        bytes += message.update.byteLength
        updates.push(message.update)
        if (bytes > LIMITS.documentBytes) reject(tooMuch('becomes larger than a document may be'))
      } else if (message.end === 'out of memory') reject(tooMuch('needs too much memory to convert'))
      else if (message.end.ok) resolve({ ...message.end, updates })
      else reject(new SyncError('bad-input', message.end.problem))
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error('The import process ended without an answer.')))
    child.send(markdown, (error) => error !== null && reject(error))
  })
}

function tooMuch(what: string): SyncError {
  return new SyncError('bad-input', `The file ${what}. Split it and import the parts.`)
}
