import * as Y from 'yjs'
import { Backoff } from './backoff.ts'
import { SyncError, asSyncError } from './errors.ts'
import { ReplicaCopy } from './replica-copy.ts'
import { NEXT_PHASE, type Phase, type PhaseEvent } from './replica-phase.ts'
import { ReplicaPresence } from './replica-presence.ts'
import type { Chance, Clock, Link, ReplicaStore } from './ports.ts'
import { PushLoop, type PushRefusals } from './push-loop.ts'
import { sameView, type ReplicaView } from './replica-view.ts'
import {
  PROTOCOL_VERSION,
  type Caret,
  type Changes,
  type DocumentId,
  type Frame,
  type LiveEvent,
  type PresenceEntry,
  type ReplicaId,
  type Role,
  type SessionId,
  type Welcome,
} from './protocol.ts'
import { UnsentWork } from './unsent-work.ts'

export interface ReplicaOptions {
  readonly documentId: DocumentId
  /** Empty; the replica fills it. */
  readonly doc: Y.Doc
  readonly schemaVersion: number
}

export interface ReplicaPorts {
  readonly store: ReplicaStore
  readonly clock: Clock
  readonly chance: Chance
}

/**
 * The browser's copy of one document and its sending state. It goes on through lost links and restarts: what it
 * received is stored with the token that covers it, what was typed is kept until it is acked, and only an ack counts as saved.
 */
export class Replica {
  readonly doc: Y.Doc
  readonly #options: ReplicaOptions
  readonly #ports: ReplicaPorts
  readonly #copy: ReplicaCopy
  readonly #presence: ReplicaPresence
  readonly #viewListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: LiveEvent) => void>()
  readonly #backoff: Backoff
  #unsent: UnsentWork | undefined
  #pushes: PushLoop | undefined
  /** Typed before the store was read. */
  readonly #early: Uint8Array[] = []
  #replicaId: ReplicaId | undefined
  #phase: Phase = 'loading'
  #link: Link | undefined
  #leave: (() => void) | undefined
  #welcome: Welcome | undefined
  #role: Role | undefined
  #schemaVersion = 0
  #open = false
  #error: SyncError | undefined
  #setAside: Promise<void> | undefined
  #view: ReplicaView

