import type {
  Clock,
  DocumentId,
  LeftWork,
  ReplicaId,
  ReplicaStore,
  ResumeToken,
  StoredReplica,
  Tabs,
  Unsent,
} from '@tandem/sync'
import type { BrowserDatabase, BrowserTransaction, UnsentRecord } from './browser-database.ts'
import {
  adopt,
  beginCopy,
  forgetReceived,
  forgetUpdates,
  keepCopy,
  leftBehind,
  mergeRecords,
  readReceived,
  schemaOf,
} from './browser-records.ts'
import type { ReplicaLocks } from './replica-locks.ts'
import { BrowserTabs, type TabChannel } from './browser-tabs.ts'
import { LOOSE_UPDATES, continuesLife, type HeldReplicaStore } from './replica-storage.ts'

export interface IndexedDbReplicaStoreOptions {
  readonly database: BrowserDatabase
  readonly databaseName: string
  /** Undefined: tabs of this browser cannot hear each other. */
  readonly openChannel: ((name: string) => TabChannel) | undefined
  readonly locks: ReplicaLocks
  readonly mintReplicaId: () => ReplicaId
  readonly mintId: () => string
  readonly clock: Clock
  /** Called for every piece of unsent work that is kept. */
  unsentKept(): void
  /** Called once the database has one more piece of it, or one less. */
  unsentChanged(): void
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

/** What the database has of a document: work that dead replicas left behind, and the stored copy. */
interface TakenOver {
  readonly left: readonly UnsentRecord[]
  readonly received: Awaited<ReturnType<typeof readReceived>>
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
  /** Push ids that are not settled: their text may be in this page alone. */
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
    this.#database.prepare()
    const replicaId = mintReplicaId()
    const release = await locks.hold(replicaId) // before anything is written under this id
    const loaded = { replicaId, since: clock.now(), release }
    try {
      const alive = await locks.alive()
      const isLeft = (record: UnsentRecord) => alive === undefined || !alive.has(record.replicaId)
      const stored = await this.#stored(documentId, await this.#takeOver(documentId, loaded, isLeft))
      this.#loaded = loaded
      const tabs = alive && this.#tabs(documentId)
      return { replicaId, ...stored, ...(tabs && { tabs }) }
    } catch (error) {
      release()
      throw error
    }
  }

