import type { DatabaseSync } from 'node:sqlite'
import type { Access, UpdateLog } from '@tandem/sync'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { Documents } from './documents.ts'
import { lockFolder } from './folder-lock.ts'
import type { Dialect } from './migrations.ts'
import { postgresAppends } from './postgres-append.ts'
import { openPostgresStorage } from './postgres-storage.ts'
import type { DamageFound } from './quarantine.ts'
import { Sharing } from './sharing.ts'
import { SqlAccess } from './sql-access.ts'
import { SqlLog } from './sql-log.ts'
import { sqliteAppends } from './sqlite-append.ts'
import { kyselyOverSqlite, openSqlite } from './sqlite-connection.ts'
import { openSqliteStorage, prepareDataFolder, sqlitePath } from './sqlite-storage.ts'
import type { Tables } from './tables.ts'
import { Uploads } from './uploads.ts'

export interface StoreOptions {
  /** PostgreSQL; without it, SQLite in `dataDir`. */
  readonly databaseUrl?: string | undefined
  readonly dataDir: string
  /** A pooled connection broke while nobody used it. It is replaced; worth a line in the log. */
  readonly onIdleError?: (error: Error) => void
  /** A document's log was found damaged: it is in quarantine until `repairDocument`. Once for each damage. */
  readonly onDamage?: (damage: DamageFound) => void
}

/** Where accounts live: as better-auth's option `database` wants it. */
export interface AccountsDatabase {
  readonly db: Kysely<Tables>
  readonly type: Dialect
  readonly transaction: true
}

export interface Store {
  readonly log: UpdateLog
  readonly access: Access
  readonly documents: Documents
  readonly sharing: Sharing
  readonly uploads: Uploads
  readonly accounts: AccountsDatabase
  /** Where a compaction worker finds the same database (`openCompactor`). */
  readonly location: StoreLocation
  /** Resolves when a write was just made durable. Throws SyncError 'log-unavailable'. */
  ready(): Promise<void>
  /** How many documents are in quarantine. Throws SyncError 'log-unavailable'. */
  damagedDocuments(): Promise<number>
  /** Runs `work` while no other node of the same database runs such work: for better-auth's migrations at a start. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>
  /** After everything in flight was awaited. */
  close(): Promise<void>
}

export type StoreLocation =
  | { readonly dialect: 'sqlite'; readonly path: string }
  | { readonly dialect: 'postgres'; readonly databaseUrl: string }

/** A sign-up waits this long, with the event loop, for a lock that only the compaction worker can hold so long. */
const ACCOUNTS_LOCK_WAIT_MS = 1_000

/**
 * Opens the database of one node and brings its tables up to date. Throws SyncError 'log-unavailable' when PostgreSQL
 * does not answer, and Error when the data folder cannot be used (it names the process that has it open).
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  return options.databaseUrl === undefined ? openOnSqlite(options) : openOnPostgres(options, options.databaseUrl)
}

async function openOnSqlite({ dataDir, onDamage }: StoreOptions): Promise<Store> {
  prepareDataFolder(dataDir)
  const unlock = lockFolder(dataDir)
  try {
    const path = sqlitePath(dataDir)
    const storage = await openSqliteStorage(path)
    const accounts = accountsOverSqlite(openSqlite(path, { lockWaitMs: ACCOUNTS_LOCK_WAIT_MS }))
    return {
      ...parts(storage),
      log: new SqlLog(storage, sqliteAppends(storage), onDamage),
      accounts: accounts.database,
      location: { dialect: 'sqlite', path },
      alone: (work) => work(),
      close: async () => {
        await accounts.close()
        await storage.close()
        unlock()
      },
    }
  } catch (error) {
    unlock()
    throw error
  }
}

async function openOnPostgres(options: StoreOptions, databaseUrl: string): Promise<Store> {
  const storage = await openPostgresStorage(databaseUrl, options.onIdleError ?? (() => undefined))
  return {
    ...parts(storage),
    log: new SqlLog(storage, postgresAppends(storage), options.onDamage),
    accounts: { db: storage.kysely, type: 'postgres', transaction: true },
    location: { dialect: 'postgres', databaseUrl },
    alone: (work) => storage.alone(work),
    close: () => storage.close(),
  }
}

/** Accounts alone, for a script that runs beside a node: many processes may hold this open at once. */
export async function openAccounts(options: Pick<StoreOptions, 'databaseUrl' | 'dataDir'>): Promise<{
  readonly database: AccountsDatabase
  close(): Promise<void>
}> {
  if (options.databaseUrl === undefined) {
    prepareDataFolder(options.dataDir)
    return accountsOverSqlite(openSqlite(sqlitePath(options.dataDir), { lockWaitMs: ACCOUNTS_LOCK_WAIT_MS }))
  }
  const storage = await openPostgresStorage(options.databaseUrl, () => undefined)
  return { database: { db: storage.kysely, type: 'postgres', transaction: true }, close: () => storage.close() }
}

function accountsOverSqlite(connection: DatabaseSync): { database: AccountsDatabase; close(): Promise<void> } {
  const db = kyselyOverSqlite(connection, 'immediate')
  const close = async (): Promise<void> => {
    await db.destroy()
    // Kysely closes the connection only once it has used it.
    if (connection.isOpen) connection.close()
  }
  return { database: { db, type: 'sqlite', transaction: true }, close }
}

function parts(
  database: Database,
): Pick<Store, 'access' | 'documents' | 'sharing' | 'uploads' | 'ready' | 'damagedDocuments'> {
  return {
    access: new SqlAccess(database),
    documents: new Documents(database),
    sharing: new Sharing(database),
    uploads: new Uploads(database),
    ready: async () => {
      await database.write((tables) => [tables.updateTable('probe').set({ at: database.now() }).where('id', '=', 1)])
    },
    damagedDocuments: async () => {
      const damaged = await database.read((tables) =>
        tables
          .selectFrom('document')
          .select((is) => is.fn.countAll<number>().as('count'))
          .where('damaged_after', 'is not', null)
          .where('deleted_at', 'is', null)
          .executeTakeFirst(),
      )
      return damaged?.count ?? 0
    },
  }
}
