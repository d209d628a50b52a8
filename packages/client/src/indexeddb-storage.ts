import { ReplicaId, type Chance, type Clock, type DocumentId } from '@tandem/sync'
import { BrowserDatabase } from './browser-database.ts'
import type { TabChannel } from './browser-tabs.ts'
import { IndexedDbReplicaStore } from './indexeddb-replica-store.ts'
import { noLocks, webLocks, type ReplicaLocks } from './replica-locks.ts'
import type { HeldReplicaStore, KeptCopy, ReplicaStorage, UnsentPiece } from './replica-storage.ts'
import { UnsentNews } from './unsent-news.ts'

export interface IndexedDbOptions {
  /** One database per account: another person on this device must not send this one's work. */
  readonly databaseName: string
  readonly chance: Chance
  readonly clock: Clock
  /** Default: the browser's Web Locks, if it has them. */
  readonly locks?: ReplicaLocks
  /** Default: the browser's BroadcastChannel, if it has one. Without Web Locks tabs do not share a document over it. */
  readonly openChannel?: (name: string) => TabChannel
}

/** Keeps documents and unsent work in IndexedDB, for every page of this origin. */
export class IndexedDbStorage implements ReplicaStorage {
  readonly isLasting = true
  readonly #database: BrowserDatabase
  readonly #options: IndexedDbOptions
  readonly #locks: ReplicaLocks
  readonly #openChannel: ((name: string) => TabChannel) | undefined
  readonly #unsentNews: UnsentNews
  #hasAskedToPersist = false

  constructor(options: IndexedDbOptions) {
    this.#options = options
    this.#database = new BrowserDatabase(options.databaseName)
    this.#locks = options.locks ?? browserLocks()
    this.#openChannel = options.openChannel ?? browserChannel()
    const { databaseName, clock } = options
    this.#unsentNews = new UnsentNews({ databaseName, clock, openChannel: this.#openChannel })
  }

  replicaStore(): HeldReplicaStore {
    const { chance, clock } = this.#options
    return new IndexedDbReplicaStore({
      database: this.#database,
      databaseName: this.#options.databaseName,
      openChannel: this.#openChannel,
      locks: this.#locks,
      mintReplicaId: () => ReplicaId.parse(chance.id()),
      mintId: () => chance.id(),
      clock,
      unsentKept: () => this.#askToPersist(),
      unsentChanged: () => this.#unsentNews.changed(),
    })
  }

  async leftDocuments(): Promise<readonly DocumentId[]> {
    const keys = await this.#database.read((transaction) => transaction.objectStore('unsent').getAllKeys())
    if (keys.length === 0) return []
    const alive = await this.#locks.alive()
    const left = keys.filter(([, replicaId]) => alive === undefined || !alive.has(replicaId))
    return [...new Set(left.map(([documentId]) => documentId))]
  }

  async unsentWork(): Promise<readonly UnsentPiece[]> {
    const keys = await this.#database.read((transaction) => transaction.objectStore('unsent').getAllKeys())
    return keys.map((key) => ({ documentId: key[0], name: key.join(' ') }))
  }

  onUnsentWork(changed: () => void): () => void {
    return this.#unsentNews.listen(changed)
  }

  async copies(): Promise<readonly KeptCopy[]> {
    const copies = await this.#database.read((transaction) => transaction.objectStore('copies').getAll())
    return copies.filter(isCopy).sort((one, other) => one.at - other.at)
  }

  forgetCopy(id: string): Promise<void> {
    return this.#database.write((transaction) => transaction.objectStore('copies').delete(id), { isStrict: true })
  }

  close(): Promise<void> {
    this.#unsentNews.close()
    return this.#database.close()
  }

  /** Asked when somebody has written something here, once: some browsers put the question to the person. */
  #askToPersist(): void {
    if (this.#hasAskedToPersist) return
    this.#hasAskedToPersist = true
    if (typeof navigator === 'undefined' || navigator.storage?.persist === undefined) return
    navigator.storage.persist().catch(() => undefined) // refused or impossible: then it stays evictable
  }
}

function browserChannel(): ((name: string) => TabChannel) | undefined {
  return typeof BroadcastChannel === 'undefined' ? undefined : (name) => new BroadcastChannel(name)
}

function browserLocks(): ReplicaLocks {
  return typeof navigator !== 'undefined' && navigator.locks ? webLocks(navigator.locks) : noLocks
}

function isCopy(copy: { id: unknown; documentId: unknown; whole: unknown; at: unknown }): boolean {
  const { id, documentId, whole, at } = copy
  return (
    typeof id === 'string' && typeof documentId === 'string' && whole instanceof Uint8Array && typeof at === 'number'
  )
}
