import type { DocumentId } from '@tandem/sync'
import { LogThread, type LogThreadOptions, type LogThreadPorts, type ReplayAnswer } from './log-thread.ts'

export interface LogReplaysPorts extends LogThreadPorts {
  /** Monotonic, ms. */
  readonly now: () => number
  /** Runs each replay when there is room for it. May throw: then nothing is known. */
  readonly run?: <Result>(work: () => Promise<Result>) => Promise<Result>
}

export interface LogReplaysOptions extends LogThreadOptions {
  /** The thread rests so many times as long as it has worked. */
  readonly rest: number
  /** Documents of which the last answer is remembered, and those that may wait for one. */
  readonly remembered: number
  readonly waiting: number
}

/** What was found in a document. */
export interface Replayed<Found> {
  /** Undefined: it could not be replayed. */
  readonly place: ReplayAnswer<Found>['place']
  /** When that was, and how long it took, ms. */
  readonly atMs: number
  readonly tookMs: number
}

/** Replays logs in a thread, one document at a time and once for all who ask, with rests. */
export class LogReplays<Found> {
  readonly #options: LogReplaysOptions
  readonly #ports: LogReplaysPorts
  readonly #thread: LogThread<Found>
  /** The least recently asked first. */
  readonly #last = new Map<DocumentId, Replayed<Found>>()
  readonly #asked = new Map<DocumentId, Promise<Replayed<Found> | undefined>>()
  #turn: Promise<void> = Promise.resolve()
  #wakeUp: () => void = () => undefined
  #isClosed = false

  constructor(options: LogReplaysOptions, ports: LogReplaysPorts) {
    this.#options = options
    this.#ports = ports
    this.#thread = new LogThread(options, ports)
  }

  /** Whether the thread runs already. */
  get isWarm(): boolean {
    return this.#thread.isWarm
  }

  /** What was found the last time. Undefined: nobody has asked, or it was long ago. */
  last(documentId: DocumentId): Replayed<Found> | undefined {
    const last = this.#last.get(documentId)
    if (last !== undefined) this.#remember(documentId, last)
    return last
  }

  /** What is found now. Undefined: too many wait, or there is no room for it. Never rejects. */
  ask(documentId: DocumentId): Promise<Replayed<Found> | undefined> {
    const asked = this.#asked.get(documentId)
    if (asked !== undefined) return asked
    if (this.#isClosed || this.#asked.size >= this.#options.waiting) return Promise.resolve(undefined)
    const answer = this.#turn.then(() => this.#replay(documentId))
    this.#turn = answer.then((replayed) => this.#rest((replayed?.tookMs ?? 0) * this.#options.rest))
    const remembered = answer.then((replayed) => {
      this.#asked.delete(documentId)
      if (replayed !== undefined) this.#remember(documentId, replayed)
      return replayed
    })
    this.#asked.set(documentId, remembered)
    return remembered
  }

  /** Ends the thread; whoever waits is told that nothing is known. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wakeUp()
    await this.#thread.close()
    await this.#turn
  }

  async #replay(documentId: DocumentId): Promise<Replayed<Found> | undefined> {
    const { now, log, run = (work) => work() } = this.#ports
    try {
      return await run(async () => {
        const startedMs = now()
        const { place, problem } = await this.#answered(documentId)
        if (problem !== undefined) log.warn({ documentId, problem }, 'a log could not be replayed')
        return { place, atMs: now(), tookMs: now() - startedMs }
      })
    } catch (error) {
      if (!this.#isClosed) log.debug({ err: error, documentId }, 'a log was not replayed: there is too much to do')
      return undefined
    }
  }

  /** A thread that ends has answered, too: what it could not do is not tried again at once. */
  async #answered(documentId: DocumentId): Promise<ReplayAnswer<Found>> {
    try {
      return await this.#thread.ask(documentId)
    } catch (error) {
      if (this.#isClosed) return { place: undefined, problem: undefined }
      return { place: undefined, problem: error instanceof Error ? error.message : String(error) }
    }
  }

  #remember(documentId: DocumentId, replayed: Replayed<Found>): void {
    this.#last.delete(documentId)
    this.#last.set(documentId, replayed)
    const [first] = this.#last.keys()
    if (this.#last.size > this.#options.remembered && first !== undefined) this.#last.delete(first)
  }

  #rest(ms: number): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#ports.after(ms, resolve)
      this.#wakeUp = () => {
        cancel()
        resolve()
      }
    })
  }
}
