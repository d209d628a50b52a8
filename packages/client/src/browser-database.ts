import type { DocumentId, ReplicaId, ResumeToken } from '@tandem/sync'
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb'
import type { KeptCopy } from './replica-storage.ts'
import { WriteLane, type Batch } from './write-lane.ts'

const SCHEMA_VERSION = 1
/** Safari has been seen to never answer an open: without the database is better than without the text, and people are told within 2 s. */
const OPEN_TIMEOUT_MS = 1_500
/** Databases have been seen to stop answering altogether: then what is typed has to be sent unkept, not to wait for ever. */
const STALL_MS = 5_000

/** What is on this device. Read it with care: another version of the page, or a broken disk, may have written it. */
export interface BrowserSchema extends DBSchema {
  documents: { key: DocumentId; value: DocumentRecord }
  updates: { key: number; value: UpdateRecord; indexes: { byDocument: DocumentId } }
  unsent: { key: [DocumentId, ReplicaId, number]; value: UnsentRecord }
  copies: { key: string; value: KeptCopy }
}

export interface DocumentRecord {
  readonly documentId: DocumentId
  /** Names this life of the stored copy: a replica that began with an earlier one must not add to it. */
  readonly life: string
  /** Covers exactly what is in `updates`. */
  readonly token?: ResumeToken | undefined
  /** The newest schema that `updates` may need; records of older pages do not say. */
  readonly schemaVersion?: number
}

export interface UpdateRecord {
  readonly documentId: DocumentId
  readonly update: Uint8Array
}

export interface UnsentRecord {
  readonly documentId: DocumentId
  readonly replicaId: ReplicaId
  readonly pushId: number
  readonly update: Uint8Array
  /** When its first author's replica was loaded, ms since 1970: orders the replicas that are taken over. */
  readonly since: number
  /** Of the page in which it was typed; records of older pages do not say. */
  readonly schemaVersion?: number
}

const STORES = ['documents', 'updates', 'unsent', 'copies'] as const
export type BrowserTransaction = IDBPTransaction<BrowserSchema, typeof STORES, 'readwrite'>
export type BrowserReading = IDBPTransaction<BrowserSchema, typeof STORES>

/** One IndexedDB database, opened when it is first needed and again after the browser took it away. */
export class BrowserDatabase {
  readonly #name: string
  readonly #lane: WriteLane<BrowserTransaction>
  #opened: Promise<IDBPDatabase<BrowserSchema>> | undefined
  /** Questions that were given up. */
  #unanswered = 0

  constructor(name: string) {
    this.#name = name
    this.#lane = new WriteLane((isStrict) => this.#begin(isStrict))
  }

  /** Opens it ahead of what will be asked of it. What goes wrong is said to who asks. */
  prepare(): void {
    this.#open().catch(() => undefined)
  }

  /** Group commit, see WriteLane. Rejects when the browser refuses: private mode, a full disk, a blocked upgrade. */
  write(
    write: (transaction: BrowserTransaction) => Promise<unknown>,
    options: { isStrict: boolean; key?: string },
  ): Promise<void> {
    return this.#answered(() => this.#lane.write(write, options))
  }

  read<Result>(read: (transaction: BrowserReading) => Promise<Result>): Promise<Result> {
    return this.#answered(async () => {
      const transaction = (await this.#open()).transaction(STORES, 'readonly')
      const [result] = await Promise.all([read(transaction), transaction.done])
      return result
    })
  }

  /** Resolves when what was asked for is written, or will not be. */
  async idle(): Promise<void> {
    await this.#answered(() => this.#lane.idle()).catch(() => undefined)
  }

  /** Rejects when there is no answer in STALL_MS, and from then on at once until that one comes after all. */
  async #answered<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (this.#unanswered > 0) throw new Error('IndexedDB does not answer.')
    const stalled = Promise.withResolvers<never>()
    const answer = ask()
    const timer = setTimeout(() => {
      this.#unanswered += 1
      const answered = (): void => void (this.#unanswered -= 1)
      answer.then(answered, answered)
      stalled.reject(new Error(`IndexedDB did not answer within ${STALL_MS} ms.`))
    }, STALL_MS)
    try {
      return await Promise.race([answer, stalled.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  async close(): Promise<void> {
    await this.idle()
    const opened = this.#opened
    this.#opened = undefined
    const database = await opened?.catch(() => undefined) // could not be opened: nothing to close
    database?.close()
  }

  async #begin(isStrict: boolean): Promise<Batch<BrowserTransaction>> {
    const database = await this.#open()
    const transaction = database.transaction(STORES, 'readwrite', { durability: isStrict ? 'strict' : 'relaxed' })
    // Whoever waits for `done` hears of a failure; this one is for nobody waiting.
    transaction.done.catch(() => undefined)
    return { transaction, done: transaction.done, abort: () => abort(transaction) }
  }

  #open(): Promise<IDBPDatabase<BrowserSchema>> {
    if (this.#opened) return this.#opened
    const forget = () => {
      if (this.#opened === opened) this.#opened = undefined
    }
    const opened = withTimeout(
      openDB<BrowserSchema>(this.#name, SCHEMA_VERSION, {
        upgrade(database) {
          database.createObjectStore('documents', { keyPath: 'documentId' })
          database.createObjectStore('updates', { autoIncrement: true }).createIndex('byDocument', 'documentId')
          database.createObjectStore('unsent', { keyPath: ['documentId', 'replicaId', 'pushId'] })
          database.createObjectStore('copies', { keyPath: 'id' })
        },
        // A newer page wants to upgrade: let it. This one goes on without, and says so.
        blocking(_, __, event) {
          forget()
          ;(event.target as IDBDatabase).close()
        },
        terminated: forget,
      }),
      forget,
    )
    this.#opened = opened
    return opened
  }
}

/** One that has ended already cannot be aborted, and need not be. */
function abort(transaction: BrowserTransaction): void {
  try {
    transaction.abort()
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error
  }
}

/** `failed`: it has been refused, or came too late and was closed. Until then it is of no use to ask again, and nobody waits twice. */
async function withTimeout(
  opening: Promise<IDBPDatabase<BrowserSchema>>,
  failed: () => void,
): Promise<IDBPDatabase<BrowserSchema>> {
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => timeout.reject(new Error(`IndexedDB did not open within ${OPEN_TIMEOUT_MS} ms.`)),
    OPEN_TIMEOUT_MS,
  )
  try {
    return await Promise.race([opening, timeout.promise])
  } catch (error) {
    opening.then(
      (late) => {
        late.close()
        failed()
      },
      () => failed(),
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}
