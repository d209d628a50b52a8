import { ERRORS, SyncError } from '@tandem/sync'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'

/**
 * The answer to a request that never reached a procedure (refused at the door, too large), in the very shape in which
 * tRPC answers, so that a client reads `error.data.sync` either way.
 */
export function errorBody(error: Error & { statusCode?: number }): { status: number; body: object } {
  const { code, message } = toSyncError(error)
  const trpcCode = ERRORS[code].trpc
  const status = isFault(error) ? 500 : getHTTPStatusCodeFromError(new TRPCError({ code: trpcCode }))
  return {
    status,
    body: {
      error: {
        message,
        code: TRPC_ERROR_CODES_BY_KEY[trpcCode],
        data: { code: trpcCode, httpStatus: status, sync: { code, message } },
      },
    },
  }
}

function isFault(error: Error & { statusCode?: number }): boolean {
  return !(error instanceof SyncError) && (error.statusCode ?? 500) >= 500
}

function toSyncError(error: Error & { statusCode?: number }): SyncError {
  if (error instanceof SyncError) return error
  if (isFault(error)) return new SyncError('log-unavailable', 'Something went wrong on the server. Please try again.')
  if (error.statusCode === 413)
    return new SyncError('bad-input', 'The request is larger than this server reads (16 MiB). Split it.')
  return new SyncError('bad-input', 'The request could not be read.')
}
