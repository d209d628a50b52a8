import { isErrorCode, SyncError, type ErrorCode } from '@tandem/sync'
import { TRPCClientError } from '@trpc/client'

/** Errors that tRPC itself makes, before a procedure of ours could name them. What is not here is worth a retry. */
const BY_TRPC_CODE: Readonly<Record<string, ErrorCode>> = {
  UNAUTHORIZED: 'not-signed-in',
  FORBIDDEN: 'not-allowed',
  TOO_MANY_REQUESTS: 'overloaded',
  PAYLOAD_TOO_LARGE: 'update-too-large',
  BAD_REQUEST: 'bad-input',
  PARSE_ERROR: 'bad-input',
  NOT_FOUND: 'client-too-old', // no such procedure: this page and that server are of different versions
  METHOD_NOT_SUPPORTED: 'client-too-old',
  CLIENT_CLOSED_REQUEST: 'socket-closed',
}

/** The table's close codes, the other way round. One code stands for several errors: the mildest that fits a whole socket. */
const BY_CLOSE_CODE: Readonly<Record<number, ErrorCode>> = {
  1009: 'update-too-large',
  1012: 'node-draining',
  1013: 'log-unavailable',
  4400: 'bad-input',
  4401: 'not-signed-in',
  4403: 'not-allowed',
  4408: 'too-slow',
  4409: 'not-joined',
  4413: 'document-full',
  4426: 'client-too-old',
  4429: 'overloaded',
}

/** The one funnel for whatever a call rejected with. A failure that nobody named is the network: 'socket-closed'. Never throws. */
export function toSyncError(error: unknown): SyncError {
  if (error instanceof SyncError) return error
  if (error instanceof TRPCClientError) {
    return (
      namedError(error.shape, error) ?? new SyncError('socket-closed', 'The connection was lost.', { cause: error })
    )
  }
  return new SyncError('socket-closed', error instanceof Error ? error.message : 'The connection was lost.', {
    cause: error,
  })
}

/** What an error shape of the server (`{ message, data: { code, sync } }`) says; undefined when it says nothing. */
export function namedError(shape: unknown, cause: unknown): SyncError | undefined {
  const data = property(shape, 'data')
  const sync = property(data, 'sync')
  const code = property(sync, 'code')
  const message = property(sync, 'message') ?? property(shape, 'message')
  const text = typeof message === 'string' ? message : 'The server refused without saying why.'
  if (isErrorCode(code)) return new SyncError(code, text, { cause })
  const trpcCode = property(data, 'code')
  return typeof trpcCode === 'string'
    ? new SyncError(BY_TRPC_CODE[trpcCode] ?? 'log-unavailable', text, { cause })
    : undefined
}

/** Why a socket was closed, by its close code and the server's reason. */
export function closeError(code: number, reason: string): SyncError {
  return new SyncError(BY_CLOSE_CODE[code] ?? 'socket-closed', reason || `The connection was closed (${code}).`)
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}
