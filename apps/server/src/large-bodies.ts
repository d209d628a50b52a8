import type { IncomingMessage } from 'node:http'
import { SyncError } from '@tandem/sync'

/** What a page sends without being asked for more: anything above is a file. */
const LARGE_BYTES = 64 * 1024
const MOST = 8
const MOST_OF_ONE = 2

/**
 * Requests with a large body, from their headers to their end: few at a time on this node and fewer from one address, so
 * that bodies which wait for their turn are not in memory. Others are refused before a byte of theirs is read.
 */
export class LargeBodies {
  readonly #onShed: () => void
  readonly #byAddress = new Map<string, number>()
  #count = 0

  /** `onShed`: somebody was turned away. */
  constructor(onShed: () => void) {
    this.#onShed = onShed
  }

  /** Returns release, which may be called twice. Throws SyncError 'overloaded'. A body that does not say how large it is counts as large. */
  hold({ headers }: Pick<IncomingMessage, 'headers'>, address: string): () => void {
    const bytes = Number(headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : Infinity))
    if (bytes <= LARGE_BYTES) return () => undefined
    const own = this.#byAddress.get(address) ?? 0
    if (this.#count >= MOST || own >= MOST_OF_ONE) {
      this.#onShed()
      const limit = own >= MOST_OF_ONE ? `${MOST_OF_ONE} from one address` : `${MOST}`
      throw new SyncError('overloaded', `At most ${limit} large files are received at once. Send it again in a moment.`)
    }
    this.#count += 1
    this.#byAddress.set(address, own + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#count -= 1
      const left = (this.#byAddress.get(address) ?? 1) - 1
      if (left > 0) this.#byAddress.set(address, left)
      else this.#byAddress.delete(address)
    }
  }
}
