import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * A connection to the node's database file. The event loop never waits for the disk: commits do not sync (WalSync
 * does, off the loop), writes do not checkpoint (the compaction worker does), and a taken lock is an error at once
 * unless `lockWaitMs` says otherwise.
 */
export function openSqlite(path: string, options: { lockWaitMs?: number } = {}): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: options.lockWaitMs ?? 0 })
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Kysely over a `node:sqlite` connection. `destroy` closes the connection. Its transactions take the write lock at
 * their start ('immediate') unless they only read ('deferred'): one that reads first and writes later fails whenever
 * another connection wrote in between (SQLITE_BUSY_SNAPSHOT), which no waiting cures.
 */
export function kyselyOverSqlite(database: DatabaseSync, begin: 'immediate' | 'deferred'): Kysely<Tables> {
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: forKysely(database, `begin ${begin}`) }) })
}

/** Texts of statements that Kysely makes again and again; lists of ids are one parameter, so there are not many. */
const KEPT_STATEMENTS = 200

/** The part of better-sqlite3 that Kysely's dialect asks for. A statement is prepared once: for a small query that costs as much as running it. */
function forKysely(database: DatabaseSync, begin: string): SqliteDatabase {
  const kept = new Map<string, { readonly statement: StatementSync; readonly reader: boolean }>()
  const preparedOf = (sql: string): { readonly statement: StatementSync; readonly reader: boolean } => {
    let prepared = kept.get(sql)
    if (prepared === undefined) {
      const statement = database.prepare(sql)
      prepared = { statement, reader: returnsRows(statement) }
      if (kept.size === KEPT_STATEMENTS) kept.clear()
      kept.set(sql, prepared)
    }
    return prepared
  }
  return {
    close: () => database.close(),
    prepare(sql) {
      const text = sql === 'begin' ? begin : sql
      const { statement, reader } = preparedOf(text)
      return {
        reader,
        all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
        run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
        // One that is being read row by row cannot be run again meanwhile.
        iterate: (parameters) => database.prepare(text).iterate(...(parameters as SQLInputValue[])),
      }
    },
  }
}

export function returnsRows(statement: StatementSync): boolean {
  return statement.columns().length > 0
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_CONSTRAINT_UNIQUE = 2067
const SQLITE_CONSTRAINT_PRIMARYKEY = 1555

/** Whether another connection held the lock: nothing was written, and trying again in a moment is right. */
export function isBusy(error: unknown): boolean {
  const primary = errcode(error) & 0xff
  return primary === SQLITE_BUSY || primary === SQLITE_LOCKED
}

export function isUniqueViolation(error: unknown): boolean {
  return [SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY].includes(errcode(error))
}

function errcode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0
}
