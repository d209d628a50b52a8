import type { ReplicaId } from '@tandem/sync'

/** Tells whose page is still open. */
export interface ReplicaLocks {
  /** Marks a replica as alive until the returned function is called, or its page is gone. */
  hold(replicaId: ReplicaId): Promise<() => void>
  /** Which of them are alive, in any page of this browser. Undefined: this browser cannot tell. */
  alive(): Promise<ReadonlySet<string> | undefined>
  /** Calls back when nobody else in this browser has `name`, if ever. Returns let go, also of the wish. */
  take(name: string, granted: () => void): () => void
  /** Calls back once that replica has let go of its mark, however. Returns stop. */
  whenGone(replicaId: ReplicaId, gone: () => void): () => void
}

const PREFIX = 'tandem:replica:'
/** Held beside the mark, so that nobody who waits for it looks alive. */
const WAITED_FOR = 'tandem:gone:'

/** Over Web Locks: the browser lets go of a page's locks when it is gone, however it went. */
export function webLocks(locks: LockManager): ReplicaLocks {
  return {
    async hold(replicaId) {
      const [unwait, unmark] = await Promise.all([hold(locks, WAITED_FOR + replicaId), hold(locks, PREFIX + replicaId)])
      return () => {
        unmark()
        unwait()
      }
    },
    async alive() {
      const { held = [] } = await locks.query()
      return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])))
    },
    take: (name, granted) => take(locks, name, granted),
    whenGone(replicaId, gone) {
      const letGo = take(locks, WAITED_FOR + replicaId, () => {
        queueMicrotask(() => letGo())
        gone()
      })
      return letGo
    },
  }
}

function hold(locks: LockManager, name: string): Promise<() => void> {
  const granted = Promise.withResolvers<() => void>()
  locks
    .request(name, () => new Promise<void>((resolve) => granted.resolve(resolve)))
    .catch((error: Error) => granted.reject(error))
  return granted.promise
}

function take(locks: LockManager, name: string, granted: () => void): () => void {
  const wish = new AbortController()
  const { promise, resolve } = Promise.withResolvers<void>()
  const got = (): Promise<void> => {
    if (!wish.signal.aborted) granted()
    return promise
  }
  locks.request(name, { signal: wish.signal }, got).catch(() => undefined) // let go before, or refused: then never
  return () => {
    wish.abort()
    resolve()
  }
}

/** Plain http in a LAN has no Web Locks: everybody's unsent work is sent by everybody, which is harmless (updates are idempotent). */
export const noLocks: ReplicaLocks = {
  hold: async () => () => undefined,
  alive: async () => undefined,
  take: () => () => undefined,
  whenGone: () => () => undefined,
}
