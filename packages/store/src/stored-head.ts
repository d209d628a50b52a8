import type { DocumentId, Epoch, Head } from '@tandem/sync'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Where a document stands as its row says it: the log's true head, and beside it how far that is readable. */
export interface StoredHead {
  readonly epoch: Epoch
  readonly head: number
  readonly head_check: string
  readonly access_version: number
  readonly schema_version: number
  readonly damaged_after: number | null
  readonly damaged_check: string | null
  readonly damaged_at: number | null
}

export const HEAD_COLUMNS = [
  'epoch',
  'head',
  'head_check',
  'access_version',
  'schema_version',
  'damaged_after',
  'damaged_check',
  'damaged_at',
] as const satisfies readonly (keyof StoredHead)[]

/** What a room is told: of a damaged log, it ends before the damage. */
export function readableHead(stored: StoredHead): Head {
  const { epoch, access_version: accessVersion, schema_version: schemaVersion } = stored
  const versions = { epoch, accessVersion, schemaVersion }
  const { damaged_after: head, damaged_check: check, damaged_at: damagedAfterMs } = stored
  return head === null || check === null || damagedAfterMs === null
    ? { ...versions, head: stored.head, check: stored.head_check }
    : { ...versions, head, check, damagedAfterMs }
}

/** Undefined when there is no such document, or it was deleted. */
export async function storedHeadOf(view: Kysely<Tables>, documentId: DocumentId): Promise<StoredHead | undefined> {
  return view
    .selectFrom('document')
    .select(HEAD_COLUMNS)
    .where('id', '=', documentId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

export async function headOf(view: Kysely<Tables>, documentId: DocumentId): Promise<Head | undefined> {
  const stored = await storedHeadOf(view, documentId)
  return stored && readableHead(stored)
}
