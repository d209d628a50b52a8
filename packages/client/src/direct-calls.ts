import { SyncError } from '@tandem/sync'
import { namedError } from './sync-error.ts'

/** tRPC numbers its requests. */
const OWN = 'direct-'

/**
 * Calls that leave in the turn in which they are made, beside tRPC's client and in its very words.
 *
 * That client gathers what is called by a timer of 0 ms. In a page where somebody types, the browser draws the letter before it
 * comes to the timer: 8 to 14 of the 26 ms from a key to the other's screen (docs/flame-notes.md, W10).
 */
export class DirectCalls {
  readonly #send: (message: object) => void
  readonly #waiting = new Map<unknown, PromiseWithResolvers<object>>()
  #count = 0

  /** `send` may throw: then that call rejects. */
  constructor(send: (message: object) => void) {
    this.#send = send
  }

  /** Resolves with what the procedure returns, which must be an object. Rejects with the SyncError that the server names. */
  mutate(path: string, input: object): Promise<object> {
    const id = OWN + (this.#count += 1)
    const answer = Promise.withResolvers<object>()
    this.#waiting.set(id, answer)
    try {
      this.#send({ id, method: 'mutation', params: { path, input } })
    } catch (cause) {
      this.#waiting.delete(id)
      answer.reject(new SyncError('socket-closed', 'It could not be sent.', { cause }))
    }
    return answer.promise
  }

  /** True: it answers one of these, and is nobody else's. */
  take({ id, result, error }: Record<string, unknown>): boolean {
    const answer = this.#waiting.get(id)
    if (answer === undefined) return false
    this.#waiting.delete(id)
    const data = typeof result === 'object' && result !== null && 'data' in result ? result.data : undefined
    if (typeof data === 'object' && data !== null) answer.resolve(data)
    else
      answer.reject(
        namedError(error, error) ??
          new SyncError('socket-closed', 'The server’s answer cannot be read.', { cause: error }),
      )
    return true
  }

  /** Rejects what waits for an answer. */
  end(reason: SyncError): void {
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
  }
}
