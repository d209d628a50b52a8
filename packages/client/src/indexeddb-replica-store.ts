import type { Clock, DocumentId, ReplicaId, ReplicaStore, ResumeToken, StoredReplica, Unsent } from '@tandem/sync'
import type { BrowserDatabase, BrowserTransaction, UnsentRecord } from './browser-database.ts'
import {
  adopt,
  beginCopy,
  forgetReceived,
  forgetUpdates,
  leftBehind,
  mergeRecords,
  readReceived,
  schemaOf,
} from './browser-records.ts'
import type { ReplicaLocks } from './replica-locks.ts'
import { LOOSE_UPDATES, continuesLife, type HeldReplicaStore } from './replica-storage.ts'

export interface IndexedDbReplicaStoreOptions {
  readonly database: BrowserDatabase
  readonly locks: ReplicaLocks
  readonly mintReplicaId: () => ReplicaId
  readonly mintId: () => string
  readonly clock: Clock
  /** Called for every piece of unsent work that is kept. */
  unsentKept(): void
}

/** The kept copy of one document is merged into few records once it has more than this many. */
const RECORDS_AT_LOAD = 32
/** The first record, the bulk of the document, is merged again only when what follows it is this large a part of it. */
const WORTH_MERGING = 1 / 4

/** What becomes part of the stored copy in one transaction. */
interface Added {
  readonly token: ResumeToken | undefined
  readonly updates: readonly Uint8Array[]
  readonly schemaVersion: number
}

interface Loaded {
  readonly replicaId: ReplicaId
  readonly since: number
  readonly release: () => void
}

export class IndexedDbReplicaStore implements HeldReplicaStore {
  readonly #options: IndexedDbReplicaStoreOptions
  readonly #database: BrowserDatabase
  #loaded: Loaded | undefined
  /** The life of the stored copy that this replica continues. */
  #life: string | undefined
  /** Keys of records this replica added and has not merged yet. */
  #loose: number[] = []
  /** Push ids that are kept and not settled. */
  readonly #unsent = new Set<number>()
  /** What it covers is stored, but maybe a push in `#unsent` too, so it must wait. */
  #heldToken: ResumeToken | undefined

  constructor(options: IndexedDbReplicaStoreOptions) {
    this.#options = options
    this.#database = options.database
  }

  async load(documentId: DocumentId): Promise<StoredReplica> {
    const { locks, mintReplicaId, clock } = this.#options
    await this.release()
    const replicaId = mintReplicaId()
    const release = await locks.hold(replicaId) // before anything is written under this id
    const loaded = { replicaId, since: clock.now(), release }
    try {
      const alive = await locks.alive()
      const isLeft = (record: UnsentRecord) => alive === undefined || !alive.has(record.replicaId)
      const left = await this.#takeOver(documentId, loaded, isLeft)
      const stored = await this.#stored(documentId, left)
      this.#loaded = loaded
      return { replicaId, ...stored }
    } catch (error) {
      release()
      throw error
    }
  }

