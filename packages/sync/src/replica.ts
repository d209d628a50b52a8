import * as Y from 'yjs'
import { Backoff } from './backoff.ts'
import { SyncError } from './errors.ts'
import { hearOwnUpdates } from './own-updates.ts'
import type { Link } from './ports.ts'
import type { Caret, Changes, Frame, LiveEvent, PresenceEntry, ReplicaId, SessionId, Welcome } from './protocol.ts'
import { ReplicaCopy } from './replica-copy.ts'
import { ReplicaJoin } from './replica-join.ts'
import { NEXT_PHASE, type Phase, type PhaseEvent } from './replica-phase.ts'
import type { ReplicaOptions, ReplicaPorts } from './replica-options.ts'
import { ReplicaPresence } from './replica-presence.ts'
import { ReplicaSending, type SendingListener } from './replica-sending.ts'
import { sameView, viewOf, type ReplicaView } from './replica-view.ts'
import type { Saves } from './save-traces.ts'

/**
 * The browser's copy of one document and its sending state. It goes on through lost links and restarts: what it
 * received is stored with the token that covers it, what was typed is kept until it is acked, and only an ack counts as saved.
 */
export class Replica {
  readonly doc: Y.Doc
  readonly #options: ReplicaOptions
  readonly #ports: ReplicaPorts
  readonly #copy: ReplicaCopy
  readonly #join: ReplicaJoin
  readonly #presence: ReplicaPresence
  readonly #viewListeners = new Set<() => void>()
  readonly #eventListeners = new Set<(event: LiveEvent) => void>()
  readonly #backoff: Backoff
  readonly #sending: ReplicaSending
  #replicaId: ReplicaId | undefined
  #phase: Phase = 'loading'
  #open = false
  #error: SyncError | undefined
  #setAside: Promise<void> | undefined
  #view: ReplicaView
  readonly #deafen: () => void

  constructor(options: ReplicaOptions, ports: ReplicaPorts) {
    this.#options = options
    this.#ports = ports
    this.doc = options.doc
    this.#copy = new ReplicaCopy(options, ports.store, () => this.#refresh())
    this.#join = new ReplicaJoin({ ...options, listener: { frame: this.#receive, ended: this.#ended } })
    this.#backoff = new Backoff(ports.clock, ports.chance)
    this.#sending = new ReplicaSending(options, ports, this.#heard)
    this.#presence = new ReplicaPresence(ports.clock, (caret) => this.#join.tell(caret))
    this.#deafen = hearOwnUpdates(this.doc, this.#copy, this.#onOwnUpdate)
    this.#view = this.#computeView()
  }

  /** Known once `start` has resolved. */
  get replicaId(): ReplicaId | undefined {
    return this.#replicaId
  }

  get view(): ReplicaView {
    return this.#view
  }

  /** Where unsent work waits, and where the newest that was acked did; undefined until the store has been read. */
  get saves(): Saves | undefined {
    return this.#sending.saves
  }

  /** Own session, while joined. */
  get sessionId(): SessionId | undefined {
    return this.#join.sessionId
  }

  /** Everybody here, this session included. Replaced, never changed in place. */
  get people(): ReadonlyMap<SessionId, PresenceEntry> {
    return this.#presence.people
  }

  /** What the doc has beside unsent work. */
  readonly reached = (): ReplicaCopy['token'] => this.#copy.token
  /** [DIV-4] What the doc says is not what the log says. */
  readonly diverged = (): void => this.#giveUp(new SyncError('diverged', 'This page shows what is not stored.'))

  /** Reads the store and applies what it has. Never rejects: a broken store means starting empty, and `keeping: 'nowhere'`. */
  async start(): Promise<void> {
    const stored = await this.#copy.load(() => this.#ports.chance.id() as ReplicaId)
    if (this.#phase === 'ended') return
    this.#replicaId = stored.replicaId
    this.#join.schemaReached(stored.schemaVersion)
    this.#sending.begin(stored)
    this.#leaveTabsIfTooOld()
    this.#step('loaded')
    this.#joinRoom()
  }

  /** A link is up: join over it. Replaces an earlier one. */
  attach(link: Link): void {
    if (this.#join.link !== undefined) this.detach()
    this.#join.link = link
    this.#joinRoom()
  }

  /** The link is gone. What was in flight may have arrived or not: it is sent again under its push id. */
  detach(): void {
    this.#join.link = undefined
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

  readonly onPeople = (listener: () => void): (() => void) => this.#presence.onPeople(listener)

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  /** Leaves and stops listening to the doc. What is unsent stays in the store. Resolves when writing to it has ended. */
  async stop(): Promise<void> {
    this.#end(undefined)
    await this.#sending.written()
    await this.#setAside
    await this.#copy.written()
  }

  // --- joining ----------------------------------------------------------------------------------

  #joinRoom(): void {
    const { link } = this.#join
    if (link === undefined || this.#replicaId === undefined || this.#phase !== 'offline') return
    this.#backoff.cancel()
    this.#step('joined')
    this.#join.start(link, this.#replicaId, this.#copy.token)
  }

  #part(): void {
    this.#backoff.cancel()
    this.#join.part()
    this.#sendWhereAllowed()
    this.#presence.clear()
    this.#step('left')
  }

  readonly #ended = (error: SyncError): void => {
    this.#part()
    if (error.then === 'give-up' || error.then === 'reload') this.#giveUp(error)
    else this.#backoff.later(() => this.#joinRoom())
  }

  // --- receiving --------------------------------------------------------------------------------

  readonly #receive = (frame: Frame): void => {
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
  }

