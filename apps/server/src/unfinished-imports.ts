import type { Store } from '@tandem/store'
import { SyncError } from '@tandem/sync'
import type { Log } from './log.ts'

/** No import takes nearly as long; so old, its node is gone. */
const ABANDONED_MS = 3_600_000

/** Takes away what imports left behind whose node was killed: at the start, and every hour. */
export class UnfinishedImports {
  readonly #store: Pick<Store, 'documents' | 'location'>
  readonly #log: Log
  readonly #timer: NodeJS.Timeout
  #running: Promise<void>

  private constructor({ store, log }: { store: Pick<Store, 'documents' | 'location'>; log: Log }) {
    this.#store = store
    this.#log = log
    // A data folder has one node at a time: whatever is unfinished at its start is nobody's.
    this.#running = this.#remove(store.location.dialect === 'sqlite' ? 0 : ABANDONED_MS)
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#remove(ABANDONED_MS))
    }, ABANDONED_MS).unref()
  }

  /** Resolves when what was there at the start is gone, or could not be removed now. */
  static async watch(ports: { store: Pick<Store, 'documents' | 'location'>; log: Log }): Promise<UnfinishedImports> {
    const unfinished = new UnfinishedImports(ports)
    await unfinished.#running
    return unfinished
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #remove(olderThanMs: number): Promise<void> {
    try {
      const removed = await this.#store.documents.removeUnfinished(olderThanMs)
      if (removed > 0) this.#log.info({ removed }, 'imports that were cut short are removed')
    } catch (error) {
      if (!(error instanceof SyncError)) throw error
      this.#log.warn(
        { reason: error.message },
        'imports that were cut short could not be removed; tried again in an hour',
      )
    }
  }
}
