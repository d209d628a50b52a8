import { Worker } from 'node:worker_threads'
import type { StoreLocation } from '@tandem/store'
import type { DocumentId, Epoch } from '@tandem/sync'
import type { Log } from './log.ts'

const MEMORY_LIMIT_MB = 1_024

/** What a thread found in a document, replayed from its log. */
export interface ReplayAnswer<Found> {
  /** Undefined: there is no such document, it is damaged, or the log could not be read. */
  readonly place: { readonly epoch: Epoch; readonly seq: number; readonly found: Found } | undefined
  readonly tookMs: number
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
 * A thread that replays logs, and looks for something in each: replaying a large document takes seconds of CPU. It starts when it is
 * needed, which takes some tenths of a second. One question at a time.
 */
export class LogThread<Found> {
  readonly #options: LogThreadOptions
  readonly #ports: LogThreadPorts
  #worker: Worker | undefined
  #cancelIdle: () => void = () => undefined

  #hasAnswered = false

  constructor(options: LogThreadOptions, ports: LogThreadPorts) {
    this.#options = options
    this.#ports = ports
  }

  /** Whether it runs already. */
  get isWarm(): boolean {
    return this.#hasAnswered
  }

  /** Rejects when the thread ends meanwhile. */
  ask(documentId: DocumentId): Promise<ReplayAnswer<Found>> {
    this.#cancelIdle()
    const worker = (this.#worker ??= this.#start())
    const { promise, resolve, reject } = Promise.withResolvers<ReplayAnswer<Found>>()
    const ended = (): void => reject(new Error('The thread that replays logs has ended.'))
    worker.once('message', resolve)
    worker.once('exit', ended)
    worker.postMessage(documentId)
    return promise.finally(() => {
      this.#hasAnswered = this.#worker !== undefined
      worker.off('message', resolve)
      worker.off('exit', ended)
      this.#cancelIdle = this.#ports.after(this.#options.idleMs, () => void this.#worker?.terminate())
    })
  }

  async close(): Promise<void> {
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
