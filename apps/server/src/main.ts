import { readConfig, type Config } from './config.ts'
import { endOnSignals } from './drain.ts'
import { createLog, safeMessage, type Log } from './log.ts'
import { startNode } from './node.ts'

/** Never half-alive: whatever nobody handled ends the process, and whoever started it starts another. */
function endOnFaults(log: Log): void {
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'a fault that nobody handled')
    process.exit(1)
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
}

/** What went wrong at the start, in one line that says what to do. */
function startProblem(error: unknown, config: Config): string {
  const message = safeMessage(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return `Port ${config.port} is in use. Stop what listens there, or set PORT to another one.`
  if (code === 'EACCES') return `Port ${config.port} may not be opened by this user. Set PORT to one above 1023.`
  if (code === 'log-unavailable') {
    const where = config.databaseUrl === undefined ? `DATA_DIR ${config.dataDir}` : 'DATABASE_URL'
    const cause = error instanceof Error && error.cause !== undefined ? ` (${safeMessage(error.cause)})` : ''
    return `The database (${where}) does not answer${cause}. Start it, or correct the setting.`
  }
  return message
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  endOnFaults(log)
  try {
    const node = await startNode(config, log)
    endOnSignals(node, log)
    if (config.publicUrl?.startsWith('https:') !== true)
      log.info('cookies are sent without Secure, because PUBLIC_URL is not https')
    process.stdout.write(`Tandem is ready: ${node.url}\n`)
  } catch (error) {
    throw new Error(`Tandem cannot start: ${startProblem(error, config)}`, { cause: error })
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${safeMessage(error)}\n`)
  process.exit(1)
}