  async keep(documentId: DocumentId, { pushId, update }: Unsent, schemaVersion: number): Promise<void> {
    const { replicaId, since } = this.#mine()
    this.#options.unsentKept()
    const isNew = !this.#unsent.has(pushId)
    this.#unsent.add(pushId)
    const record = { documentId, replicaId, pushId, update, since, schemaVersion }
    await this.#database.write((transaction) => transaction.objectStore('unsent').put(record), {
      isStrict: true,
      key: `${replicaId}:${pushId}`,
    })
    if (isNew) this.#options.unsentChanged()
  }

  async settle(documentId: DocumentId, { pushId, update }: Unsent, pageSchema: number): Promise<void> {
    const { replicaId } = this.#mine()
    const isLast = this.#unsent.size === 0 || (this.#unsent.size === 1 && this.#unsent.has(pushId))
    const token = isLast ? this.#takeHeldToken() : undefined
    this.#unsent.add(pushId) // also if it could not be kept: received tokens wait until its text is stored
    await this.#database.write(
      async (transaction) => {
        const store = transaction.objectStore('unsent')
        const key: [DocumentId, ReplicaId, number] = [documentId, replicaId, pushId]
        const record = await store.get(key)
        const schemaVersion = record ? schemaOf(record) : pageSchema
        await Promise.all([
          store.delete(key),
          this.#add(transaction, documentId, { token, updates: [update], schemaVersion }),
        ])
      },
      { isStrict: false },
    )
    this.#unsent.delete(pushId)
    this.#options.unsentChanged()
    await this.#storeHeldToken(documentId)
    await this.#mergeLoose(documentId)
  }

  async receive(...[documentId, token, updates, schemaVersion]: Parameters<ReplicaStore['receive']>): Promise<void> {
    if (this.#life === undefined) throw new Error('There is no stored copy, and none could be begun.')
    const wasSettled = this.#unsent.size === 0
    const received = { token: wasSettled ? token : undefined, updates, schemaVersion }
    await this.#database.write((transaction) => this.#add(transaction, documentId, received), { isStrict: false })
    this.#heldToken = wasSettled ? undefined : token
    await this.#storeHeldToken(documentId)
    await this.#mergeLoose(documentId)
  }

  async setAside(documentId: DocumentId, copy: Parameters<ReplicaStore['setAside']>[1]): Promise<void> {
    const { replicaId } = this.#mine()
    const life = this.#life ?? this.#options.mintId()
    const write = (transaction: BrowserTransaction) =>
      Promise.all([
        copy && keepCopy(transaction, { id: life, documentId, ...copy }),
        transaction
          .objectStore('unsent')
          .delete(IDBKeyRange.bound([documentId, replicaId], [documentId, replicaId, []])),
        forgetReceived(transaction, documentId, life),
      ])
    await this.#database.write(write, { isStrict: true })
    this.#loose = []
    this.#unsent.clear()
    this.#options.unsentChanged()
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

  async #takeOver(documentId: DocumentId, mine: Loaded, isLeft: (record: UnsentRecord) => boolean): Promise<TakenOver> {
    let taken: TakenOver | undefined
    const life = this.#options.mintId()
    const write = async (transaction: BrowserTransaction) => {
      const [left] = await Promise.all([
        adopt(transaction, documentId, mine, isLeft),
        beginCopy(transaction, documentId, life),
      ])
      taken = { left, received: await readReceived(transaction, documentId) }
    }
    // Not waiting for the disk: whether it has the work under the old id or under the new one, it has it.
    await this.#database.write(write, { isStrict: false }).catch(() => (taken = undefined))
    // A full disk: nothing can be moved. Read, and sent under new ids, they are sent once more by the next page: harmless.
    return (taken ??= await this.#database.read(async (transaction) => {
      const [left, received] = await Promise.all([
        leftBehind(transaction, documentId, isLeft),
        readReceived(transaction, documentId),
      ])
      return { left, received }
    }))
  }

  async #stored(documentId: DocumentId, { left, received }: TakenOver): Promise<Omit<StoredReplica, 'replicaId'>> {
    const { life, token, updates, keys, unreadable, schemaVersion } = received
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

  #tabs(documentId: DocumentId): Tabs | undefined {
    const { databaseName, openChannel, locks } = this.#options
    if (openChannel === undefined || this.#life === undefined) return undefined
    const left = (schemaVersion: number): Promise<LeftWork> => this.#left(documentId, schemaVersion)
    return new BrowserTabs({ name: `${databaseName}:${documentId}:${this.#life}`, locks, openChannel, left })
  }

  /** Of tabs that have gone while this one is open; those before were taken over when it was loaded. */
  async #left(documentId: DocumentId, schemaVersion: number): Promise<LeftWork> {
    const alive = await this.#options.locks.alive()
    const isLeft = ({ replicaId }: UnsentRecord) => alive !== undefined && !alive.has(replicaId)
    const gone = await this.#database.read((transaction) => leftBehind(transaction, documentId, isLeft))
    const tooNew = new Set(gone.filter((record) => schemaOf(record) > schemaVersion).map(({ replicaId }) => replicaId))
    const left = gone.filter(({ replicaId }) => !tooNew.has(replicaId)) // [TAB-4]
    const forget = async (transaction: BrowserTransaction) => {
      const store = transaction.objectStore('unsent')
      await Promise.all(left.map(({ replicaId, pushId }) => store.delete([documentId, replicaId, pushId])))
    }
    return {
      updates: left.map(({ update }) => update),
      forget: async () => {
        await this.#database.write(forget, { isStrict: false })
        this.#options.unsentChanged()
      },
    }
  }

  /** Everything may have been settled while what it covers was being written. */
  async #storeHeldToken(documentId: DocumentId): Promise<void> {
    const token = this.#unsent.size === 0 ? this.#takeHeldToken() : undefined
    if (token === undefined) return
    const moved = { token, updates: [], schemaVersion: 0 }
    await this.#database.write((transaction) => this.#add(transaction, documentId, moved), { isStrict: false })
  }

  #takeHeldToken(): ResumeToken | undefined {
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
