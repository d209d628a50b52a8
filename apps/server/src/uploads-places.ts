import { SyncError, type UserId } from '@tandem/sync'

const MOST = 16
const MOST_OF_ONE = 3

/** Uploads that are being received on this node: few at a time, fewer of one person. Others are refused before a byte of theirs is read. */
export class UploadPlaces {
  readonly #onShed: () => void
  readonly #byUser = new Map<UserId, number>()
  #count = 0

  /** `onShed`: somebody was turned away. */
  constructor(onShed: () => void) {
    this.#onShed = onShed
  }

  /** Returns release, which may be called twice. Throws SyncError 'overloaded'. */
  hold(userId: UserId): () => void {
    const own = this.#byUser.get(userId) ?? 0
    if (this.#count >= MOST || own >= MOST_OF_ONE) {
      this.#onShed()
      const limit = own >= MOST_OF_ONE ? `${MOST_OF_ONE} files of one person` : `${MOST} files`
      throw new SyncError('overloaded', `At most ${limit} are received at once. Send it again in a moment.`)
    }
    this.#count += 1
    this.#byUser.set(userId, own + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#count -= 1
      const left = (this.#byUser.get(userId) ?? 1) - 1
      if (left > 0) this.#byUser.set(userId, left)
      else this.#byUser.delete(userId)
    }
  }
}
