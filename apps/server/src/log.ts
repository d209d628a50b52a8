import { toSyncError } from '@tandem/api'
import type { TRPCError } from '@trpc/server'
import { pino, type Logger } from 'pino'
import type { LogLevel } from './config.ts'
import type { Metrics } from './metrics.ts'

export type Log = Logger

/** What must never reach a log, wherever it sits in a logged object. */
const SECRET_PATHS = [
  'headers.cookie',
  'headers.authorization',
  'cookie',
  'authorization',
  'token',
  'password',
  'secretKey',
  'databaseUrl',
  'redisUrl',
]

/** JSON lines on stdout. Cookies, tokens and passwords are cut out even when an object that holds them is logged. */
export function createLog(level: LogLevel): Log {
  return pino({
    level,
    base: null,
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[secret]' },
  })
}

const CREDENTIALS = /\/\/[^/@\s]*@/g

/** An error's message with the credentials of any URL in it cut out. For messages of drivers, which quote what they connect to. */
export function safeMessage(error: unknown): string {
  const message =
    error instanceof AggregateError && error.message === ''
      ? error.errors.map(safeMessage).join(', ')
      : error instanceof Error
        ? error.message
        : String(error)
  return message.replaceAll(CREDENTIALS, '//')
}

/** What a caller did wrong is the caller's to know; what we did wrong, or what failed under us, is the log's. */
export function logFailedCall(
  { log, onRefusal }: { log: Log; onRefusal: Metrics['refusal'] },
  error: TRPCError,
  path: string | undefined,
): void {
  const known = toSyncError(error)
  if (known !== undefined) onRefusal('call', known.code)
  if (known === undefined) log.error({ err: error.cause ?? error, path }, 'a call failed')
  else if (known.code === 'log-unavailable') log.warn({ err: known.cause, path }, known.message)
}
