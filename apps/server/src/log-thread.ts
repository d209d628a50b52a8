import { Worker } from 'node:worker_threads'
import type { StoreLocation } from '@tandem/store'
import type { DocumentId, Epoch } from '@tandem/sync'
import type { Log } from './log.ts'

const MEMORY_LIMIT_MB = 1_024
/** What takes longer is not worth it: the thread is ended. */
const TIME_LIMIT_MS = 60_000

/** What a thread found in a document, replayed from its log. */
export interface ReplayAnswer<Found> {
  /** Undefined: there is no such document, it is damaged, or the log could not be read. */
  readonly place: { readonly epoch: Epoch; readonly seq: number; readonly found: Found } | undefined
  readonly problem: string | undefined
}

export interface LogThreadPorts {
  readonly location: StoreLocation
  readonly log: Log
  readonly after: (delayMs: number, callback: () => void) => () => void
}

export interface LogThreadOptions {
  /** A module that calls `answerReplays`. */
  readonly program: URL
  /** How long it stays when nobody asks. */
  readonly idleMs: number
}

/**
 * A thread that replays logs and looks for something in each: replaying a large document takes seconds of CPU. It starts when it is
 * needed, which takes some tenths of a second. One question at a time.
 */
export class LogThread<Found> {
  readonly #options: LogThreadOptions
  readonly #ports: LogThreadPorts
  #worker: Worker | undefined
  #hasAnswered = false
  #isClosed = false
  #cancelIdle: () => void = () => undefined

  constructor(options: LogThreadOptions, ports: LogThreadPorts) {
    this.#options = options
    this.#ports = ports
  }

  /** Whether it has answered since it started: the next answer takes no start. */
  get isWarm(): boolean {
    return this.#hasAnswered
  }

  /** Rejects when the thread ends meanwhile: after a minute it is ended. */
  async ask(documentId: DocumentId): Promise<ReplayAnswer<Found>> {
    if (this.#isClosed) throw new Error('The thread that replays logs is closed.')
    this.#cancelIdle()
    const worker = (this.#worker ??= this.#start())
    const { promise, resolve, reject } = Promise.withResolvers<ReplayAnswer<Found>>()
    const ended = (): void => reject(new Error('The thread that replays logs has ended.'))
    worker.once('message', resolve)
    worker.once('exit', ended)
    worker.postMessage(documentId)
    const cancelLimit = this.#ports.after(TIME_LIMIT_MS, () => void worker.terminate())
    try {
      const answer = await promise
      this.#hasAnswered = true
      return answer
    } finally {
      cancelLimit()
      worker.off('message', resolve)
      worker.off('exit', ended)
      if (this.#worker === worker && !this.#isClosed)
        this.#cancelIdle = this.#ports.after(this.#options.idleMs, () => void worker.terminate())
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelIdle()
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#options.program, {
      workerData: this.#ports.location,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
    })
    worker.on('error', (error) => this.#ports.log.error({ err: error }, 'the thread that replays logs failed'))
    worker.once('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = undefined
      this.#hasAnswered = false
    })
    return worker
  }
}
