import type { CompiledQuery, Compilable, Kysely, QueryResult, RawBuilder } from 'kysely'
import type { Dialect } from './migrations.ts'
import type { Tables } from './tables.ts'

/** A question or an order that is ready to run: what every Kysely builder is. */
export type Statement = Compilable | CompiledQuery

/** Rows that a statement returned, and how many it changed. */
export type Outcome = QueryResult<Record<string, unknown>>

/**
 * The database of a node, SQLite or PostgreSQL. Every method throws SyncError 'log-unavailable' when it cannot be
 * reached or refuses; then the outcome of a write is unknown.
 */
export interface Database {
  readonly dialect: Dialect
  /** Milliseconds since 1970 by the database's clock, which is one for all of its nodes. */
  now(): RawBuilder<number>
  /** One statement. What it returns is durable: nobody is shown what a power cut could take back. */
  read<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /** Several statements that see the database as of one moment; durable too. `work` may run twice, and only reads. */
  view<Result>(work: (database: Kysely<Tables>) => Promise<Result>): Promise<Result>
  /** All of these in one transaction, in order. Durable when it resolves. `build` builds them; it runs nothing. */
  write(build: (database: Kysely<Tables>) => readonly Statement[]): Promise<readonly Outcome[]>
  close(): Promise<void>
}

export function compiled(statement: Statement): CompiledQuery<Record<string, unknown>> {
  return 'compile' in statement ? statement.compile() : statement
}
