import pg from 'pg'
import type { Append, GroupWriter, Written } from './group-commit.ts'
import type { PostgresStorage } from './postgres-storage.ts'
import { SEAL_DIGITS, sealedText } from './seals.ts'
import { orUnavailable } from './storage-error.ts'

const UNIQUE_VIOLATION = '23505'

/**
 * The whole of an append, for a group of documents, in one statement: take the documents' locks in the order of
 * their ids (two nodes never wait for each other), move the heads that are as expected, insert the rows of those
 * that moved. `locked` is what the rows are *after* waiting for their locks; comparing with `document` itself would
 * compare with what they were before. Measured with fsync on, 2 cores: 0.7 ms for one document, 34,000 rows/s.
 */
const APPEND = `
with
  wanted as (
    select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[],
                         $7::bigint[], $8::text[], $9::bigint[], $10::text[])
      as w(id, epoch, head, head_check, access_version, schema_version, row_count, last_check, byte_count, edited_by)
  ),
  locked as materialized (
    select d.id, d.epoch, d.head, d.head_check, d.access_version
    from document d
    where d.id = any($1::text[]) and d.deleted_at is null and d.damaged_after is null
    order by d.id
    for update
  ),
  moment as materialized (
    select (extract(epoch from clock_timestamp()) * 1000)::bigint as at
  ),
  moved as (
    update document d
    set head = w.head + w.row_count, head_check = w.last_check,
        schema_version = greatest(d.schema_version, w.schema_version),
        bytes = d.bytes + w.byte_count, updated_at = moment.at, edited_at = moment.at,
        edited_by = coalesce(w.edited_by, d.edited_by)
    from locked l join wanted w using (id, epoch, head, head_check, access_version), moment
    where d.id = l.id
    returning d.id, d.epoch, w.head, moment.at
  ),
  inserted as (
    insert into log_row (document_id, epoch, seq, "check", "update", user_id, replica_id, push_id, part, parts, push_hash, at, seal)
    select m.id, m.epoch, m.head + r.place, r.row_check, r.row_update, r.user_id, r.replica_id, r.push_id, r.part, r.parts, r.push_hash, m.at,
           left(encode(sha256(convert_to(r.sealed || m.at, 'UTF8')), 'hex'), ${SEAL_DIGITS})
    from unnest($11::text[], $12::bigint[], $13::text[], $14::bytea[], $15::text[], $16::text[], $17::bigint[], $18::bigint[], $19::bigint[], $20::text[],
                $21::text[])
      as r(id, place, row_check, row_update, user_id, replica_id, push_id, part, parts, push_hash, sealed)
    join moved m on m.id = r.id
  ),
  claimed as (
    insert into client_id (document_id, client_id, user_id)
    select m.id, c.client_id, c.user_id
    from unnest($22::text[], $23::bigint[], $24::text[]) as c(id, client_id, user_id)
    join moved m on m.id = c.id
    on conflict do nothing
  )
select id, at from moved`

/** Writes a group of appends in one statement; it resolves when PostgreSQL has it on disk. */
export function postgresAppends(storage: PostgresStorage): GroupWriter {
  const write = async (group: readonly Append[]): Promise<readonly Written[]> => {
    const { rows } = await storage.pool.query<{ id: string; at: number }>({
      name: 'append',
      text: APPEND,
      values: parameters(group),
    })
    const moved = new Map(rows.map(({ id, at }) => [id, at]))
    return group.map(({ documentId, expected }) => {
      const at = moved.get(documentId)
      return at === undefined ? undefined : { fromSeq: expected.head + 1, at }
    })
  }
  return (group) =>
    orUnavailable(async () => {
      try {
        return await write(group)
      } catch (error) {
        if (!isRepeatedPush(error)) throw error
      }
      return oneByOne(group, write)
    })
}

/** One document's push is in the log already and took the whole group with it: the others go again, each alone. */
async function oneByOne(group: readonly Append[], write: GroupWriter): Promise<readonly Written[]> {
  const written: Written[] = []
  for (const append of group) {
    try {
      written.push(...(await write([append])))
    } catch (error) {
      if (!isRepeatedPush(error)) throw error
      written.push(undefined)
    }
  }
  return written
}

function isRepeatedPush(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION
}

function parameters(group: readonly Append[]): unknown[] {
  const of = <Value>(pick: (append: Append) => Value): Value[] => group.map(pick)
  const rows = group.flatMap(({ documentId, rows }) =>
    rows.map((row, index) => ({ ...row, documentId, place: index + 1 })),
  )
  const clients = rows.flatMap((row) => row.newClients.map((clientId) => ({ ...row, clientId })))
  return [
    of(({ documentId }) => documentId),
    of(({ expected }) => expected.epoch),
    of(({ expected }) => expected.head),
    of(({ expected }) => expected.check),
    of(({ expected }) => expected.accessVersion),
    of(({ expected }) => expected.schemaVersion),
    of(({ rows }) => rows.length),
    of(({ rows, expected }) => rows.at(-1)?.check ?? expected.check),
    of(({ rows }) => rows.reduce((sum, row) => sum + row.update.byteLength, 0)),
    of(({ rows }) => rows.at(-1)?.userId ?? null),
    rows.map((row) => row.documentId),
    rows.map((row) => row.place),
    rows.map((row) => row.check),
    rows.map((row) => row.update),
    rows.map((row) => row.userId),
    rows.map((row) => row.replicaId),
    rows.map((row) => row.pushId),
    rows.map((row) => row.part?.part ?? 1),
    rows.map((row) => row.part?.of ?? 1),
    rows.map((row) => row.pushHash),
    rows.map((row) => sealedText(row)),
    clients.map((client) => client.documentId),
    clients.map((client) => client.clientId),
    clients.map((client) => client.userId),
  ]
}
