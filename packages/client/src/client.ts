import type { AppRouter } from '@tandem/api'
import { DocumentId, LIMITS, SyncError } from '@tandem/sync'
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  splitLink,
  type HTTPLinkOptions,
  type TRPCClient,
} from '@trpc/client'
import { systemChance, systemClock } from './clock.ts'
import { DocumentHandle } from './document-handle.ts'
import type { DocumentPorts } from './document-life.ts'
import { IndexedDbStorage } from './indexeddb-storage.ts'
import { liveLink, LiveSocket, type LiveConnection } from './live-link.ts'
import { MemoryStorage } from './memory-storage.ts'
import { outlivingFetch } from './outliving-fetch.ts'
import type { KeptCopy, ReplicaStorage } from './replica-storage.ts'
import { UnsentDocuments } from './unsent-documents.ts'
import { onWakeEvent } from './wake-events.ts'

/** What tRPC takes for a fetch: the same but for the exactness of optional properties. */
type FetchEsque = NonNullable<HTTPLinkOptions<AppRouter['_def']['_config']['$types']>['fetch']>

/** Servers and proxies refuse longer ones; a batch that would be longer is split. */
const MAX_URL_LENGTH = 2_000

export interface ClientOptions {
  /** Where the server is: `http://localhost:4000`. */
  readonly url: string
  /** For scripts: `pnpm tandem token --user <email>`. Browsers have a cookie instead. */
  readonly token?: string
  /**
   * For pages of another origin, which have neither: asks the page's own server for a socket ticket, which gets it from
   * `api.me.ticket` with its token. Called for every socket and every attempt at one (a ticket is good for one, within
   * 30 s); when it rejects, or takes longer than 8 s, that attempt has failed, and the next comes after a pause. It counts
   * for sockets, that is for documents and live events: calls of `api` go over HTTP, with `token` or a cookie.
   */
  readonly ticket?: () => Promise<string>
  /** Of the documents' schema, as this page's editor knows it. */
  readonly schemaVersion: number
  /** Default: IndexedDB where there is one. Memory keeps nothing beyond `close`. */
  readonly storage?: 'memory' | 'indexeddb'
  /** Whose work is kept on this device (a user id): nobody else on it may send that. Default: one account per server. */
  readonly account?: string
  readonly fetch?: typeof fetch
  readonly WebSocket?: typeof WebSocket
}

/** Documents with work of pages that are gone. */
const LEFT_AT_ONCE = 3

/** Everything a page or a script does with one server. Throws SyncError 'bad-input' for options that cannot work. Connects to nothing yet. */
export function createClient(options: ClientOptions): TandemClient {
  return new TandemClient(options)
}

export class TandemClient {
  /**
   * The typed procedures. Calls go over HTTP, subscriptions over a socket that is kept alive; rejects with TRPCClientError (see
   * toSyncError). Calls that change something go out although the page that made them is left right after.
   */
  readonly api: TRPCClient<AppRouter>
  /**
   * Of the socket for live events, which is there while something of `api` is subscribed to: whether what a page lists is kept fresh. Documents
   * have connections of their own.
   */
  readonly connection: { getSnapshot(): LiveConnection; subscribe(listener: () => void): () => void }
  /** Documents with work on this device that waits to be sent, whichever page of this browser typed it. */
  readonly unsentDocuments: Omit<UnsentDocuments, 'look'>
  readonly #ports: DocumentPorts
  readonly #live: LiveSocket
  readonly #handles = new Map<DocumentId, DocumentHandle>()
  readonly #stopWaking: () => void
  /** Documents whose left work is being sent. */
  readonly #sending = new Set<DocumentId>()
  #isClosed = false

