import { ERRORS, SyncError, isErrorCode, type ErrorCode } from '@tandem/sync'

export interface Failure {
  /** Undefined for what is not in the table: a fault of the server, or no answer at all. */
  readonly code: ErrorCode | undefined
  /** In words for the person, as the server said it where it said something. */
  readonly message: string
  /** Trying the same again later may work. */
  readonly passing: boolean
}

/** What went wrong in a call, whichever layer threw it: a SyncError, a tRPC error that carries one, or no network. */
export function failureOf(error: unknown): Failure {
  const code = codeOf(error)
  const message = error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.'
  if (code === undefined)
    return { code, message: isNoAnswer(error) ? 'The server did not answer.' : message, passing: true }
  const { then } = ERRORS[code]
  return { code, message, passing: then === 'retry' || then === 'rejoin' }
}

function codeOf(error: unknown): ErrorCode | undefined {
  if (error instanceof SyncError) return error.code
  const data: unknown = property(error, 'data') ?? property(property(error, 'shape'), 'data')
  const code = property(property(data, 'sync'), 'code')
  return isErrorCode(code) ? code : undefined
}

function isNoAnswer(error: unknown): boolean {
  return error instanceof TypeError || property(error, 'cause') instanceof TypeError
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined
}
