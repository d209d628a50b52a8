import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres as startServer } from '../../../scripts/parts/postgres-server.ts'

/** A real PostgreSQL of one test file: its own folder, its own port, fsync on. */
export interface PostgresServer {
  /** A new, empty database; its connection string, with a password in it. */
  database(): Promise<string>
  /** Ends as a crash does ('immediate') or cleanly ('fast'), and may start again. */
  stop(mode: 'fast' | 'immediate'): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its folder. May be called twice. */
  close(): Promise<void>
}

const STOP_SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const

/** Starts PostgreSQL on a free port. Throws Error when it is not installed. */
export async function startPostgres(): Promise<PostgresServer> {
  const home = mkdtempSync(join(tmpdir(), 'tandem-postgres-'))
  chmodSync(home, 0o755) // under root it runs as a user of its own
  const folder = join(home, 'postgres')
  let server = await startServer({ folder })
  const { port } = server
  let databases = 0
  const stop = (mode: keyof typeof STOP_SIGNALS): Promise<void> => server.child.stop(STOP_SIGNALS[mode])
  return {
    database: () => server.database(`test_${(databases += 1)}`),
    stop,
    start: async () => {
      server = await startServer({ folder, port })
    },
    close: async () => {
      await stop('immediate')
      rmSync(home, { recursive: true, force: true })
    },
  }
}