  async keep(documentId: DocumentId, { pushId, update }: Unsent, schemaVersion: number): Promise<void> {
    const { replicaId, since } = this.#mine()
    this.#options.unsentKept()
    this.#unsent.add(pushId)
    const record = { documentId, replicaId, pushId, update, since, schemaVersion }
    await this.#database.write((transaction) => transaction.objectStore('unsent').put(record), {
      isStrict: true,
      key: `${replicaId}:${pushId}`,
    })
  }

  async settle(documentId: DocumentId, pushId: number): Promise<void> {
    const { replicaId } = this.#mine()
    this.#unsent.delete(pushId)
    const token = this.#settledToken()
    await this.#database.write(
      async (transaction) => {
        const store = transaction.objectStore('unsent')
        const key: [DocumentId, ReplicaId, number] = [documentId, replicaId, pushId]
        const record = await store.get(key)
        const updates = record ? [record.update] : []
        await Promise.all([
          store.delete(key),
          this.#add(transaction, documentId, { token, updates, schemaVersion: schemaOf(record) }),
        ])
      },
      { isStrict: false },
    )
    await this.#mergeLoose(documentId)
  }

  async receive(...[documentId, token, updates, schemaVersion]: Parameters<ReplicaStore['receive']>): Promise<void> {
    const wasSettled = this.#unsent.size === 0
    const received = { token: wasSettled ? token : undefined, updates, schemaVersion }
    await this.#database.write((transaction) => this.#add(transaction, documentId, received), { isStrict: false })
    this.#heldToken = wasSettled ? undefined : token
    const held = this.#settledToken() // settled while this was being written
    const moved = { token: held, updates: [], schemaVersion }
    if (held)
      await this.#database.write((transaction) => this.#add(transaction, documentId, moved), { isStrict: false })
    await this.#mergeLoose(documentId)
  }

  async setAside(documentId: DocumentId, copy: Parameters<ReplicaStore['setAside']>[1]): Promise<void> {
    const { replicaId } = this.#mine()
    const kept = copy && { id: this.#options.mintId(), documentId, ...copy }
    const write = (transaction: BrowserTransaction) =>
      Promise.all([
        kept && transaction.objectStore('copies').put(kept),
        transaction
          .objectStore('unsent')
          .delete(IDBKeyRange.bound([documentId, replicaId], [documentId, replicaId, []])),
        forgetReceived(transaction, documentId),
      ])
    await this.#database.write(write, { isStrict: true })
    this.#loose = []
    this.#unsent.clear()
  }

  async release(): Promise<void> {
    const loaded = this.#loaded
    if (!loaded) return
    await this.#database.idle()
    loaded.release()
    if (this.#loaded === loaded) this.#loaded = undefined
  }

  #mine(): Loaded {
    if (!this.#loaded) throw new Error('This replica store has not been loaded.')
    return this.#loaded
  }

  async #takeOver(
    documentId: DocumentId,
    mine: Loaded,
    isLeft: (record: UnsentRecord) => boolean,
  ): Promise<readonly UnsentRecord[]> {
    let left: readonly UnsentRecord[] = []
    const life = this.#options.mintId()
    const write = async (transaction: BrowserTransaction) => {
      ;[left] = await Promise.all([
        adopt(transaction, documentId, mine, isLeft),
        beginCopy(transaction, documentId, life),
      ])
    }
    try {
      await this.#database.write(write, { isStrict: true })
      return left
    } catch {
      // A full disk: nothing can be moved. Read, and sent under new ids, they are sent once more by the next page: harmless.
      return this.#database.read((transaction) => leftBehind(transaction, documentId, isLeft))
    }
  }

  async #stored(documentId: DocumentId, left: readonly UnsentRecord[]): Promise<Omit<StoredReplica, 'replicaId'>> {
    const { life, token, updates, keys, unreadable, schemaVersion } = await this.#database.read((transaction) =>
      readReceived(transaction, documentId),
    )
    if (unreadable.length > 0)
      await this.#database.write((transaction) => forgetUpdates(transaction, unreadable), { isStrict: false })
    this.#life = life
    this.#loose = []
    this.#heldToken = undefined
    this.#unsent.clear()
    left.forEach((_, index) => this.#unsent.add(index + 1))
    if (keys.length > RECORDS_AT_LOAD) this.#mergeStored(documentId, updates, keys)
    const unsent = left.map(({ update }, index) => ({ pushId: index + 1, update }))
    const newest = Math.max(schemaVersion, ...left.map(schemaOf))
    return { updates, token, unsent, lastPushId: left.length, schemaVersion: newest }
  }

  async #add(
    transaction: BrowserTransaction,
    documentId: DocumentId,
    { token, updates, schemaVersion }: Added,
  ): Promise<void> {
    const documents = transaction.objectStore('documents')
    const stored = await documents.get(documentId)
    if (stored === undefined || !continuesLife(stored, this.#life, token)) return
    const isFurther = token !== undefined && token.seq >= (stored.token?.seq ?? 0)
    const isNewer = schemaVersion > schemaOf(stored)
    const moved = { ...stored, ...(isFurther && { token }), ...(isNewer && { schemaVersion }) }
    const move = isFurther || isNewer ? documents.put(moved) : undefined
    const store = transaction.objectStore('updates')
    const [keys] = await Promise.all([Promise.all(updates.map((update) => store.add({ documentId, update }))), move])
    this.#loose.push(...keys)
  }

  /** The held token, when nothing is unsent any more. */
  #settledToken(): ResumeToken | undefined {
    if (this.#unsent.size > 0) return undefined
    const token = this.#heldToken
    this.#heldToken = undefined
    return token
  }

  async #mergeLoose(documentId: DocumentId): Promise<void> {
    if (this.#loose.length < LOOSE_UPDATES) return
    const keys = this.#loose
    this.#loose = []
    await this.#database.write((transaction) => mergeRecords(transaction, documentId, keys), { isStrict: false })
  }

  /** In its own time: the text is on screen meanwhile, and a failure leaves everything as it was. */
  #mergeStored(documentId: DocumentId, updates: readonly Uint8Array[], keys: readonly number[]): void {
    const [base, ...others] = updates
    const size = others.reduce((sum, update) => sum + update.byteLength, 0)
    const merged = base !== undefined && size < base.byteLength * WORTH_MERGING ? keys.slice(1) : keys
    this.#database
      .write((transaction) => mergeRecords(transaction, documentId, merged), { isStrict: false })
      .catch(() => undefined)
  }
}