  /** [EPOCH-2] A log of another life is never merged: what is unsent becomes a copy. */
  #welcomed(welcome: Welcome): void {
    if (!welcome.resumed && this.#copy.token !== undefined) {
      const message = 'The document was restored to another state since this browser has read it.'
      return this.#ended(new SyncError('other-epoch', message))
    }
    this.#join.welcomed(welcome)
    this.#copy.begin(welcome)
    this.#presence.welcome(welcome)
    this.#step('welcomed')
    this.#sendWhereAllowed()
    this.#reached()
  }

  #changes(frame: Changes): void {
    // Before the updates: an older page must not touch what a newer schema wrote.
    if (frame.access !== undefined) {
      this.#join.accessIs(frame.access)
      this.#sendWhereAllowed()
    }
    this.#copy.changes(frame)
    this.#presence.hear(frame)
    for (const event of frame.events ?? []) for (const listener of this.#eventListeners) listener(event)
    this.#reached()
  }

  #reached(): void {
    const { welcomedHead } = this.#join
    if (welcomedHead === undefined || (this.#copy.token?.seq ?? 0) < welcomedHead) return this.#refresh()
    this.#backoff.succeeded()
    this.#open = true
    this.#step('reached')
  }

  // --- sending ----------------------------------------------------------------------------------

  readonly #onOwnUpdate = (update: Uint8Array): void => {
    if (this.#phase === 'ended' || this.#join.isTooOld) return // [REP-5]
    if (!this.#join.mayEdit && this.#copy.keepIfTidying(update)) return
    this.#sending.add(update)
    this.#refresh()
  }

  /** [REP-5] Over the welcomed link, and nothing that cannot be taken. */
  #sendWhereAllowed(): void {
    const { documentId, schemaVersion } = this.#options
    const { link, epoch, maySend } = this.#join
    const replicaId = this.#replicaId
    const over = maySend && link && epoch && replicaId && { link, documentId, epoch, replicaId, schemaVersion }
    this.#leaveTabsIfTooOld()
    this.#sending.use(over || undefined)
    if (this.#join.mayEdit) for (const update of this.#copy.takeTidied()) this.#sending.add(update)
    this.#refresh()
  }

  #leaveTabsIfTooOld(): void {
    if (this.#join.isTooOld) this.#sending.leaveTabs()
  }

  readonly #heard: SendingListener = {
    rejoin: () => {
      this.#part()
      this.#backoff.later(() => this.#joinRoom())
    },
    giveUp: (error) => this.#giveUp(error),
    took: (update) => this.#copy.takeFromTab(update),
    newerSchema: (schemaVersion) => {
      this.#join.schemaReached(schemaVersion)
      this.#sendWhereAllowed()
    },
    changed: () => this.#refresh(),
  }

  // --- ending -----------------------------------------------------------------------------------

  /** [REP-6] A refusal loses nothing and never loops: unsent work becomes a copy, unless the next page can still send it. */
  #giveUp(error: SyncError): void {
    const isUnsent = this.#sending.count > 0
    this.#end(error)
    if (error.then === 'reload') return
    // In another life of the document even what was acked may be gone: then this browser has the only copy of it.
    const isOther = error.code === 'other-epoch' || error.code === 'diverged'
    const isWorth = isUnsent || (isOther && (this.#copy.token?.seq ?? 0) > 0)
    const copy = { reason: error.code, whole: Y.encodeStateAsUpdate(this.doc), at: this.#ports.clock.now() }
    this.#setAside = this.#copy.setAside(isWorth ? copy : undefined, this.#sending.written())
  }

  #end(error: SyncError | undefined): void {
    this.#error ??= error
    this.#deafen()
    this.#join.link = undefined
    this.#sending.leaveTabs()
    this.#part()
    this.#presence.stop()
    this.#step('failed')
  }

  #step(event: PhaseEvent): void {
    this.#phase = NEXT_PHASE[this.#phase][event]
    this.#refresh()
  }

  #refresh(): void {
    this.#open ||= this.#copy.isWhole
    const view = sameView(this.#view, this.#computeView())
    if (view === this.#view) return
    this.#view = view
    for (const listener of this.#viewListeners) listener()
  }

  #computeView(): ReplicaView {
    const { role, isTooOld, damagedAfterMs } = this.#join
    return viewOf({
      phase: this.#phase,
      open: this.#open,
      unsentCount: this.#sending.count,
      isFailing: this.#backoff.isFailing || this.#sending.isFailing,
      keptNowhere: this.#copy.broken || this.#sending.keptNowhere,
      role,
      isTooOld,
      damagedAfterMs,
      peopleMayBeMissing: this.#presence.isLocal,
      progress: this.#copy.progress,
      error: this.#error,
    })
  }
}
