/** What differs between the two dialects in a table's description. */
interface ColumnTypes {
  readonly int: string
  readonly bytes: string
  /** Keeps a table's rows in the order of its primary key, where that has to be said. */
  readonly clustered: string
}

export type Dialect = 'sqlite' | 'postgres'

const TYPES: Record<Dialect, ColumnTypes> = {
  sqlite: { int: 'integer', bytes: 'blob', clustered: 'without rowid' },
  postgres: { int: 'bigint', bytes: 'bytea', clustered: '' },
}

export interface Migration {
  readonly name: string
  readonly statements: readonly string[]
}

/** Forward only, in order, each once. A migration that was released is never edited: add another. */
export function migrationsFor(dialect: Dialect): readonly Migration[] {
  const { int, bytes, clustered } = TYPES[dialect]
  return [
    {
      name: '0001-documents-and-log',
      statements: [
        `create table document (
          id text primary key,
          title text not null,
          owner_id text not null,
          epoch text not null,
          head ${int} not null,
          head_check text not null,
          access_version ${int} not null,
          schema_version ${int} not null,
          link_role text,
          bytes ${int} not null,
          created_at ${int} not null,
          updated_at ${int} not null,
          edited_at ${int},
          edited_by text,
          deleted_at ${int}
        )`,
        `create index document_of_owner on document (owner_id)`,
        `create table log_row (
          document_id text not null,
          epoch text not null,
          seq ${int} not null,
          "check" text not null,
          "update" ${bytes} not null,
          user_id text not null,
          replica_id text not null,
          push_id ${int} not null,
          push_hash text not null,
          at ${int} not null,
          primary key (document_id, epoch, seq)
        ) ${clustered}`,
        // A push has one place in one life of a document, whoever repeats it.
        `create unique index log_row_of_push on log_row (document_id, epoch, user_id, replica_id, push_id)`,
        `create table snapshot (
          document_id text not null,
          epoch text not null,
          through_seq ${int} not null,
          "check" text not null,
          bytes ${bytes} not null,
          vector ${bytes} not null,
          checksum text not null,
          made_at ${int} not null,
          primary key (document_id, epoch, through_seq)
        )`,
        `create table client_id (
          document_id text not null,
          client_id ${int} not null,
          user_id text not null,
          primary key (document_id, client_id)
        ) ${clustered}`,
        `create table document_access (
          document_id text not null,
          user_id text not null,
          role text not null,
          primary key (document_id, user_id)
        ) ${clustered}`,
        `create index document_access_of_user on document_access (user_id)`,
        `create table document_visit (
          document_id text not null,
          user_id text not null,
          at ${int} not null,
          primary key (user_id, document_id)
        ) ${clustered}`,
        `create table probe (id ${int} primary key, at ${int} not null)`,
        `insert into probe (id, at) values (1, 0)`,
      ],
    },
    {
      // Rows and snapshots written before this have no seal: their bytes are checked, what is beside them is not.
      name: '0002-parts-seals-and-damage',
      statements: [
        `alter table log_row add column part ${int} not null default 1`,
        `alter table log_row add column parts ${int} not null default 1`,
        `drop index log_row_of_push`,
        `create unique index log_row_of_push on log_row (document_id, epoch, user_id, replica_id, push_id, part)`,
        `alter table log_row add column seal text`,
        `alter table snapshot add column seal text`,
        `alter table document add column damaged_after ${int}`,
        `alter table document add column damaged_check text`,
        `alter table document add column damaged_at ${int}`,
        `create index document_damaged on document (id) where damaged_after is not null`,
      ],
    },
    {
      name: '0003-structs-and-unfinished-imports',
      statements: [
        `alter table snapshot add column structs ${int} not null default 0`,
        `alter table document add column importing_since ${int}`,
        `create index document_importing on document (importing_since) where importing_since is not null`,
      ],
    },
    {
      name: '0004-sharing',
      statements: [
        ...roleMayBeNull(dialect),
        `create index document_visit_of_document on document_visit (document_id, at)`,
        `create table invite_link (
          id text primary key,
          document_id text not null,
          secret_hash text not null,
          role text not null,
          created_at ${int} not null,
          expires_at ${int},
          uses ${int} not null,
          used_at ${int}
        )`,
        `create index invite_link_of_document on invite_link (document_id)`,
      ],
    },
    {
      name: '0005-uploads',
      statements: [
        `create table upload (
          id text primary key,
          document_id text not null,
          user_id text not null,
          name text not null,
          type text not null,
          bytes ${int} not null,
          width ${int},
          height ${int},
          hash text not null,
          created_at ${int} not null,
          stored_at ${int},
          unused_since ${int}
        )`,
        `create index upload_of_document on upload (document_id)`,
        `create index upload_of_user on upload (user_id)`,
        `create index upload_unstored on upload (created_at) where stored_at is null`,
      ],
    },
    {
      name: '0006-stars',
      statements: [
        `create table document_star (
          document_id text not null,
          user_id text not null,
          at ${int} not null,
          primary key (user_id, document_id)
        ) ${clustered}`,
        `create index document_star_of_document on document_star (document_id)`,
      ],
    },
    {
      name: '0007-access-requests',
      statements: [
        `create table access_request (
          document_id text not null,
          user_id text not null,
          role text not null,
          at ${int} not null,
          primary key (document_id, user_id)
        ) ${clustered}`,
      ],
    },
    {
      name: '0008-own-lists',
      statements: [
        `create table document_unlisted (
          document_id text not null,
          user_id text not null,
          at ${int} not null,
          primary key (user_id, document_id)
        ) ${clustered}`,
        `create index document_unlisted_of_document on document_unlisted (document_id)`,
      ],
    },
  ]
}

/** SQLite cannot take a constraint away: the table is written anew. */
function roleMayBeNull(dialect: Dialect): string[] {
  if (dialect === 'postgres') return [`alter table document_access alter column role drop not null`]
  return [
    `alter table document_access rename to document_access_before`,
    `create table document_access (
      document_id text not null,
      user_id text not null,
      role text,
      primary key (document_id, user_id)
    ) without rowid`,
    `insert into document_access select document_id, user_id, role from document_access_before`,
    `drop table document_access_before`,
    `create index document_access_of_user on document_access (user_id)`,
  ]
}

export const CREATE_MIGRATION_TABLE = 'create table if not exists migration (name text primary key, at text not null)'