  constructor(options: ClientOptions) {
    const base = parseUrl(options.url)
    const socketBase = endpoint(base, 'live').replace(/^http/, 'ws')
    const { schemaVersion, token, ticket } = options
    const WebSocket = options.WebSocket ?? globalThis.WebSocket
    if (typeof WebSocket !== 'function')
      throw new SyncError('bad-input', 'There is no WebSocket here: pass one to createClient, or use Node 24.')
    const shared = { token, ticket, WebSocket, clock: systemClock, chance: systemChance }
    const socketUrl = (documentId: DocumentId) => `${socketBase}?d=${documentId}`
    this.#ports = { ...shared, schemaVersion, socketUrl, storage: makeStorage(options, base) }
    this.#live = new LiveSocket({ ...shared, url: socketBase })
    this.connection = this.#live
    const unsentDocuments = new UnsentDocuments(this.#ports.storage, systemClock)
    this.unsentDocuments = unsentDocuments
    const calls = {
      url: endpoint(base, 'trpc'),
      // A page of another origin cannot send a header of ours without being asked for permission first.
      headers: { 'x-tandem': '1', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      fetch: outlivingFetch(options.fetch ?? ((...asked) => globalThis.fetch(...asked))) as FetchEsque,
    }
    this.api = createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'subscription',
          true: liveLink(this.#live),
          false: splitLink({
            condition: ({ type }) => type === 'mutation',
            true: httpLink(calls), // at once: a batch would wait for a turn that a page which is left does not have
            false: httpBatchLink({ ...calls, maxItems: LIMITS.batchCalls, maxURLLength: MAX_URL_LENGTH }),
          }),
        }),
      ],
    })
    this.#stopWaking = onWakeEvent((event) => {
      this.#live.wake(event)
      unsentDocuments.look()
      for (const handle of this.#handles.values()) handle.wake(event)
    })
  }

  /** The handle of a document; does no IO. Throws SyncError 'bad-input' when that is no document id. */
  document(documentId: string): DocumentHandle {
    const id = DocumentId.safeParse(documentId)
    if (!id.success)
      throw new SyncError(
        'bad-input',
        'This is no document id: take it from documents.list or from the page’s address.',
      )
    let handle = this.#handles.get(id.data)
    if (!handle) {
      handle = new DocumentHandle(id.data, this.#ports)
      this.#handles.set(id.data, handle)
    }
    return handle
  }

  /**
   * Sends what pages that are gone have left unsent on this device: opens each of those documents until it is on the server's disk, for which
   * it waits as long as it takes, or cannot be. Resolves then, and when the client is closed; never rejects. To be called when a page starts,
   * and now and then.
   */
  async sendLeftWork(): Promise<void> {
    const left = await this.#ports.storage.leftDocuments().catch(() => []) // what cannot be read now is looked for the next time
    const waiting = left.filter((documentId) => !this.#sending.has(documentId))
    const sendNext = async (): Promise<void> => {
      const documentId = waiting.shift()
      // Whoever is signed in after that is somebody else, maybe: nothing more is opened.
      if (documentId === undefined || this.#isClosed) return
      await this.#sendLeft(documentId)
      await sendNext()
    }
    for (const documentId of waiting) this.#sending.add(documentId)
    await Promise.all(Array.from({ length: LEFT_AT_ONCE }, sendNext))
  }

  async #sendLeft(documentId: DocumentId): Promise<void> {
    let close: (() => void) | undefined
    try {
      const handle = this.document(documentId) // which throws for an id that is none: anybody may have written there
      close = handle.open()
      await handle.whenSaved()
    } catch {
      return // refused: its work was put aside as a copy, which is said where copies are shown
    } finally {
      close?.()
      this.#sending.delete(documentId)
    }
  }

  /** Work that could not become part of its document, oldest first. */
  copies(): Promise<readonly KeptCopy[]> {
    return this.#ports.storage.copies()
  }

  forgetCopy(id: string): Promise<void> {
    return this.#ports.storage.forgetCopy(id)
  }

  /** Leaves every document and closes every socket. Resolves when what is unsent is stored (in memory storage: forgotten). */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopWaking()
    this.#live.close()
    await Promise.all(Array.from(this.#handles.values(), (handle) => handle.shutDown()))
    await this.#ports.storage.close()
  }
}

function makeStorage({ storage, account }: ClientOptions, base: URL): ReplicaStorage {
  const chosen = storage ?? (typeof indexedDB === 'undefined' ? 'memory' : 'indexeddb')
  if (chosen === 'memory') return new MemoryStorage(systemChance)
  return new IndexedDbStorage({
    databaseName: `tandem:${account ?? base.host}`,
    chance: systemChance,
    clock: systemClock,
  })
}

function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    throw new SyncError(
      'bad-input',
      `createClient needs the server's http(s) address, like http://localhost:4000; it got ${JSON.stringify(url)}.`,
    )
  }
  return parsed
}

function endpoint(base: URL, path: string): string {
  return `${base.origin}${base.pathname.replace(/\/$/, '')}/${path}`
}
