import { SyncError } from '@tandem/sync'

/**
 * What a storage failure becomes: SyncError 'log-unavailable'. The message carries the failure's code only, since a
 * driver's own message may quote a user's text; the whole of it is in `cause`, for the node's own log.
 */
export function unavailable(cause: unknown): SyncError {
  if (cause instanceof SyncError) return cause
  return new SyncError('log-unavailable', `The storage does not answer as it should (${codeOf(cause)}). Try again.`, {
    cause,
  })
}

/** Stored bytes that are not what was written. They are never handed out: the document is put into quarantine (`quarantine.ts`). */
export class Damaged extends SyncError {
  constructor(documentId: string, what: string) {
    super('log-unavailable', `Stored data of document ${documentId} is damaged: ${what}. Try again.`)
  }
}

/** Runs a storage operation; what it throws becomes 'log-unavailable'. */
export async function orUnavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw unavailable(error)
  }
}

/** The code that a driver or the system gave to a failure (`ECONNREFUSED`, `57P01`, `SQLITE_FULL` as 13), else its class. */
function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown failure'
  if ('errcode' in cause && typeof cause.errcode === 'number') return `SQLite ${cause.errcode}`
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  return /time.?out/i.test(cause.message) ? 'timeout' : cause.name
}
