import { Kysely, PostgresDialect, sql, type PostgresPool, type RawBuilder } from 'kysely'
import pg from 'pg'
import { compiled, type Database, type Outcome, type Statement } from './database.ts'
import { CREATE_MIGRATION_TABLE, migrationsFor } from './migrations.ts'
import { orUnavailable } from './storage-error.ts'
import type { Tables } from './tables.ts'

const STATEMENT_MS = 5_000
/** A little longer: the server's own refusal says more than silence does. */
const SILENCE_MS = STATEMENT_MS + 500
const CONNECT_MS = 3_000
/** Waiting for another node's migrations at a common start. */
const MIGRATION_MS = 60_000
const POOL_SIZE = 10
/** Any number, the same on every node: names the lock that migrations are run under. */
const MIGRATION_LOCK = 7_261_400_001

/** Connects and brings the tables up to date; safe when several nodes start at once. `onIdleError`: a connection broke that nobody was using; the pool replaces it. */
export async function openPostgresStorage(
  databaseUrl: string,
  onIdleError: (error: Error) => void,
): Promise<PostgresStorage> {
  const storage = new PostgresStorage(openPostgresPool(databaseUrl, { onIdleError }))
  try {
    await storage.alone(migrate)
    return storage
  } catch (error) {
    await storage.close()
    throw error
  }
}

/** A PostgreSQL database, shared by all nodes. */
export class PostgresStorage implements Database {
  readonly dialect = 'postgres'
  /** For the one statement that appends, and for better-auth. Everything else goes through `read`, `view`, `write`. */
  readonly pool: pg.Pool
  readonly kysely: Kysely<Tables>

  constructor(pool: pg.Pool) {
    this.pool = pool
    this.kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withoutBrokenClients(pool) }) })
  }

  now(): RawBuilder<number> {
    return sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`
  }

  async read<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return orUnavailable(() => work(this.kysely))
  }

  async view<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    const moment = this.kysely.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
    return orUnavailable(() => moment.execute(work))
  }

  async write(build: (database: Kysely<Tables>) => readonly Statement[]): Promise<readonly Outcome[]> {
    const queries = build(this.kysely).map(compiled)
    const [only, ...more] = queries
    if (only !== undefined && more.length === 0) {
      return orUnavailable(async () => [await this.kysely.executeQuery(only)])
    }
    return orUnavailable(() =>
      this.kysely.transaction().execute(async (transaction) => {
        const results: Outcome[] = []
        for (const query of queries) results.push(await transaction.executeQuery(query))
        return results
      }),
    )
  }

  /** Runs `work` while no other node runs anything here: for migrations at a start. */
  async alone<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    return orUnavailable(async () => {
      const client = await this.pool.connect()
      try {
        await client.query(`set statement_timeout = ${MIGRATION_MS}`)
        await client.query({
          text: 'select pg_advisory_lock($1)',
          values: [MIGRATION_LOCK],
          query_timeout: MIGRATION_MS,
        } as pg.QueryConfig)
        return await work(client)
      } finally {
        // Ends the session, and with it the lock and the settings, whatever happened.
        client.release(true)
      }
    })
  }

  async close(): Promise<void> {
    await this.pool.end()
  }
}

/** Connects when first asked. Everything is bounded in time: connecting, a statement, and a server that says nothing. */
export function openPostgresPool(
  databaseUrl: string,
  options: { size?: number; onIdleError?: (error: Error) => void } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: options.size ?? POOL_SIZE,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: SILENCE_MS,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    application_name: 'tandem',
    types: { getTypeParser },
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it; its types do not say so yet
    onConnect: insistOnDurability,
  })
  pool.on('error', options.onIdleError ?? (() => undefined))
  // Without a listener, a connection that breaks while checked out would end the process. Its query rejects anyway.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** An ack means on disk: a database that is set to answer before that is told not to. */
async function insistOnDurability(client: pg.ClientBase): Promise<void> {
  await client.query(
    `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`,
  )
}

/** Integers of 64 bits arrive as text. Ours (times, counts, seqs) are all far below 2^53. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  return oid === INT8 && format !== 'binary'
    ? Number
    : (PARSERS.getTypeParser(oid, format) as (value: string) => unknown)
}

const INT8 = 20
const PARSERS: { getTypeParser(oid: number, format?: 'text' | 'binary'): unknown } = pg.types

/**
 * The pool as Kysely wants it, but a connection that failed in any other way than by the server's own answer (a
 * timeout, a reset) is thrown away: after a network fault its answer may come minutes late, to another question.
 */
function withoutBrokenClients(pool: pg.Pool): PostgresPool {
  const connect = async (): Promise<unknown> => {
    const client = await pool.connect()
    let broken: Error | undefined
    return {
      query: async (text: string, values: unknown[]) => {
        try {
          return await client.query(text, values)
        } catch (error) {
          if (!(error instanceof pg.DatabaseError)) broken = error as Error
          throw error
        }
      },
      release: () => client.release(broken),
    }
  }
  return { connect, end: () => pool.end(), options: {} } as unknown as PostgresPool
}

async function migrate(client: pg.PoolClient): Promise<void> {
  await client.query(CREATE_MIGRATION_TABLE)
  for (const { name, statements } of migrationsFor('postgres')) {
    const { rowCount } = await client.query('select 1 from migration where name = $1', [name])
    if (rowCount !== 0) continue
    await client.query('begin')
    for (const statement of statements) await client.query(statement)
    await client.query('insert into migration (name, at) values ($1, $2)', [name, new Date().toISOString()])
    await client.query('commit')
  }
}