  constructor(options: ReplicaOptions, ports: ReplicaPorts) {
    this.#options = options
    this.#ports = ports
    this.doc = options.doc
    this.#copy = new ReplicaCopy(options.documentId, options.doc, ports.store, () => this.#refresh())
    this.#backoff = new Backoff(ports.clock, ports.chance)
    this.#presence = new ReplicaPresence(ports.clock, (caret) => this.#sendCaret(caret))
    this.doc.on('update', this.#onUpdate)
    this.#view = this.#computeView()
  }

  /** Known once `start` has resolved. */
  get replicaId(): ReplicaId | undefined {
    return this.#replicaId
  }

  get view(): ReplicaView {
    return this.#view
  }

  /** Own session, while joined. */
  get sessionId(): SessionId | undefined {
    return this.#welcome?.sessionId
  }

  /** Everybody here, this session included. Replaced, never changed in place. */
  get people(): ReadonlyMap<SessionId, PresenceEntry> {
    return this.#presence.people
  }

  /** Reads the store and applies what it has. Never rejects: a broken store means starting empty, and `keeping: 'nowhere'`. */
  async start(): Promise<void> {
    const { documentId } = this.#options
    const stored = await this.#copy.load(() => this.#ports.chance.id() as ReplicaId)
    if (this.#phase === 'ended') return
    this.#replicaId = stored.replicaId
    this.#unsent = new UnsentWork({ documentId, store: this.#ports.store, stored, changed: () => this.#pump() })
    this.#pushes = new PushLoop({
      unsent: this.#unsent,
      clock: this.#ports.clock,
      backoff: this.#backoff,
      refusals: this.#refusals,
    })
    this.#open = stored.token !== undefined
    for (const update of this.#early.splice(0)) this.#unsent.add(update)
    this.#step('loaded')
    this.#join()
  }

  /** A link is up: join over it. Replaces an earlier one. */
  attach(link: Link): void {
    if (this.#link !== undefined) this.detach()
    this.#link = link
    this.#join()
  }

  /** The link is gone. What was in flight may have arrived or not: it is sent again under its push id. */
  detach(): void {
    this.#link = undefined
    this.#part()
  }

  /** Own caret; the newest wins, and it is sent at most every LIMITS.presenceFrameMs. */
  setCaret(caret: Caret): void {
    this.#presence.setCaret(caret)
  }

  /** Called after any change of `view`. Returns unsubscribe. */
  onView(listener: () => void): () => void {
    this.#viewListeners.add(listener)
    return () => this.#viewListeners.delete(listener)
  }

  onPeople(listener: () => void): () => void {
    return this.#presence.onPeople(listener)
  }

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  /** Leaves and stops listening to the doc. What is unsent stays in the store. Resolves when writing to it has ended. */
  async stop(): Promise<void> {
    this.#end(undefined)
    await this.#unsent?.written()
    await this.#setAside
    await this.#copy.written()
  }

  // --- joining ----------------------------------------------------------------------------------

  #join(): void {
    const { documentId, schemaVersion } = this.#options
    if (this.#link === undefined || this.#replicaId === undefined || this.#phase !== 'offline') return
    this.#backoff.cancel()
    this.#step('joined')
    const link = this.#link
    // Built freshly each time: the token has moved since the last join.
    const { token } = this.#copy
    const input = {
      documentId,
      replicaId: this.#replicaId,
      protocolVersion: PROTOCOL_VERSION,
      schemaVersion,
      ...(token && { resume: token }),
    }
    let current = true
    const leave = link.join(input, {
      frame: (frame) => {
        if (current) this.#receive(frame)
      },
      ended: (error) => {
        if (current) this.#joinEnded(error)
      },
    })
    this.#leave = () => {
      current = false
      leave()
    }
  }

  #part(): void {
    this.#backoff.cancel()
    this.#leave?.()
    this.#leave = undefined
    this.#welcome = undefined
    this.#sendWhereAllowed()
    this.#presence.clear()
    this.#step('left')
  }

