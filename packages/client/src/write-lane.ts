/** Writes within a transaction that is already open; must start its requests before it first awaits anything else. */
export type Write<Transaction> = (transaction: Transaction) => Promise<unknown>

interface Waiting<Transaction> {
  readonly key: string | undefined
  write: Write<Transaction>
  isStrict: boolean
  readonly done: PromiseWithResolvers<void>
}

export interface Batch<Transaction> {
  readonly transaction: Transaction
  readonly done: Promise<void>
  abort(): void
}

/**
 * Group commit for a browser's database: one transaction at a time, and everything asked for meanwhile goes into
 * the next, in order. Of waiting writes with one key only the newest is written. If a batch fails, each of its
 * writes is tried alone, so that a large one that does not fit refuses nobody else's.
 */
export class WriteLane<Transaction> {
  readonly #begin: (isStrict: boolean) => Promise<Batch<Transaction>>
  #waiting: Waiting<Transaction>[] = []
  #draining: Promise<void> | undefined

  constructor(begin: (isStrict: boolean) => Promise<Batch<Transaction>>) {
    this.#begin = begin
  }

  /** Resolves when it is in the database (`isStrict`: on the disk); rejects with what the database said. */
  write(write: Write<Transaction>, options: { isStrict: boolean; key?: string }): Promise<void> {
    const { key, isStrict } = options
    const same = key === undefined ? undefined : this.#waiting.find((waiting) => waiting.key === key)
    if (same) {
      same.write = write
      same.isStrict ||= isStrict
      return same.done.promise
    }
    const done = Promise.withResolvers<void>()
    this.#waiting.push({ key, write, isStrict, done })
    this.#draining ??= this.#drain()
    return done.promise
  }

  /** Resolves when nothing is waiting or being written. Never rejects. */
  async idle(): Promise<void> {
    while (this.#draining) await this.#draining
  }

  async #drain(): Promise<void> {
    await Promise.resolve() // what is asked for in this turn goes together
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      const outcome = await this.#commit(batch)
      if (outcome.ok) for (const { done } of batch) done.resolve()
      else if (batch.length === 1) batch[0]?.done.reject(outcome.error)
      else await this.#commitEach(batch)
    }
    this.#draining = undefined
  }

  async #commitEach(batch: readonly Waiting<Transaction>[]): Promise<void> {
    for (const waiting of batch) {
      const outcome = await this.#commit([waiting])
      if (outcome.ok) waiting.done.resolve()
      else waiting.done.reject(outcome.error)
    }
  }

  async #commit(batch: readonly Waiting<Transaction>[]): Promise<{ ok: true } | { ok: false; error: unknown }> {
    let opened: Batch<Transaction> | undefined
    try {
      const { transaction, done } = (opened = await this.#begin(batch.some(({ isStrict }) => isStrict)))
      await Promise.all([...batch.map(async ({ write }) => write(transaction)), done])
      return { ok: true }
    } catch (error) {
      opened?.abort()
      return { ok: false, error }
    }
  }
}
