import type { UserId } from './protocol.ts'

interface QueuedPush {
  readonly author: { readonly userId: UserId }
  readonly bytes: number
}

/**
 * Pushes that wait for their append, by user. Batches are taken from everybody in turn, so one user's many pushes make
 * nobody else wait for more than the append that is under way; those of one user keep their order.
 */
export class PushQueue<Entry extends QueuedPush> {
  /** Whose turn is next comes first. Nobody is here with nothing. */
  readonly #byUser = new Map<UserId, Entry[]>()

  get isEmpty(): boolean {
    return this.#byUser.size === 0
  }

  add(entry: Entry): void {
    const { userId } = entry.author
    const own = this.#byUser.get(userId)
    if (own === undefined) this.#byUser.set(userId, [entry])
    else own.push(entry)
  }

  /** At least one if there is any, then as many as both limits allow. */
  takeBatch(most: { readonly pushes: number; readonly bytes: number }): readonly Entry[] {
    const batch: Entry[] = []
    let bytes = 0
    // A Map shows what is set again while one goes through it: everybody comes up until they have nothing left.
    for (const [userId, own] of this.#byUser) {
      const [next] = own
      if (next === undefined) continue
      if (batch.length > 0 && (batch.length >= most.pushes || bytes + next.bytes > most.bytes)) break
      bytes += next.bytes
      batch.push(next)
      own.shift()
      this.#byUser.delete(userId)
      if (own.length > 0) this.#byUser.set(userId, own)
    }
    return batch
  }

  /** Everything that waits. */
  takeAll(): readonly Entry[] {
    const all = [...this.#byUser.values()].flat()
    this.#byUser.clear()
    return all
  }
}
