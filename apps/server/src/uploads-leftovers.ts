import type { Store } from '@tandem/store'
import { SyncError } from '@tandem/sync'
import type { Log } from './log.ts'
import { removeIncoming } from './uploads-disk.ts'
import type { UploadStorage } from './uploads-storage.ts'

/** No upload takes nearly as long; so old, its node is gone. */
const ABANDONED_MS = 3_600_000

interface LeftoverPorts {
  readonly store: Pick<Store, 'uploads' | 'location'>
  readonly storage: UploadStorage
  readonly folder: string
  readonly log: Log
}

/** Takes away what uploads left behind that broke off with their node: at the start, and every hour. */
export class UploadLeftovers {
  readonly #ports: LeftoverPorts
  readonly #timer: NodeJS.Timeout
  #running: Promise<void>

  private constructor(ports: LeftoverPorts) {
    this.#ports = ports
    // A data folder has one node at a time: whatever is unfinished at its start is nobody's.
    this.#running = this.#remove(ports.store.location.dialect === 'sqlite' ? 0 : ABANDONED_MS)
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#remove(ABANDONED_MS))
    }, ABANDONED_MS).unref()
  }

  /** Resolves when what was there at the start is gone, or could not be removed now. */
  static async watch(ports: LeftoverPorts): Promise<UploadLeftovers> {
    const leftovers = new UploadLeftovers(ports)
    await leftovers.#running
    return leftovers
  }

  /** Resolves when nothing of it is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  async #remove(olderThanMs: number): Promise<void> {
    const { store, storage, folder, log } = this.#ports
    try {
      const ids = await store.uploads.unfinished(olderThanMs)
      for (const id of ids) {
        await storage.remove(id)
        await store.uploads.forget(id)
      }
      const files = await removeIncoming(folder, olderThanMs)
      if (ids.length + files > 0) log.info({ uploads: ids.length, files }, 'uploads that were cut short are removed')
    } catch (error) {
      if (!(error instanceof Error)) throw error
      const reason = error instanceof SyncError ? error.message : error.name
      log.warn({ reason }, 'uploads that were cut short could not be removed; tried again in an hour')
    }
  }
}
