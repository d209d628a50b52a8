import type * as Y from 'yjs'
import { contentDigest } from './content-digest.ts'
import { LIMITS } from './limits.ts'
import type { Chance, Clock } from './ports.ts'
import type { DocumentId, ResumeToken } from './protocol.ts'
import type { ComparedContent, ContentVerdict } from './protocol-compare.ts'
import type { ReplicaView } from './replica-view.ts'

/** What a check sees of its replica. */
export interface CheckedReplica {
  readonly doc: Y.Doc
  readonly view: ReplicaView
  readonly people: { readonly size: number }
  reached(): ResumeToken | undefined
  diverged(): void
  onView(listener: () => void): () => void
}

export interface ContentCheckPorts {
  readonly documentId: DocumentId
  readonly replica: CheckedReplica
  readonly clock: Clock
  readonly chance: Chance
  /** Asks the server. May reject: then nothing is known. */
  compare(content: ComparedContent): Promise<ContentVerdict>
}

/**
 * [DIV-3] Equal state vectors are not equal documents (yjs #794), so a replica now and then has what it shows compared with
 * what the log says, when nobody is busy with it. It costs a walk through the document, and the server a replay that all replicas share.
 */
export class ContentCheck {
  readonly #ports: ContentCheckPorts
  readonly #stopListening: () => void
  #cancelTimer: (() => void) | undefined
  #touchedAtMs: number
  /** Not before that. Undefined: the document was not live yet. A reconnect puts it off. */
  #dueAtMs: number | undefined
  /** Where it was last found to be the same: nothing new has to be compared. */
  #sameAt: ResumeToken | undefined
  #isLive = false
  /** Grows with whatever happens in the replica. */
  #touches = 0
  #isAsking = false

  constructor(ports: ContentCheckPorts) {
    this.#ports = ports
    const { replica, clock } = ports
    this.#touchedAtMs = clock.now()
    replica.doc.on('afterTransactionCleanup', this.#touch) // 'update' would have Yjs encode every one
    const stopViewing = replica.onView(this.#touch)
    this.#stopListening = () => {
      replica.doc.off('afterTransactionCleanup', this.#touch)
      stopViewing()
    }
  }

  stop(): void {
    this.#stopListening()
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  readonly #touch = (): void => {
    const { replica, clock, chance } = this.#ports
    this.#touches += 1
    this.#touchedAtMs = clock.now()
    if (replica.view.phase === 'ended') return this.stop()
    const wasLive = this.#isLive
    this.#isLive = replica.view.phase === 'live'
    if (!this.#isLive) return
    // Opened, or back: so are all the others who were cut off with it.
    const spreadMs = LIMITS.compareIdleMs + chance.fraction() * LIMITS.compareSpreadMs
    if (!wasLive) this.#dueAtMs = Math.max(this.#dueAtMs ?? 0, clock.now() + spreadMs)
    if (this.#cancelTimer === undefined) this.#arm()
  }

  #arm(): void {
    const { clock } = this.#ports
    this.#cancelTimer = clock.after(Math.max(0, this.#askAtMs - clock.now()), () => {
      this.#cancelTimer = undefined
      // Typing goes on: not a timer for every key, but another look when it may have ended.
      if (clock.now() < this.#askAtMs) return this.#arm()
      void this.#compare()
    })
  }

  get #askAtMs(): number {
    return Math.max(this.#touchedAtMs + LIMITS.compareIdleMs, this.#dueAtMs ?? 0)
  }

  /** Nothing to compare: the next touch arms the timer again. */
  async #compare(): Promise<void> {
    const at = this.#comparable()
    if (at === undefined || this.#isAsking) return
    if (!this.#isAmongThoseWhoAsk()) return this.#again(LIMITS.compareEveryMs)
    const { documentId, replica, compare } = this.#ports
    const digest = contentDigest(replica.doc)
    if (digest === undefined) return this.#again(LIMITS.compareEveryMs)
    const touches = this.#touches
    this.#isAsking = true
    const verdict = await compare({ documentId, epoch: at.epoch, seq: at.seq, digest }).catch(() => 'unknown' as const)
    this.#isAsking = false
    // [DIV-5]
    if (verdict === 'unknown' || (verdict === 'other' && touches !== this.#touches)) return this.#askAgain()
    if (verdict === 'other') return replica.diverged()
    this.#sameAt = at
    this.#again(LIMITS.compareEveryMs)
    if (touches !== this.#touches) this.#touch()
  }

  /** [DIV-5] What can be compared: all of it is in the log, as far as this replica has read. */
  #comparable(): ResumeToken | undefined {
    const { replica } = this.#ports
    const { phase, unsentCount, isTooOld, damagedAfterMs } = replica.view
    const at = replica.reached()
    const isWhole = phase === 'live' && unsentCount === 0 && !isTooOld && damagedAfterMs === undefined
    if (!isWhole || at === undefined || replica.doc.store.pendingStructs !== null) return undefined
    return at.epoch === this.#sameAt?.epoch && at.seq === this.#sameAt.seq ? undefined : at
  }

  #isAmongThoseWhoAsk(): boolean {
    const { replica, chance } = this.#ports
    return chance.fraction() * replica.people.size < LIMITS.comparers
  }

  #askAgain(): void {
    this.#again(LIMITS.compareAgainMs)
    if (this.#ports.replica.view.phase === 'live') this.#arm()
  }

  /** Each at a time of its own. */
  #again(afterMs: number): void {
    const { clock, chance } = this.#ports
    this.#dueAtMs = clock.now() + afterMs * (1 + chance.fraction() / 2)
  }
}
