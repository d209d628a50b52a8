import type { IncomingMessage } from 'node:http'
import { SyncError } from '@tandem/sync'

/** What a page sends without being asked for more: anything above is a file. */
const LARGE_BYTES = 64 * 1024
const MOST = 8
const MOST_OF_ONE = 2
/** Of all of them together: what waits is kept as it came until its turn. */
const MOST_BYTES = 24 * 1024 * 1024

/**
 * Requests with a large body, from their headers to their end: few at a time on this node, fewer from one address, and
 * together no more bytes than may wait in memory. Others are refused before a byte of theirs is read.
 */
export class LargeBodies {
  readonly #onShed: () => void
  readonly #bodyBytes: number
  readonly #byAddress = new Map<string, number>()
  #count = 0
  #bytes = 0

  /** `onShed`: somebody was turned away. `bodyBytes`: the most that is read of any body; at most MOST_BYTES. */
  constructor(onShed: () => void, bodyBytes: number) {
    this.#onShed = onShed
    this.#bodyBytes = bodyBytes
  }

  /** Returns release, which may be called twice. Throws SyncError 'overloaded'. A body that does not say how large it is counts as large. */
  hold({ headers }: Pick<IncomingMessage, 'headers'>, address: string): () => void {
    const said = Number(headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : Infinity))
    if (said <= LARGE_BYTES) return () => undefined
    const bytes = Math.min(said, this.#bodyBytes)
    const own = this.#byAddress.get(address) ?? 0
    if (this.#count >= MOST || own >= MOST_OF_ONE || this.#bytes + bytes > MOST_BYTES) {
      this.#onShed()
      const limit = own >= MOST_OF_ONE ? `${MOST_OF_ONE} from one address` : `${MOST} (together ${MOST_BYTES} bytes)`
      throw new SyncError('overloaded', `At most ${limit} large files are received at once. Send it again in a moment.`)
    }
    this.#count += 1
    this.#bytes += bytes
    this.#byAddress.set(address, own + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#count -= 1
      this.#bytes -= bytes
      const left = (this.#byAddress.get(address) ?? 1) - 1
      if (left > 0) this.#byAddress.set(address, left)
      else this.#byAddress.delete(address)
    }
  }
}
