import type { AppRouter } from '@tandem/api'
import { TRPCClientError, wsLink, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { Chance, Clock, SyncError } from '@tandem/sync'
import type { DocumentConnection } from './document-view.ts'
import { KeptSocket } from './kept-socket.ts'
import type { SocketLife, TicketSource } from './socket-life.ts'
import { toSyncError } from './sync-error.ts'
import type { WakeEvent } from './wake-events.ts'

/** A page that turns from one view to the next unsubscribes and subscribes: no reason to close the socket. */
const LINGER_MS = 1_000

/** live: events arrive. reconnecting: not yet, or not for the moment. offline: there is no way to the server for now. */
export type LiveConnection = DocumentConnection

interface Watcher {
  /** Starts over this socket; returns stop. */
  begin(life: SocketLife): () => void
  fail(reason: SyncError): void
  stop: () => void
}

/**
 * One socket for the live events of the whole client, open while somebody listens.
 *
 * A subscription outlives its sockets: it is begun again on the next one, and its listener hears `onStarted` anew.
 * Events in between are lost (they are hints): whoever listens fetches afresh in `onStarted`.
 */
export class LiveSocket {
  readonly #socket: KeptSocket
  readonly #clock: Clock
  readonly #watchers = new Set<Watcher>()
  #life: SocketLife | undefined
  #cancelLinger: () => void = () => undefined
  readonly #listeners = new Set<() => void>()
  #connection: LiveConnection = 'reconnecting'

  constructor(options: {
    url: string
    token: string | undefined
    ticket: TicketSource | undefined
    WebSocket: typeof WebSocket
    clock: Clock
    chance: Chance
  }) {
    this.#clock = options.clock
    this.#socket = new KeptSocket({
      ...options,
      up: (life) => this.#up(life),
      down: (reason) => this.#down(reason),
      changed: () => this.#refresh(),
    })
  }

  /** Keeps `watcher` going over every socket to come. Returns stop. */
  watch(watcher: Omit<Watcher, 'stop'>): () => void {
    const watching: Watcher = { ...watcher, stop: () => undefined }
    this.#cancelLinger()
    this.#watchers.add(watching)
    if (this.#life) watching.stop = watching.begin(this.#life)
    this.#socket.start()
    return () => {
      if (!this.#watchers.delete(watching)) return
      watching.stop()
      if (this.#watchers.size === 0) this.#cancelLinger = this.#clock.after(LINGER_MS, () => this.#socket.stop())
    }
  }

  readonly getSnapshot = (): LiveConnection => this.#connection

  /** Called after every change of the connection. Returns unsubscribe. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  wake(event: WakeEvent): void {
    this.#socket.wake(event)
  }

  close(): void {
    this.#cancelLinger()
    this.#watchers.clear()
    this.#socket.stop()
  }

  #refresh(): void {
    const { state, isLost } = this.#socket
    const connection = state === 'up' ? 'live' : isLost ? 'offline' : 'reconnecting'
    if (connection === this.#connection) return
    this.#connection = connection
    for (const listener of this.#listeners) listener()
  }

  #up(life: SocketLife): void {
    this.#life = life
    for (const watcher of this.#watchers) watcher.stop = watcher.begin(life)
  }

  #down(reason: SyncError): void {
    this.#life = undefined
    if (reason.then !== 'give-up' && reason.then !== 'reload') return
    for (const watcher of this.#watchers) watcher.fail(reason)
  }
}

/** The terminating link of `client.api` for subscriptions: stock wsLinks, one per socket's life. */
export function liveLink(socket: LiveSocket): TRPCLink<AppRouter> {
  return (runtime) =>
    ({ op }) =>
      observable((observer) =>
        socket.watch({
          begin(life) {
            const running = wsLink<AppRouter>({ client: life.trpc })(runtime)({
              op,
              next: () => observable(() => undefined),
            }).subscribe({
              next: (value) => observer.next(value),
              error(error) {
                const { then } = toSyncError(error)
                // Nothing is wrong with the subscription itself: it begins again with the next socket.
                if (then === 'retry' || then === 'rejoin') life.close(toSyncError(error))
                else observer.error(error)
              },
              complete() {
                if (!life.reason) observer.complete()
              },
            })
            return () => running.unsubscribe()
          },
          fail: (reason) => observer.error(TRPCClientError.from(reason)),
        }),
      )
}