  #joinEnded(error: Error): void {
    const refused = asSyncError(error)
    this.#part()
    if (refused.then === 'give-up' || refused.then === 'reload') this.#giveUp(refused)
    else this.#backoff.later(() => this.#join())
  }

  // --- receiving --------------------------------------------------------------------------------

  #receive(frame: Frame): void {
    try {
      switch (frame.type) {
        case 'welcome':
          return this.#welcomed(frame)
        case 'snapshot':
          this.#copy.snapshot(frame)
          return this.#reached()
        case 'changes':
          return this.#changes(frame)
        default:
          frame satisfies never
      }
    } catch (error) {
      // What arrived cannot be applied: a defect, or frames out of order. The log is right, so it is read again.
      this.#joinEnded(asSyncError(error))
    }
  }

  /** [EPOCH-2] A log of another life is never merged: what is unsent becomes a copy. */
  #welcomed(welcome: Welcome): void {
    if (!welcome.resumed && this.#copy.token !== undefined) {
      this.#part()
      return this.#giveUp(
        new SyncError('other-epoch', 'The document was restored to another state since this browser has read it.'),
      )
    }
    this.#welcome = welcome
    this.#role = welcome.role
    this.#schemaVersion = welcome.schemaVersion
    this.#copy.begin(welcome)
    this.#presence.welcome(welcome)
    this.#step('welcomed')
    this.#sendWhereAllowed()
    this.#reached()
  }

  #changes(frame: Changes): void {
    // Before the updates: an older page must not touch what a newer schema wrote.
    if (frame.access !== undefined) {
      this.#role = frame.access.role
      this.#schemaVersion = frame.access.schemaVersion
      this.#sendWhereAllowed()
    }
    this.#copy.changes(frame)
    this.#presence.hear(frame.presence ?? [])
    for (const event of frame.events ?? []) for (const listener of this.#eventListeners) listener(event)
    this.#reached()
  }

  #reached(): void {
    if (this.#welcome === undefined || (this.#copy.token?.seq ?? 0) < this.#welcome.head) return this.#refresh()
    this.#backoff.succeeded()
    this.#open = true
    this.#step('reached')
  }

  // --- sending ----------------------------------------------------------------------------------

  readonly #onUpdate = (update: Uint8Array, origin: unknown): void => {
    if (origin === this.#copy || this.#phase === 'ended') return
    if (this.#unsent === undefined) this.#early.push(update)
    else this.#unsent.add(update)
    this.#refresh()
  }

  #pump(): void {
    this.#pushes?.pump()
    this.#refresh()
  }

  /** [REP-5] Over the welcomed link, and nothing from a page that is too old for the document. */
  #sendWhereAllowed(): void {
    const { documentId, schemaVersion } = this.#options
    const [link, epoch, replicaId] = [this.#link, this.#welcome?.epoch, this.#replicaId]
    const allowed = this.#schemaVersion <= schemaVersion
    const over = allowed && link && epoch && replicaId && { link, documentId, epoch, replicaId, schemaVersion }
    this.#pushes?.use(over || undefined)
    this.#refresh()
  }

  readonly #refusals: PushRefusals = {
    rejoin: () => {
      this.#part()
      this.#backoff.later(() => this.#join())
    },
    giveUp: (error) => {
      this.#part()
      this.#giveUp(error)
    },
    changed: () => this.#refresh(),
  }

  #sendCaret(caret: Caret): void {
    if (this.#link === undefined || this.#welcome === undefined) return
    const { documentId } = this.#options
    this.#link.presence({ documentId, sessionId: this.#welcome.sessionId, caret }).catch((error: unknown) => {
      // Presence is never worth a retry: the next caret replaces this one.
      if (!(error instanceof Error)) throw error
    })
  }

  // --- ending -----------------------------------------------------------------------------------

  /** [REP-6] A refusal loses nothing and never loops: unsent work becomes a copy, unless the next page can still send it. */
  #giveUp(error: SyncError): void {
    const unsent = this.#unsent?.updates ?? this.#early
    this.#end(error)
    if (error.then === 'reload') return
    const copy =
      unsent.length > 0
        ? { reason: error.code, whole: Y.encodeStateAsUpdate(this.doc), at: this.#ports.clock.now() }
        : undefined
    this.#setAside = (async () => {
      // What is still being written belongs to what is forgotten here.
      await this.#unsent?.written()
      await this.#copy.setAside(copy)
    })()
  }

  #end(error: SyncError | undefined): void {
    this.#error ??= error
    this.doc.off('update', this.#onUpdate)
    this.#link = undefined
    this.#part()
    this.#presence.stop()
    this.#step('failed')
  }

  #step(event: PhaseEvent): void {
    this.#phase = NEXT_PHASE[this.#phase][event]
    this.#refresh()
  }

  #refresh(): void {
    const view = sameView(this.#view, this.#computeView())
    if (view === this.#view) return
    this.#view = view
    for (const listener of this.#viewListeners) listener()
  }

  #computeView(): ReplicaView {
    const unsentCount = this.#unsent?.count ?? this.#early.length
    const connected = this.#phase === 'live' || this.#phase === 'catching-up'
    const editable = this.#role === 'editor' || this.#role === 'owner' || this.#role === undefined
    return {
      phase: this.#phase,
      open: this.#open,
      saving: unsentCount === 0 ? 'saved' : connected && !this.#backoff.isFailing ? 'saving' : 'unsaved',
      keeping: this.#copy.broken || this.#unsent?.keptNowhere === true ? 'nowhere' : 'device',
      unsentCount,
      role: this.#role,
      readOnly:
        !this.#open || this.#phase === 'ended' || !editable || this.#schemaVersion > this.#options.schemaVersion,
      progress: this.#open ? 1 : this.#copy.progress,
      error: this.#error,
    }
  }
}
