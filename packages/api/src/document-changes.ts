import type { DocumentId } from '@tandem/sync'
import { listDocuments, type UserContext } from './documents.ts'
import { documentTopic, userTopic, type AppEvent, type PageEvent } from './events.ts'
import { EventQueue, type Resync } from './event-queue.ts'
import type { Listening } from './live-events.ts'

/** Documents beyond this many are not watched: their renames show at the next fetch. */
const MAX_WATCHED = 1000

/** The events of every document in the user's list, as the list grows and shrinks. Ends when the signal aborts. */
export async function* watchDocuments(
  ctx: UserContext,
  signal: AbortSignal | undefined,
): AsyncGenerator<PageEvent | Resync, void, undefined> {
  const stop = signal ?? new AbortController().signal
  const watch = new DocumentWatch(ctx)
  try {
    await watch.begin()
    for (;;) {
      const event = await watch.queue.next(stop)
      if (event === undefined) return
      await ctx.gate.writable(stop) // while the socket is full, what waits here stays bounded
      yield event
    }
  } finally {
    watch.end()
  }
}

class DocumentWatch {
  readonly queue = new EventQueue<PageEvent>()
  readonly #ctx: UserContext
  readonly #documents = new Map<DocumentId, Listening>()
  #own: Listening | undefined
  #ended = false

  constructor(ctx: UserContext) {
    this.#ctx = ctx
  }

  /** Listens first and reads the list second, so that nothing that happens between the two is missed; then says 'resync'. */
  async begin(): Promise<void> {
    const { events, user } = this.#ctx
    this.#own = events.listen(userTopic(user.userId), {
      event: (event) => this.#hear(event),
      suspicion: () => this.queue.resync(),
    })
    await this.#own.ready
    for (const { documentId } of await listDocuments(this.#ctx)) this.#add(documentId)
    await Promise.all([...this.#documents.values()].map((listening) => listening.ready))
    this.queue.resync()
  }

  end(): void {
    this.#ended = true
    this.#own?.close()
    for (const listening of this.#documents.values()) listening.close()
    this.#documents.clear()
  }

  #hear(event: AppEvent): void {
    if (event.name === 'loginEnded') return
    if (event.name === 'documentCreated' || event.name === 'documentVisited') this.#add(event.data.documentId)
    if (event.name === 'documentStarred' && event.data.isStarred) this.#add(event.data.documentId)
    // What was taken off the list may be open in another tab: its events go on.
    if (event.name === 'documentListed' && event.data.isListed) this.#add(event.data.documentId)
    if (event.name === 'documentDeleted') this.#remove(event.data.documentId)
    if (event.name === 'documentAccessChanged') void this.#look(event.data.documentId)
    if (event.name === 'documentRenamed') void this.#tellTitle(event)
    else this.queue.push(event)
  }

  /** Only to who may still read it: that a role was taken away may have been lost on its way. Never rejects. */
  async #tellTitle(event: Extract<PageEvent, { name: 'documentRenamed' }>): Promise<void> {
    if (await this.#look(event.data.documentId)) this.queue.push(event)
  }

  /** Whether the document is open to this person: it is watched as long as it is. Never rejects. */
  async #look(documentId: DocumentId): Promise<boolean> {
    const { access, user } = this.#ctx
    try {
      const found = await access.rolesOf(documentId, [user.userId])
      const isOpen = found?.roles.has(user.userId) === true
      if (!isOpen) this.#remove(documentId)
      else if (!this.#ended) this.#add(documentId)
      return isOpen
    } catch {
      this.queue.resync() // nobody could say: the page asks for the list, which says it as it is by then
      return false
    }
  }

  #add(documentId: DocumentId): void {
    if (this.#documents.has(documentId) || this.#documents.size >= MAX_WATCHED) return
    this.#documents.set(
      documentId,
      this.#ctx.events.listen(documentTopic(documentId), { event: (event) => this.#hear(event) }),
    )
  }

  #remove(documentId: DocumentId): void {
    this.#documents.get(documentId)?.close()
    this.#documents.delete(documentId)
  }
}
