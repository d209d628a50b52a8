import { webLocks, type ReplicaLocks } from '../src/replica-locks.ts'

interface Held {
  readonly name: string
  readonly page: object
  release(): void
}

/** The Web Locks of one browser: first come, first served, and what a page held is free when it is gone. */
export class SharedLocks {
  readonly #held = new Map<string, Held>()
  #wishes: { readonly name: string; readonly page: object; grant(): void }[] = []

  /** As a page of this browser has them. */
  of(page: object): ReplicaLocks {
    const manager: Pick<LockManager, 'query'> & { request(...args: unknown[]): Promise<unknown> } = {
      request: (...args) => {
        const [name, run] = [args[0] as string, args.at(-1) as () => Promise<unknown>]
        const signal = args.length > 2 ? (args[1] as LockOptions).signal : undefined
        return this.#request({ name, page, run, signal })
      },
      query: async () => ({ held: [...this.#held.values()].map(({ name }) => ({ name })), pending: [] }),
    }
    return webLocks(manager)
  }

  /** The page crashed. */
  gone(page: object): void {
    this.#wishes = this.#wishes.filter((wish) => wish.page !== page)
    for (const held of this.#held.values()) if (held.page === page) held.release()
  }

  #request(wish: { name: string; page: object; run(): Promise<unknown>; signal: AbortSignal | undefined }) {
    return new Promise<unknown>((resolve, reject) => {
      const { name, page, run, signal } = wish
      const waiting = { name, page, grant: () => undefined as void }
      waiting.grant = () => {
        const release = (): void => {
          this.#held.delete(name)
          this.#grantNext()
        }
        this.#held.set(name, { name, page, release })
        void run().then((value) => {
          if (this.#held.get(name)?.page === page) release()
          resolve(value)
        })
      }
      signal?.addEventListener('abort', () => {
        const before = this.#wishes.length
        this.#wishes = this.#wishes.filter((other) => other !== waiting)
        if (this.#wishes.length < before) reject(new DOMException('Let go.', 'AbortError'))
      })
      this.#wishes.push(waiting)
      queueMicrotask(() => this.#grantNext())
    })
  }

  #grantNext(): void {
    const next = this.#wishes.find(({ name }) => !this.#held.has(name))
    if (next === undefined) return
    this.#wishes = this.#wishes.filter((wish) => wish !== next)
    next.grant()
    this.#grantNext()
  }
}
