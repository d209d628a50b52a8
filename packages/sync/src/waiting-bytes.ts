import { SyncError } from './errors.ts'
import type { UserId } from './protocol.ts'

const MOST = 16 * 1024 * 1024
/** What is left is for the others. */
const MOST_OF_ONE = 12 * 1024 * 1024

/** How much a document's pushes hold in memory until they are in the log, of everybody and of each user. */
export class WaitingBytes {
  #all = 0
  readonly #byUser = new Map<UserId, number>()

  /** Returns what gives them back; to be called once. Throws SyncError 'overloaded'. */
  take(userId: UserId, bytes: number): () => void {
    const own = this.#byUser.get(userId) ?? 0
    if (this.#all + bytes > MOST) throw tooMuch(MOST)
    // One edit alone may be as large as all that may wait.
    if (own > 0 && own + bytes > MOST_OF_ONE) throw tooMuch(MOST_OF_ONE)
    this.#all += bytes
    this.#byUser.set(userId, own + bytes)
    return () => this.#giveBack(userId, bytes)
  }

  #giveBack(userId: UserId, bytes: number): void {
    const left = (this.#byUser.get(userId) ?? 0) - bytes
    this.#all -= bytes
    if (left > 0) this.#byUser.set(userId, left)
    else this.#byUser.delete(userId)
  }
}

function tooMuch(most: number): SyncError {
  return new SyncError('overloaded', `More than ${most} bytes wait to be written. Send again in a moment.`)
}
