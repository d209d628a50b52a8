import { SyncError, type ContentCheckPorts, type Frame, type Join, type Link } from '@tandem/sync'
import type { SocketLife } from './socket-life.ts'
import { toSyncError } from './sync-error.ts'

/** The replica's port over one socket's life. */
export function socketLink(life: SocketLife): Link {
  return {
    join: (input, on) => join(life, input, on),
    push: (input) => life.push(input),
    presence: (input) => life.call((api) => api.document.presence.mutate(input)),
  }
}

/** Asks whether what a replica shows is what the log says, over the newest socket. Rejects when that cannot be told. */
export function compareOver(newest: () => SocketLife | undefined): ContentCheckPorts['compare'] {
  return async (content) => {
    const life = newest()
    if (life === undefined) throw new SyncError('socket-closed', 'There was no socket yet.')
    return life.call((api) => api.document.compare.mutate(content))
  }
}

/** A link over which nothing can be done, for a server that refused the socket itself: the replica hears why. */
export function refusedLink(reason: SyncError): Link {
  return {
    join(_, on) {
      queueMicrotask(() => on.ended(reason))
      return () => undefined
    },
    push: () => Promise.reject(reason),
    presence: () => Promise.reject(reason),
  }
}

function join(life: SocketLife, input: Join, on: { frame(frame: Frame): void; ended(error: Error): void }): () => void {
  let isOver = false
  const end = (error: Error) => {
    if (isOver) return
    isOver = true
    on.ended(error)
  }
  if (life.reason) {
    const { reason } = life
    queueMicrotask(() => end(reason))
    return () => (isOver = true)
  }
  const subscription = life.api.document.join.subscribe(input, {
    onData(frame) {
      if (isOver) return
      try {
        on.frame(frame as unknown as Frame) // tRPC infers what JSON would make of bytes; our encoder keeps them bytes
      } catch (error) {
        // tRPC would rethrow it as an uncaught error and go on with the next frame: a hole in what was received.
        subscription.unsubscribe()
        end(toFailure(error))
      }
    },
    onError: (error) => end(life.reason ?? toSyncError(error)),
    onComplete: () => end(life.reason ?? new SyncError('not-joined', 'The server ended this session.')),
  })
  return () => {
    isOver = true
    subscription.unsubscribe()
  }
}

function toFailure(error: unknown): Error {
  return error instanceof Error ? error : new SyncError('socket-closed', String(error))
}
