import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Append, GroupWriter, Written } from './group-commit.ts'
import { rowSeal } from './seals.ts'
import { isUniqueViolation } from './sqlite-connection.ts'
import type { SqliteStorage } from './sqlite-storage.ts'

interface Statements {
  readonly move: StatementSync
  readonly row: StatementSync
  readonly client: StatementSync
}

/** Writes a group of appends in one transaction inside one turn of the event loop; it resolves when that is on disk. */
export function sqliteAppends(storage: SqliteStorage): GroupWriter {
  let statements: Statements | undefined
  return (group) =>
    storage.transaction((database) => {
      statements ??= prepare(database)
      const at = Date.now()
      const written: Written[] = []
      for (const append of group) written.push(write(database, statements, append, at))
      return written
    })
}

function prepare(database: DatabaseSync): Statements {
  return {
    move: database.prepare(`
      update document
      set head = head + :rows, head_check = :last_check, schema_version = max(schema_version, :schema_version),
          bytes = bytes + :bytes, updated_at = :at, edited_at = :at, edited_by = coalesce(:edited_by, edited_by)
      where id = :id and epoch = :epoch and head = :head and head_check = :check
        and access_version = :access_version and deleted_at is null and damaged_after is null`),
    row: database.prepare(`
      insert into log_row (document_id, epoch, seq, "check", "update", user_id, replica_id, push_id, part, parts, push_hash, at, seal)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    client: database.prepare(
      'insert into client_id (document_id, client_id, user_id) values (?, ?, ?) on conflict do nothing',
    ),
  }
}

/** A repeated push undoes its own document's rows only: the others of the group stay. */
function write(database: DatabaseSync, statements: Statements, append: Append, at: number): Written {
  database.exec('savepoint append')
  try {
    const moved = moveHead(statements, append, at)
    if (moved) insertRows(statements, append, at)
    database.exec('release append')
    return moved ? { fromSeq: append.expected.head + 1, at } : undefined
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    database.exec('rollback to append; release append')
    return undefined
  }
}

function moveHead({ move }: Statements, { documentId, expected, rows }: Append, at: number): boolean {
  const last = rows.at(-1)
  const { changes } = move.run({
    id: documentId,
    epoch: expected.epoch,
    head: expected.head,
    check: expected.check,
    access_version: expected.accessVersion,
    schema_version: expected.schemaVersion,
    rows: rows.length,
    last_check: last?.check ?? expected.check,
    bytes: rows.reduce((sum, row) => sum + row.update.byteLength, 0),
    edited_by: last?.userId ?? null,
    at,
  })
  return changes === 1
}

function insertRows({ row, client }: Statements, { documentId, expected, rows }: Append, at: number): void {
  for (const [index, each] of rows.entries()) {
    const seq = expected.head + 1 + index
    const { check, update, userId, replicaId, pushId, pushHash } = each
    const { part, of } = each.part ?? { part: 1, of: 1 }
    const seal = rowSeal(each, at)
    row.run(documentId, expected.epoch, seq, check, update, userId, replicaId, pushId, part, of, pushHash, at, seal)
    for (const clientId of each.newClients) client.run(documentId, clientId, userId)
  }
}
