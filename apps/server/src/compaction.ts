import { Worker } from 'node:worker_threads'
import type { DamageFound, StoreLocation } from '@tandem/store'
import type { Compactor, DocumentId } from '@tandem/sync'
import type { CompactionAnswer } from './compaction-worker.ts'
import type { Log } from './log.ts'

const MAX_WAITING = 10_000
const MAX_RESTART_MS = 60_000
const CLOSE_MS = 3_000

type Snapshot = { throughSeq: number; bytes: number; structs: number }
interface Asked {
  readonly answer: Promise<Snapshot | undefined>
  readonly resolve: (snapshot: Snapshot | undefined) => void
}

/**
 * Compacts documents in a worker thread, one at a time; asking again for one that waits joins the first. A worker that
 * dies answers nothing for what it was at and is started again after a pause (1 s doubling to a minute).
 */
export class WorkerCompactor implements Compactor {
  readonly #location: StoreLocation
  readonly #log: Log
  readonly #onDamage: (damage: DamageFound) => void
  readonly #waiting = new Map<DocumentId, Asked>()
  #worker: Worker | undefined
  #current: Asked | undefined
  #crashes = 0
  #restart: NodeJS.Timeout | undefined
  #closed = false

  /** `onDamage`: a document's log was found damaged and nothing of it was compacted. */
  constructor(ports: { location: StoreLocation; log: Log; onDamage: (damage: DamageFound) => void }) {
    this.#location = ports.location
    this.#log = ports.log
    this.#onDamage = ports.onDamage
    this.#start()
  }

  request(documentId: DocumentId): Promise<Snapshot | undefined> {
    const known = this.#waiting.get(documentId)
    if (known !== undefined) return known.answer
    if (this.#closed || this.#waiting.size >= MAX_WAITING) return Promise.resolve(undefined)
    const { promise, resolve } = Promise.withResolvers<Snapshot | undefined>()
    this.#waiting.set(documentId, { answer: promise, resolve })
    this.#next()
    return promise
  }

  /** Ends the worker; one that is in the middle of a document gets 3 s. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#restart)
    for (const { resolve } of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
    const worker = this.#worker
    if (worker === undefined) return
    const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    worker.postMessage('close')
    const impatience = setTimeout(() => void worker.terminate(), CLOSE_MS)
    await gone
    clearTimeout(impatience)
  }

  #start(): void {
    const worker = new Worker(new URL('compaction-worker.ts', import.meta.url), { workerData: this.#location })
    this.#worker = worker
    worker.on('message', (answer: CompactionAnswer) => this.#answered(answer))
    worker.on('error', (error) => this.#log.error({ err: error }, 'the compaction worker failed'))
    worker.once('exit', () => this.#ended())
    this.#next()
  }

  #next(): void {
    const [first] = this.#waiting
    if (this.#worker === undefined || this.#current !== undefined || first === undefined) return
    const [documentId, asked] = first
    this.#waiting.delete(documentId)
    this.#current = asked
    this.#worker.postMessage(documentId)
  }

  #answered({ documentId, problem, snapshot, droppedRows, damage }: CompactionAnswer): void {
    this.#crashes = 0
    if (damage !== undefined) this.#onDamage(damage)
    if (problem === undefined) this.#log.debug({ documentId, snapshot, droppedRows }, 'compacted')
    else this.#log.warn({ documentId, problem }, 'a document could not be compacted; it is tried again as it grows')
    this.#settle(snapshot)
    this.#next()
  }

  #ended(): void {
    this.#worker = undefined
    this.#settle(undefined)
    if (this.#closed) return
    const pauseMs = Math.min(MAX_RESTART_MS, 1_000 * 2 ** this.#crashes)
    this.#crashes += 1
    this.#restart = setTimeout(() => this.#start(), pauseMs)
  }

  #settle(snapshot: Snapshot | undefined): void {
    this.#current?.resolve(snapshot)
    this.#current = undefined
  }
}
