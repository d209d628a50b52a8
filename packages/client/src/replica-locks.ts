import type { ReplicaId } from '@tandem/sync'

/** Tells whose page is still open. */
export interface ReplicaLocks {
  /** Marks a replica as alive until the returned function is called, or its page is gone. */
  hold(replicaId: ReplicaId): Promise<() => void>
  /** Which of them are alive, in any page of this browser. Undefined: this browser cannot tell. */
  alive(): Promise<ReadonlySet<string> | undefined>
}

const PREFIX = 'tandem:replica:'

/** Over Web Locks: the browser lets go of a page's locks when it is gone, however it went. */
export function webLocks(locks: LockManager): ReplicaLocks {
  return {
    async hold(replicaId) {
      const granted = Promise.withResolvers<() => void>()
      locks
        .request(PREFIX + replicaId, () => new Promise<void>((resolve) => granted.resolve(resolve)))
        .catch((error: Error) => granted.reject(error))
      return granted.promise
    },
    async alive() {
      const { held = [] } = await locks.query()
      return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [])))
    },
  }
}

/** Plain http in a LAN has no Web Locks: everybody's unsent work is sent by everybody, which is harmless (updates are idempotent). */
export const noLocks: ReplicaLocks = {
  hold: async () => () => undefined,
  alive: async () => undefined,
}
