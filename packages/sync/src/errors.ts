/**
 * Every way a call can be refused, and what the replica does about it. One table for the router
 * (which tRPC code), the client (what to do next) and the page (what to say).
 *
 * - `retry`: the same push again after a pause; nothing is wrong with it.
 * - `rejoin`: leave and join again with the resume token, then send what is unsent.
 * - `reload`: this page cannot go on as it is (too old for the document, or signed out). Unsent work stays kept for the next.
 * - `give-up`: this push can never be accepted. It and everything after it becomes a copy the user
 *   can open; the document is rebuilt from the log under a new client id.
 */
export const ERRORS = {
  'log-unavailable': { then: 'retry', trpc: 'SERVICE_UNAVAILABLE', close: 1013 },
  /** Kept until an administrator has repaired it: then it is sent, or becomes a copy when the repair began a new epoch. */
  'document-damaged': { then: 'retry', trpc: 'SERVICE_UNAVAILABLE', close: 1013 },
  overloaded: { then: 'retry', trpc: 'TOO_MANY_REQUESTS', close: 4429 },
  /** Too many came into the document by its link alone: tried again until somebody leaves, or the owner gives a role. */
  'link-full': { then: 'retry', trpc: 'TOO_MANY_REQUESTS', close: 4429 },
  'node-draining': { then: 'rejoin', trpc: 'SERVICE_UNAVAILABLE', close: 1012 },
  'socket-closed': { then: 'rejoin', trpc: 'CLIENT_CLOSED_REQUEST', close: 1006 },
  'not-joined': { then: 'rejoin', trpc: 'PRECONDITION_FAILED', close: 4409 },
  'missing-updates': { then: 'rejoin', trpc: 'PRECONDITION_FAILED', close: 4409 },
  'parts-missing': { then: 'retry', trpc: 'PRECONDITION_FAILED', close: 4409 },
  'too-slow': { then: 'rejoin', trpc: 'CLIENT_CLOSED_REQUEST', close: 4408 },
  'client-too-old': { then: 'reload', trpc: 'PRECONDITION_FAILED', close: 4426 },
  /** What this replica shows is not what the log says: it is read anew. */
  diverged: { then: 'give-up', trpc: 'CONFLICT', close: 4409 },
  'other-epoch': { then: 'give-up', trpc: 'CONFLICT', close: 4409 },
  'unknown-document': { then: 'give-up', trpc: 'NOT_FOUND', close: 4403 },
  'document-deleted': { then: 'give-up', trpc: 'NOT_FOUND', close: 4403 },
  'not-signed-in': { then: 'reload', trpc: 'UNAUTHORIZED', close: 4401 },
  'not-allowed': { then: 'give-up', trpc: 'FORBIDDEN', close: 4403 },
  'malformed-update': { then: 'give-up', trpc: 'BAD_REQUEST', close: 4400 },
  'foreign-client-id': { then: 'give-up', trpc: 'FORBIDDEN', close: 4400 },
  'push-id-reused': { then: 'give-up', trpc: 'CONFLICT', close: 4400 },
  'update-too-large': { then: 'give-up', trpc: 'PAYLOAD_TOO_LARGE', close: 1009 },
  'document-full': { then: 'give-up', trpc: 'PAYLOAD_TOO_LARGE', close: 4413 },
  'bad-input': { then: 'give-up', trpc: 'BAD_REQUEST', close: 4400 },
} as const satisfies Record<string, ErrorPlan>

export type ErrorCode = keyof typeof ERRORS
export type Then = 'retry' | 'rejoin' | 'reload' | 'give-up'

export interface ErrorPlan {
  readonly then: Then
  /** The tRPC error code that carries it; `cause` and `data.sync` carry the code of this table. */
  readonly trpc: string
  /** WebSocket close code, where the whole socket is refused for it. */
  readonly close: number
}

/** The one error that crosses the wire. The code decides what happens next; the message names the limit and the way out. */
export class SyncError extends Error {
  override readonly name = 'SyncError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get then(): Then {
    return ERRORS[this.code].then
  }
}

/** Whether a value received from elsewhere (JSON of an error's `data.sync`) is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value)
}

/** What a call failed with, as a row of the table: an error of another kind means that the socket did not carry it. */
export function asSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error
  return new SyncError('socket-closed', error instanceof Error ? error.message : String(error), { cause: error })
}

export function documentDamaged(): SyncError {
  return new SyncError(
    'document-damaged',
    'The stored document is damaged. It is read-only until an administrator repairs it; what was typed is kept until then.',
  )
}

export function documentDeleted(): SyncError {
  return new SyncError('document-deleted', 'The document was deleted.')
}
