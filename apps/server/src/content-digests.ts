import type { ComparedContent, ContentVerdict, DocumentId, Epoch } from '@tandem/sync'
import { LogThread, type LogThreadPorts } from './log-thread.ts'

/** Documents whose digest is remembered, and those that may wait for one: more are told that nothing is known. */
const REMEMBERED = 2_000
const MAX_WAITING = 100
/** A document that is written in all the time is not replayed all the time. */
const SAME_AGAIN_MS = 30_000
/** The worker rests so many times as long as it has worked: a fifth of a core at most, however much is asked. */
const REST = 4
/** A thread that nobody needs any more. */
const IDLE_MS = 60_000
const PROGRAM = new URL('content-digest-worker.ts', import.meta.url)

export interface ContentDigestPorts extends LogThreadPorts {
  /** Monotonic, ms. */
  readonly now: () => number
  /** Runs `work` when this node has room for it beside its editing. May throw. */
  readonly expensive: <Result>(who: string, work: () => Promise<Result>) => Promise<Result>
  /** A replica shows something else than the log says: must never happen. */
  readonly onDivergence: () => void
}

interface Known {
  readonly epoch: Epoch
  readonly seq: number
  /** Undefined: it cannot be told. */
  readonly digest: string | undefined
  readonly atMs: number
}

/**
 * Compares what replicas show with a fresh replay of the log, made by a thread that starts when it is needed: one document
 * at a time, with rests, each place of a log once for all who ask. Whoever would have to wait long is told that nothing is known.
 */
export class ContentDigests {
  readonly #ports: ContentDigestPorts
  /** The least recently asked first. */
  readonly #known = new Map<DocumentId, Known>()
  readonly #asked = new Map<DocumentId, Promise<Known | undefined>>()
  #turn: Promise<void> = Promise.resolve()
  readonly #thread: LogThread<string | undefined>
  #wakeUp: () => void = () => undefined
  #closed = false

  constructor(ports: ContentDigestPorts) {
    this.#ports = ports
    this.#thread = new LogThread({ program: PROGRAM, idleMs: IDLE_MS }, ports)
  }

  /** Never rejects. */
  async compare({ documentId, epoch, seq, digest }: ComparedContent): Promise<ContentVerdict> {
    const found = this.#current(documentId, epoch, seq) ?? (await this.#ask(documentId))
    if (found?.digest === undefined || found.epoch !== epoch || found.seq !== seq) return 'unknown'
    if (found.digest === digest) return 'same'
    this.#ports.onDivergence()
    this.#ports.log.error(
      { documentId, epoch, seq },
      'a replica shows something else than the log says; it reads it anew',
    )
    return 'other'
  }

  /** Ends the thread; whoever waits is told that nothing is known. */
  async close(): Promise<void> {
    this.#closed = true
    this.#wakeUp()
    await this.#thread.close()
    await this.#turn
  }

  /** What is remembered, if it says something about this place, or was found so lately that it is not looked for again. */
  #current(documentId: DocumentId, epoch: Epoch, seq: number): Known | undefined {
    const known = this.#known.get(documentId)
    if (known === undefined) return undefined
    const isPast = known.epoch === epoch && known.seq >= seq
    return isPast || this.#ports.now() - known.atMs < SAME_AGAIN_MS ? known : undefined
  }

  #ask(documentId: DocumentId): Promise<Known | undefined> {
    const asked = this.#asked.get(documentId)
    if (asked !== undefined) return asked
    if (this.#closed || this.#asked.size >= MAX_WAITING) return Promise.resolve(undefined)
    const answer = this.#turn.then(() => this.#find(documentId))
    this.#turn = answer.then(({ tookMs }) => this.#rest(tookMs * REST))
    const found = answer.then(({ known }) => {
      this.#asked.delete(documentId)
      if (known !== undefined) this.#remember(documentId, known)
      return known
    })
    this.#asked.set(documentId, found)
    return found
  }

  async #find(documentId: DocumentId): Promise<{ known: Known | undefined; tookMs: number }> {
    if (this.#closed) return { known: undefined, tookMs: 0 }
    const { expensive, now, log } = this.#ports
    try {
      const answer = await expensive('content digests', () => this.#thread.ask(documentId))
      if (answer.problem !== undefined) log.warn({ documentId, problem: answer.problem }, 'a log could not be replayed')
      const { place, tookMs } = answer
      const known = place && { epoch: place.epoch, seq: place.seq, digest: place.found, atMs: now() }
      return { known, tookMs }
    } catch (error) {
      if (!this.#closed) log.debug({ err: error, documentId }, 'a content was not compared')
      return { known: undefined, tookMs: 0 }
    }
  }

  #remember(documentId: DocumentId, known: Known): void {
    this.#known.delete(documentId)
    this.#known.set(documentId, known)
    const [first] = this.#known.keys()
    if (this.#known.size > REMEMBERED && first !== undefined) this.#known.delete(first)
  }

  #rest(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#ports.after(ms, resolve)
      this.#wakeUp = () => {
        cancel()
        resolve()
      }
    })
  }
}
