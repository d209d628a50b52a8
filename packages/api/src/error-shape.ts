import { TRPCError, type TRPCDefaultErrorShape } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { TRPC_ERROR_CODES_BY_KEY, type TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { ERRORS, SyncError, type ErrorCode } from '@tandem/sync'
import { z } from 'zod'

/** What a client reads from a failed call: `error.data.sync`. Undefined only for a fault of the server itself. */
export interface SyncErrorData {
  readonly code: ErrorCode
  readonly message: string
}

type Shape = TRPCDefaultErrorShape & { data: TRPCDefaultErrorShape['data'] & { sync?: SyncErrorData } }

const MESSAGE_LENGTH = 500
const SHOWN_ISSUES = 3

/** What tRPC itself refuses, said without quoting what was sent. */
const REFUSED: Partial<Record<TRPC_ERROR_CODE_KEY, readonly [ErrorCode, string]>> = {
  PARSE_ERROR: [
    'bad-input',
    'The message could not be read. Send what the tRPC client of this version of Tandem sends.',
  ],
  NOT_FOUND: ['client-too-old', 'There is no such procedure. Reload to get the page that fits this server.'],
  METHOD_NOT_SUPPORTED: [
    'client-too-old',
    'That is not how this procedure is called. Reload to get the page that fits this server.',
  ],
  UNSUPPORTED_MEDIA_TYPE: ['bad-input', 'Send JSON over HTTP, binary frames over a WebSocket.'],
  PAYLOAD_TOO_LARGE: ['bad-input', 'The request is larger than this server reads.'],
}

/**
 * The one funnel every error leaves through. A SyncError keeps its code and message; input that a schema refused is
 * 'bad-input' with the path of what was wrong, never its value; anything else is a fault of ours: the log has it, the
 * caller learns nothing of it (no stack, no SQL).
 */
export function errorShape(error: TRPCError): Shape {
  const sync = toSyncError(error)
  if (sync === undefined)
    return withCode('INTERNAL_SERVER_ERROR', 'Something went wrong on the server. Please try again.')
  const message = sync.message.slice(0, MESSAGE_LENGTH)
  const refused = withCode(ERRORS[sync.code].trpc, message)
  return { ...refused, data: { ...refused.data, sync: { code: sync.code, message } } }
}

/** The SyncError that a failed call amounts to; undefined for a fault of the server, which is for the log to tell. */
export function toSyncError(error: TRPCError): SyncError | undefined {
  if (error.cause instanceof SyncError) return error.cause
  if (error.cause instanceof z.ZodError) return badInput(error.cause)
  if (error.code === 'INTERNAL_SERVER_ERROR') return undefined
  const [code, message] = REFUSED[error.code] ?? ['bad-input', 'The call was not understood.']
  return new SyncError(code, message)
}

function badInput(error: z.ZodError): SyncError {
  const issues = error.issues
    .slice(0, SHOWN_ISSUES)
    .map((issue) => `${issue.path.join('.') || 'input'}: ${issue.message}`)
  return new SyncError('bad-input', issues.join('; '))
}

function withCode(code: TRPC_ERROR_CODE_KEY, message: string): Shape {
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }))
  // The path is dropped: for an unknown procedure it is whatever was sent.
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data: { code, httpStatus } }
}
