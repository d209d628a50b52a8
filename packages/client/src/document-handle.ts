import { SyncError, type DocumentId, type LiveEvent, type SaveTrace } from '@tandem/sync'
import type * as Y from 'yjs'
import { DocumentLife, type DocumentPorts } from './document-life.ts'
import { isSameView, type DocumentView } from './document-view.ts'
import { presentPeople, type PresentPerson } from './people.ts'
import type { PresenceBridge } from './presence-bridge.ts'
import type { WakeEvent } from './wake-events.ts'

/** A page that turns from one view to the next closes and opens: no reason to leave the room. */
const LINGER_MS = 1_000

/**
 * One document of a client: the same handle for the same id, for as long as the client lives. Does no IO until it is
 * opened. After everybody has closed it, the next opening begins with a new Y.Doc.
 */
export class DocumentHandle {
  readonly documentId: DocumentId
  readonly #ports: DocumentPorts
  readonly #listeners = new Set<() => void>()
  readonly #peopleListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: LiveEvent) => void>()
  #life: DocumentLife
  #openings = 0
  #isKeptOpen = false
  #cancelLinger: () => void = () => undefined
  #stopping: Promise<void> = Promise.resolve()
  #view: DocumentView
  #people: readonly PresentPerson[] = []

  constructor(documentId: DocumentId, ports: DocumentPorts) {
    this.documentId = documentId
    this.#ports = ports
    this.#life = this.#newLife()
    this.#view = this.#life.view()
  }

  /** The text. Write into it as into any Y.Doc; until `whenOpen` it does not have what others wrote. */
  get doc(): Y.Doc {
    return this.#life.doc
  }

  /** Carets for an editor binding: pass it as `{ awareness: handle.presence }`. */
  get presence(): PresenceBridge {
    return this.#life.presence
  }

  /**
   * Opens the document, or keeps it open. Returns close, which may be called twice; the last one leaves, a second later, or once what was
   * typed here is on the server's disk.
   */
  open(): () => void {
    this.#openings += 1
    this.#cancelLinger()
    if (this.#view.status === 'failed' && this.#openings === 1) this.#renew()
    this.#life.start(this.#stopping)
    let isClosed = false
    return () => {
      if (isClosed) return
      isClosed = true
      this.#openings -= 1
      if (this.#openings === 0) this.#cancelLinger = this.#ports.clock.after(LINGER_MS, () => this.#leave())
    }
  }

  /**
   * Resolves when the text is here: from this device, or from the server. Opens the document if nobody has, and then
   * keeps it open until the client is closed. Rejects with the SyncError that ended it.
   */
  whenOpen(): Promise<void> {
    return this.#when((view) => view.status === 'open')
  }

  /** Resolves when everything typed so far is on the server's disk. Opens like `whenOpen`, rejects like it. */
  whenSaved(): Promise<void> {
    return this.#when((view) => view.status === 'open' && view.saving === 'saved')
  }

  /** Immutable, and the same object until something changes. */
  readonly getSnapshot = (): DocumentView => this.#view

  /** Called after every change of the snapshot. Returns unsubscribe. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * The newest change of this browser that the server has stored since the document was opened, and where it waited. The
   * same object until there is a newer one; nobody is called back for that alone, it is to be looked at.
   */
  readonly getLastSave = (): SaveTrace | undefined => this.#life.replica.saves?.last

  /** When the oldest change was typed that the server has not stored, ms since 1970; undefined: there is none, or an earlier page has left it. */
  readonly getWaitingSinceMs = (): number | undefined => this.#life.replica.saves?.waitingSinceMs

  /** Who has the document open, without carets; the same array until somebody comes, leaves or is renamed. */
  readonly getPeople = (): readonly PresentPerson[] => this.#people

  readonly subscribePeople = (listener: () => void): (() => void) => {
    this.#peopleListeners.add(listener)
    return () => this.#peopleListeners.delete(listener)
  }

  /** Typed live events of this document: hints that something can be fetched anew. Returns unsubscribe. */
  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  /** The browser noticed something about the network. */
  wake(event: WakeEvent): void {
    if (this.#openings > 0) this.#life.wake(event)
  }

  /** Closes now, whoever has it open. Resolves when what is unsent is stored. */
  async shutDown(): Promise<void> {
    this.#cancelLinger()
    this.#openings = 0
    this.#isKeptOpen = false
    this.#renew()
    await this.#stopping
  }

  #newLife(): DocumentLife {
    const life: DocumentLife = new DocumentLife(this.documentId, this.#ports, {
      changed: () => life === this.#life && this.#refresh(),
      peopleChanged: () => life === this.#life && this.#refreshPeople(),
      happened: (event) => this.#eventListeners.forEach((listener) => listener(event)),
    })
    return life
  }

  /** Not before everything is saved that can be: who has gone to another page was told that it will be sent. */
  #leave(): void {
    const isWaiting = () => this.#view.status === 'open' && this.#view.saving !== 'saved'
    if (!isWaiting()) return this.#renew()
    const unsubscribe = this.subscribe(() => {
      if (isWaiting()) return
      unsubscribe()
      this.#cancelLinger = this.#ports.clock.after(0, () => this.#renew())
    })
    this.#cancelLinger = unsubscribe
  }

  /** Ends this life; whoever still waits for something of it is told. */
  #renew(): void {
    const ended = this.#life
    const before = this.#stopping
    this.#life = this.#newLife()
    this.#stopping = (async () => {
      await before
      await ended.stop()
      ended.doc.destroy()
    })()
    this.#show(this.#life.view())
    this.#refreshPeople()
  }

  #refresh(): void {
    const view = this.#life.view()
    if (!isSameView(view, this.#view)) this.#show(view)
  }

  #show(view: DocumentView): void {
    this.#view = view
    for (const listener of this.#listeners) listener()
  }

  #refreshPeople(): void {
    const people = presentPeople(this.#people, this.#life.replica.people, this.#life.replica.sessionId)
    if (people === this.#people) return
    this.#people = people
    for (const listener of this.#peopleListeners) listener()
  }

  async #when(isSo: (view: DocumentView) => boolean): Promise<void> {
    if (this.#openings === 0) this.#keepOpen()
    const life = this.#life
    const settled = Promise.withResolvers<void>()
    const look = () => {
      const view = this.#view
      if (life !== this.#life) settled.reject(new SyncError('socket-closed', 'The document was closed meanwhile.'))
      else if (view.status === 'failed') settled.reject(view.error)
      else if (isSo(view)) settled.resolve()
    }
    const unsubscribe = this.subscribe(look)
    try {
      look()
      await settled.promise
    } finally {
      unsubscribe()
    }
  }

  #keepOpen(): void {
    if (this.#isKeptOpen) return
    this.#isKeptOpen = true
    this.open()
  }
}
