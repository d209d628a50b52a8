import { asSyncError, type SyncError } from './errors.ts'
import type { Link } from './ports.ts'
import {
  PROTOCOL_VERSION,
  type Caret,
  type DocumentId,
  type Epoch,
  type Frame,
  type ReplicaId,
  type ResumeToken,
  type Role,
  type SessionId,
  type Welcome,
} from './protocol.ts'
import { allows } from './role-book.ts'

/** What its replica hears of a join, until it parts; nothing afterwards. */
export interface JoinListener {
  /** Throws when the frame cannot be applied; that ends the join. */
  frame(frame: Frame): void
  ended(error: SyncError): void
}

/** One replica's place in a room: the link, the join under way, and what the welcome and later frames said of it. */
export class ReplicaJoin {
  readonly #documentId: DocumentId
  readonly #schemaVersion: number
  readonly #listener: JoinListener
  #link: Link | undefined
  #leave: (() => void) | undefined
  #welcome: Welcome | undefined
  #role: Role | undefined
  #documentSchemaVersion = 0
  #damagedAfterMs: number | undefined

  constructor(options: { documentId: DocumentId; schemaVersion: number; listener: JoinListener }) {
    this.#documentId = options.documentId
    this.#schemaVersion = options.schemaVersion
    this.#listener = options.listener
  }

  get link(): Link | undefined {
    return this.#link
  }

  set link(link: Link | undefined) {
    this.#link = link
  }

  get sessionId(): SessionId | undefined {
    return this.#welcome?.sessionId
  }

  get epoch(): Epoch | undefined {
    return this.#welcome?.epoch
  }

  /** The head that the welcome named; undefined while there is none. */
  get welcomedHead(): number | undefined {
    return this.#welcome?.head
  }

  /** As last heard; still known while offline. */
  get role(): Role | undefined {
    return this.#role
  }

  /** The document has a newer schema than this page: it must not write. */
  get isTooOld(): boolean {
    return this.#documentSchemaVersion > this.#schemaVersion
  }

  /** As last heard: the stored document is damaged, and only what was written until then (0: nothing) can be read. */
  get damagedAfterMs(): number | undefined {
    return this.#damagedAfterMs
  }

  /** [DAMAGE-2] [REP-5] Nothing is sent from a page that is too old, or into a document that takes nothing. */
  get maySend(): boolean {
    return !this.isTooOld && this.#damagedAfterMs === undefined
  }

  /** Of itself it sends only where that is welcome; what somebody typed is sent, and refused, in any case. */
  get mayEdit(): boolean {
    return this.maySend && allows(this.#role, 'editor')
  }

  /** The input is built freshly each time: the token has moved since the last join. */
  start(link: Link, replicaId: ReplicaId, token: ResumeToken | undefined): void {
    let current = true
    const input = {
      documentId: this.#documentId,
      replicaId,
      protocolVersion: PROTOCOL_VERSION,
      schemaVersion: this.#schemaVersion,
      ...(token && { resume: token }),
    }
    const leave = link.join(input, {
      frame: (frame) => {
        if (!current) return
        try {
          this.#listener.frame(frame)
        } catch (error) {
          // A defect, or frames out of order. The log is right: it is read again.
          this.#listener.ended(asSyncError(error))
        }
      },
      ended: (error) => {
        if (current) this.#listener.ended(asSyncError(error))
      },
    })
    this.#leave = () => {
      current = false
      leave()
    }
  }

  /** Own caret; of no session, nothing. */
  tell(caret: Caret): void {
    const sessionId = this.#welcome?.sessionId
    if (this.#link === undefined || sessionId === undefined) return
    this.#link.presence({ documentId: this.#documentId, sessionId, caret }).catch((error: unknown) => {
      // Presence is never worth a retry: the next caret replaces this one.
      if (!(error instanceof Error)) throw error
    })
  }

  welcomed(welcome: Welcome): void {
    this.#welcome = welcome
    this.#damagedAfterMs = welcome.damagedAfter
    this.accessIs(welcome)
  }

  accessIs({ role, schemaVersion }: { role: Role; schemaVersion: number }): void {
    this.#role = role
    this.schemaReached(schemaVersion)
  }

  /** [REP-9] Heard of the document, or found in what is stored of it. */
  schemaReached(schemaVersion: number): void {
    // A document never goes back; a node that lags behind the log may still say the older one.
    this.#documentSchemaVersion = Math.max(this.#documentSchemaVersion, schemaVersion)
  }

  /** Leaves the room; the link may stay. */
  part(): void {
    this.#leave?.()
    this.#leave = undefined
    this.#welcome = undefined
  }
}
