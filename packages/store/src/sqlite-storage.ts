import { accessSync, constants, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { compiled, type Database, type Outcome, type Statement } from './database.ts'
import { CREATE_MIGRATION_TABLE, migrationsFor } from './migrations.ts'
import { isBusy, kyselyOverSqlite, openSqlite, returnsRows } from './sqlite-connection.ts'
import { orUnavailable } from './storage-error.ts'
import type { Tables } from './tables.ts'
import { makeWalRoom } from './wal-room.ts'
import { WalSync } from './wal-sync.ts'

/** A lock that another connection (the compaction worker, a sign-up) holds for longer than this is a failure. */
const LOCK_WAIT_MS = 5_000
/** Turns to look again at once before pausing between looks. */
const EAGER_TURNS = 20

/** The embedded database file of a data folder. */
export function sqlitePath(dataDir: string): string {
  return join(dataDir, 'tandem.db')
}

/** Opens the database file of one node, bringing its tables up to date. Whatever an earlier process left in the -wal file is made durable first. */
export async function openSqliteStorage(path: string): Promise<SqliteStorage> {
  const writer = openWriter(path)
  try {
    // A killed process may have left commits that no sync covered: a checkpoint writes and syncs them anew.
    writer.exec('pragma wal_checkpoint(truncate)')
    migrate(writer)
    await untilFree(() => makeWalRoom(writer, path))
    return new SqliteStorage(writer, openSqlite(path), await WalSync.open(path))
  } catch (error) {
    writer.close()
    throw error
  }
}

function openWriter(path: string): DatabaseSync {
  try {
    return openSqlite(path)
  } catch (cause) {
    throw new Error(`The database ${path} cannot be opened: ${(cause as Error).message}.`, { cause })
  }
}

/** The same file from another thread: for the compaction worker, once the node has opened it. */
export async function attachSqliteStorage(path: string): Promise<SqliteStorage> {
  return new SqliteStorage(openSqlite(path), openSqlite(path), await WalSync.open(path))
}

/** Makes the folder, for its owner only. Throws Error that names it. */
export function prepareDataFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const { message } = cause as Error
    throw new Error(`The data folder ${dataDir} cannot be used: ${message}. Choose another DATA_DIR.`, { cause })
  }
}

/**
 * One file, two connections: everything of ours is written through `#writer`, wholly inside one turn of the event
 * loop, and read through Kysely. Neither waits for a lock; both try again in a later turn.
 */
export class SqliteStorage implements Database {
  readonly dialect = 'sqlite'
  readonly #writer: DatabaseSync
  readonly #reader: DatabaseSync
  readonly #kysely: Kysely<Tables>
  readonly #sync: WalSync

  constructor(writer: DatabaseSync, reader: DatabaseSync, sync: WalSync) {
    this.#writer = writer
    this.#reader = reader
    this.#kysely = kyselyOverSqlite(reader, 'deferred')
    this.#sync = sync
  }

  now(): RawBuilder<number> {
    return sql<number>`${Date.now()}`
  }

  async read<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return orUnavailable(async () => {
      const result = await untilFree(() => work(this.#kysely))
      await this.#sync.synced()
      return result
    })
  }

  async view<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result> {
    return this.read((database) => database.transaction().execute(work))
  }

  async write(build: (database: Kysely<Tables>) => readonly Statement[]): Promise<readonly Outcome[]> {
    const queries = build(this.#kysely).map(compiled)
    return this.transaction((database) => queries.map(({ sql, parameters }) => runQuery(database, sql, parameters)))
  }

  /**
   * Runs `work` in a write transaction. It resolves when that is on disk. `work` never waits, and may run again when
   * the lock was taken; when it throws, nothing is written.
   */
  async transaction<Result>(work: (database: DatabaseSync) => Result): Promise<Result> {
    return orUnavailable(async () => {
      const result = await untilFree(() => {
        this.#sync.check()
        return this.#inOneTurn(work)
      })
      await this.#sync.synced()
      return result
    })
  }

  async close(): Promise<void> {
    await this.#sync.close()
    await this.#kysely.destroy()
    // Kysely closes the connection only once it has used it.
    if (this.#reader.isOpen) this.#reader.close()
    this.#writer.close()
  }

  #inOneTurn<Result>(work: (database: DatabaseSync) => Result): Result {
    this.#writer.exec('begin immediate')
    try {
      const result = work(this.#writer)
      this.#writer.exec('commit')
      this.#sync.committed()
      return result
    } catch (error) {
      // SQLite has rolled back by itself after some failures (disk full, IO error).
      if (this.#writer.isTransaction) this.#writer.exec('rollback')
      throw error
    }
  }
}

async function untilFree<Result>(attempt: () => Result | Promise<Result>): Promise<Result> {
  const deadlineMs = performance.now() + LOCK_WAIT_MS
  for (let turn = 1; ; turn += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadlineMs) throw error
    }
    await (turn <= EAGER_TURNS ? setImmediate() : setTimeout(2))
  }
}

function runQuery(database: DatabaseSync, sql: string, parameters: readonly unknown[]): Outcome {
  const statement = database.prepare(sql)
  const values = parameters as readonly SQLInputValue[]
  if (returnsRows(statement)) return { rows: statement.all(...values) }
  return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
}

function migrate(database: DatabaseSync): void {
  database.exec(CREATE_MIGRATION_TABLE)
  for (const { name, statements } of migrationsFor('sqlite')) {
    database.exec('begin immediate')
    try {
      if (database.prepare('select 1 from migration where name = ?').get(name) === undefined) {
        for (const statement of statements) database.exec(statement)
        database.prepare('insert into migration (name, at) values (?, ?)').run(name, new Date().toISOString())
      }
      database.exec('commit')
    } catch (error) {
      if (database.isTransaction) database.exec('rollback')
      throw error
    }
  }
}
