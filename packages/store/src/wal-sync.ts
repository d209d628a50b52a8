import { fstatSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SyncError } from '@tandem/sync'

/**
 * Makes commits durable without stopping the event loop: after a commit the `-wal` file is synced by a thread of
 * libuv. One sync runs at a time and covers every commit made before it started.
 *
 * A sync that failed is never forgiven: the kernel may have dropped the pages it could not write, and a later sync
 * would succeed without them (as PostgreSQL learned in 2018). Everything is refused until the node starts anew,
 * which checkpoints first.
 */
export class WalSync {
  readonly #path: string
  #file: FileHandle
  /** Commits made so far, and how many of them are on disk. */
  #committed = 0
  #synced = 0
  #running: Promise<void> | undefined
  #failure: SyncError | undefined

  private constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  /** `databasePath` must be open in WAL mode, with at least one read or write done, so that its `-wal` file exists. */
  static async open(databasePath: string): Promise<WalSync> {
    await syncFolder(dirname(databasePath))
    const path = `${databasePath}-wal`
    return new WalSync(path, await open(path, 'r+'))
  }

  /** To be called in the same turn as each commit. */
  committed(): void {
    this.#committed += 1
  }

  /** Throws SyncError 'log-unavailable' once a sync has failed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  /** Resolves when every commit made before the call is on disk. Throws SyncError 'log-unavailable' if that cannot be. */
  async synced(): Promise<void> {
    const wanted = this.#committed
    while (this.#synced < wanted) {
      this.check()
      this.#running ??= this.#sync().finally(() => (this.#running = undefined))
      await this.#running
    }
    this.check()
  }

  async close(): Promise<void> {
    await this.#running
    await this.#file.close()
  }

  async #sync(): Promise<void> {
    const covers = this.#committed
    try {
      await this.#syncFile()
      this.#synced = covers
    } catch (cause) {
      this.#failure = new SyncError(
        'log-unavailable',
        'The disk did not take what was written. Nothing is accepted until this node is started again.',
        { cause },
      )
    }
  }

  async #syncFile(): Promise<void> {
    await this.#file.datasync()
    // Asked in this turn: it waits for no disk, and a thread that wakes for it costs more than the answer.
    if (fstatSync(this.#file.fd).nlink > 0) return
    // Somebody removed the file under us and SQLite has made another one: that is the one to sync.
    await this.#file.close()
    this.#file = await open(this.#path, 'r+')
    await this.#file.datasync()
  }
}

/** New files are on disk only when their folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
