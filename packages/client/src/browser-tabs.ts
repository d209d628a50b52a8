import type { LeftWork, ReplicaId, TabMessage, Tabs } from '@tandem/sync'
import { isUpdate } from './browser-records.ts'
import type { ReplicaLocks } from './replica-locks.ts'

/** To every other page of this origin that has opened one of the same name. */
export type TabChannel = Pick<BroadcastChannel, 'addEventListener' | 'removeEventListener' | 'postMessage' | 'close'>

/** Pages that speak otherwise do not hear each other. */
const VERSION = 1

/** The tabs of this browser that share one life of a document's stored copy, over BroadcastChannel and Web Locks. */
export class BrowserTabs implements Tabs {
  readonly #name: string
  readonly #locks: ReplicaLocks
  readonly #openChannel: (name: string) => TabChannel
  /** While it hears. */
  #channel: TabChannel | undefined
  readonly #left: (schemaVersion: number) => Promise<LeftWork>
  /** Tabs that were heard, and what stops waiting for their end. */
  readonly #watched = new Map<ReplicaId, () => void>()
  #takeOver: (() => void) | undefined

  constructor(options: {
    /** Of the database, the document and the life of its stored copy. */
    name: string
    locks: ReplicaLocks
    openChannel(name: string): TabChannel
    left(schemaVersion: number): Promise<LeftWork>
  }) {
    this.#name = `tandem:tabs:${VERSION}:${options.name}`
    this.#locks = options.locks
    this.#left = options.left
    this.#openChannel = options.openChannel
  }

  tell(message: TabMessage): void {
    this.#channel?.postMessage(message)
  }

  hear(listener: (message: TabMessage) => void): () => void {
    const channel = this.#openChannel(this.#name)
    this.#channel = channel
    const stopping = new AbortController()
    const heard = ({ data }: MessageEvent<unknown>): void => {
      if (!isTabMessage(data)) return
      this.#watch(data.from)
      listener(data)
    }
    channel.addEventListener('message', heard, { signal: stopping.signal })
    return () => {
      this.#channel = undefined
      stopping.abort()
      channel.close()
      for (const stop of this.#watched.values()) stop()
      this.#watched.clear()
    }
  }

  lead(granted: () => void): () => void {
    const letGo = this.#locks.take(`${this.#name}:lead`, () => {
      this.#takeOver = granted
      granted()
    })
    return () => {
      this.#takeOver = undefined
      letGo()
    }
  }

  left(schemaVersion: number): Promise<LeftWork> {
    return this.#left(schemaVersion)
  }

  /** However a tab goes, the browser lets go of its locks then. */
  #watch(replicaId: ReplicaId): void {
    if (this.#watched.has(replicaId)) return
    const stop = this.#locks.whenGone(replicaId, () => {
      this.#watched.delete(replicaId)
      this.#takeOver?.()
    })
    this.#watched.set(replicaId, stop)
  }
}

/** It comes from another page of this origin, maybe another version of it. */
function isTabMessage(data: unknown): data is TabMessage {
  if (typeof data !== 'object' || data === null) return false
  const { from, schemaVersion, reach, saved, since = {}, pieces = [] } = data as Record<keyof TabMessage, unknown>
  return (
    typeof from === 'string' &&
    Number.isSafeInteger(schemaVersion) &&
    [reach, saved, since].every(isReach) &&
    Array.isArray(pieces) &&
    pieces.every(
      (piece: Partial<Record<'update' | 'reach', unknown>>) => isUpdate(piece.update) && isReach(piece.reach),
    )
  )
}

function isReach(reach: unknown): boolean {
  return typeof reach === 'object' && reach !== null && Object.values(reach).every(Number.isSafeInteger)
}
