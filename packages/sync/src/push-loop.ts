import type { Backoff } from './backoff.ts'
import { SyncError, asSyncError } from './errors.ts'
import type { Clock, Link } from './ports.ts'
import type { DocumentId, Epoch, ReplicaId } from './protocol.ts'
import type { Unsent } from './replica-store.ts'
import type { Sent } from './save-traces.ts'
import { splitUpdate } from './split-update.ts'
import type { UnsentWork } from './unsent-work.ts'

/** What sends right now: a link that has been welcomed, and under which names. */
export interface SendingOver {
  readonly link: Link
  readonly documentId: DocumentId
  readonly epoch: Epoch
  readonly replicaId: ReplicaId
  readonly schemaVersion: number
}

/** The oldest unsent work on its way, in one part or several. */
interface Sending {
  readonly unsent: Unsent
  readonly parts: readonly Uint8Array[]
  /** Parts that the node holds. */
  held: number
}

/** What a refused push asks of its replica. */
export interface PushRefusals {
  /** Leave, and join again after a pause. */
  rejoin(): void
  /** It can never be accepted. */
  giveUp(error: SyncError): void
  /** Something that the view shows has changed. */
  changed(): void
}

/** The same push is refused with 'missing-updates' this often in a row: joining again does not help it. */
const HOPELESS_REJOINS = 5

/** [REP-5] Sends unsent work, one push at a time, oldest first, until each is acked or can never be. */
export class PushLoop {
  readonly #unsent: UnsentWork
  readonly #clock: Clock
  readonly #backoff: Backoff
  readonly #refusals: PushRefusals
  #over: SendingOver | undefined
  /** Since when there has been this link. */
  #overSinceMs = 0
  #sending: Sending | undefined
  #rejoins = { pushId: 0, count: 0 }

  constructor(options: { unsent: UnsentWork; clock: Clock; backoff: Backoff; refusals: PushRefusals }) {
    this.#unsent = options.unsent
    this.#clock = options.clock
    this.#backoff = options.backoff
    this.#refusals = options.refusals
  }

  /** The last attempt was refused: it is tried again. */
  get isFailing(): boolean {
    return this.#backoff.isFailing
  }

  /**
   * Undefined: nothing can be sent now. What was in flight over another link may have arrived or not: it is sent again.
   * `sinceMs`: since when there has been this link.
   */
  use(over: SendingOver | undefined, sinceMs: number): void {
    if (over?.link !== this.#over?.link) {
      this.#sending = undefined
      this.#backoff.cancel()
    }
    this.#over = over
    this.#overSinceMs = sinceMs
    this.pump()
  }

  /** Sends the next one, if none is in flight. */
  pump(): void {
    const over = this.#over
    const unsent = over === undefined || this.#sending !== undefined ? undefined : this.#unsent.takeOldest()
    if (over === undefined || unsent === undefined) return
    let parts: readonly Uint8Array[]
    try {
      parts = splitUpdate(unsent.update)
    } catch (error) {
      return this.#refusals.giveUp(asSyncError(error))
    }
    this.#sending = { unsent, parts, held: 0 }
    this.#sendPart(over, this.#sending)
  }

  /** [PART-1] A big edit goes in parts, each after the one before it was taken; the last one's ack is for all of them. */
  #sendPart({ link, ...names }: SendingOver, sending: Sending): void {
    const { unsent, parts, held } = sending
    const update = parts[held]
    if (update === undefined) return this.#refused(sending, new SyncError('parts-missing', 'The node waits for more.'))
    const inParts = parts.length > 1 && { part: { part: held + 1, of: parts.length } }
    const [sentAt, overSinceMs] = [this.#clock.now(), this.#overSinceMs]
    const push = { ...names, pushId: unsent.pushId, update, sentAt, ...(inParts || undefined) }
    link.push(push).then(
      (answer) => {
        if ('seq' in answer) return this.#acked(sending, { overSinceMs, atMs: sentAt, heldMs: answer.heldMs })
        sending.held = held + 1
        this.#goOn(sending)
      },
      (error: unknown) => this.#refused(sending, asSyncError(error)),
    )
  }

  #goOn(sending: Sending): void {
    if (this.#sending === sending && this.#over !== undefined) this.#sendPart(this.#over, sending)
  }

  /** [REP-4] An ack is an ack, even when the link it came over is gone by now. */
  #acked(sending: Sending, sent: Sent): void {
    if (this.#sending === sending) {
      this.#sending = undefined
      this.#backoff.succeeded()
    }
    this.#unsent.settle(sending.unsent.pushId, sent)
  }

  /** [REP-6] Never in a loop: a pause, another join, or the end. */
  #refused(sending: Sending, error: SyncError): void {
    if (this.#sending !== sending) return
    const { pushId } = sending.unsent
    const again = error.code === 'missing-updates' && this.#rejoins.pushId === pushId
    this.#rejoins = { pushId, count: again ? this.#rejoins.count + 1 : 1 }
    if (error.then === 'retry') {
      if (error.code === 'parts-missing') sending.held = 0
      this.#backoff.later(() => this.#goOn(sending))
      this.#refusals.changed()
    } else if (error.then === 'rejoin' && this.#rejoins.count < HOPELESS_REJOINS) this.#refusals.rejoin()
    else this.#refusals.giveUp(error)
  }
}
