import {
  asSyncError,
  ContentCheck,
  Replica,
  type Chance,
  type Clock,
  type DocumentId,
  type Link,
  type LiveEvent,
  type SyncError,
} from '@tandem/sync'
import * as Y from 'yjs'
import { documentView, type DocumentConnection, type DocumentView, type PutAside } from './document-view.ts'
import { KeptSocket } from './kept-socket.ts'
import { PresenceBridge } from './presence-bridge.ts'
import type { HeldReplicaStore, ReplicaStorage } from './replica-storage.ts'
import { compareOver, refusedLink, socketLink } from './socket-link.ts'
import type { SocketLife, TicketSource } from './socket-life.ts'
import { tellingOfCopies } from './telling-of-copies.ts'
import type { WakeEvent } from './wake-events.ts'

export interface DocumentPorts {
  readonly storage: ReplicaStorage
  readonly clock: Clock
  readonly chance: Chance
  readonly schemaVersion: number
  readonly token: string | undefined
  readonly ticket: TicketSource | undefined
  readonly WebSocket: typeof WebSocket
  socketUrl(documentId: DocumentId): string
}

export interface LifeListeners {
  changed(): void
  peopleChanged(): void
  happened(event: LiveEvent): void
}

/** One document from its opening to its closing: one Y.Doc, one replica, one socket. Not to be started again. */
export class DocumentLife {
  readonly doc = new Y.Doc()
  readonly replica: Replica
  readonly presence: PresenceBridge
  readonly #store: HeldReplicaStore
  readonly #socket: KeptSocket
  readonly #isLasting: boolean
  readonly #listeners: LifeListeners
  readonly #check: ContentCheck
  #over: SocketLife | undefined
  #copy: PutAside | undefined
  /** The last join was refused for now, and is tried again. */
  #waitsFor: SyncError | undefined
  #isStarted = false
  #isStopped = false

  constructor(documentId: DocumentId, ports: DocumentPorts, listeners: LifeListeners) {
    const { storage, clock, chance, schemaVersion } = ports
    this.#listeners = listeners
    this.#store = storage.replicaStore()
    this.#isLasting = storage.isLasting
    const store = tellingOfCopies(this.#store, storage, (copy) => {
      this.#copy = copy
      listeners.changed()
    })
    this.replica = new Replica({ documentId, doc: this.doc, schemaVersion }, { store, clock, chance })
    this.presence = new PresenceBridge(this.doc, () => this.replica)
    this.#socket = new KeptSocket({
      ...ports,
      url: ports.socketUrl(documentId),
      up: (life) => {
        this.#over = life
        this.replica.attach(tellingOfRefusals(socketLink(life), (refusal) => this.#refused(refusal)))
      },
      down: (reason) => this.#down(reason),
      changed: () => listeners.changed(),
    })
    const compare = compareOver(() => this.#over)
    this.#check = new ContentCheck({ documentId, replica: this.replica, clock, chance, compare })
    this.replica.onView(() => {
      if (this.replica.view.phase === 'ended') this.#socket.stop()
      listeners.changed()
    })
    this.replica.onPeople(() => {
      this.presence.refresh()
      listeners.peopleChanged()
    })
    this.replica.onEvent((event) => listeners.happened(event))
  }

  /** Connects and reads the store, both at once. `afterwards`: what an earlier life of the document has to finish first. */
  start(afterwards: Promise<void>): void {
    if (this.#isStarted) return
    this.#isStarted = true
    void this.#start(afterwards)
  }

  view(): DocumentView {
    return documentView(this.doc, this.replica.view, {
      connection: this.#connection(),
      copy: this.#copy,
      waitsFor: this.#waitsFor,
      isLasting: this.#isLasting,
    })
  }

  wake(event: WakeEvent): void {
    this.#socket.wake(event)
  }

  /** Leaves. What is unsent stays stored for the next life. Never rejects; may be called twice. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#check.stop()
    this.#socket.stop()
    await this.replica.stop()
    await this.#store.release()
  }

  async #start(afterwards: Promise<void>): Promise<void> {
    this.#socket.start()
    await afterwards
    if (!this.#isStopped) await this.replica.start()
  }

  #down(reason: SyncError): void {
    if (reason.then === 'give-up' || reason.then === 'reload') this.replica.attach(refusedLink(reason))
    else this.replica.detach()
  }

  #refused(refusal: SyncError | undefined): void {
    if (refusal?.code === this.#waitsFor?.code) return
    this.#waitsFor = refusal
    this.#listeners.changed()
  }

  #connection(): DocumentConnection {
    if (this.replica.view.phase === 'live') return 'live'
    return this.#socket.isLost ? 'offline' : 'reconnecting'
  }
}

/** Hears of joins that are refused for now, and of those that are not. */
function tellingOfRefusals(link: Link, tell: (refusal: SyncError | undefined) => void): Link {
  return {
    ...link,
    join: (input, on) =>
      link.join(input, {
        frame(frame) {
          if (frame.type === 'welcome') tell(undefined)
          on.frame(frame)
        },
        ended(error) {
          const refusal = asSyncError(error)
          tell(refusal.then === 'retry' ? refusal : undefined)
          on.ended(error)
        },
      }),
  }
}
