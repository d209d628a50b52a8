import type { DocumentId, UserId } from '@tandem/sync'
import type { AccountsDatabase } from './open-store.ts'
import type { GivenRole } from './tables.ts'

export interface KnownPerson {
  readonly userId: UserId
  readonly name: string | null
  readonly isGuest: boolean
  /** Of their own. */
  readonly role: 'owner' | GivenRole | 'removed' | 'visitor'
}

/** Everybody who owns a document, was given a role in it, was removed or has opened it: for an administrator, beside a running node. */
export async function peopleOf({ db }: AccountsDatabase, documentId: DocumentId): Promise<KnownPerson[]> {
  const ofOwner = db.selectFrom('document').select('owner_id as user_id').where('id', '=', documentId)
  const ofMembers = db.selectFrom('document_access').select('user_id').where('document_id', '=', documentId)
  const ofVisitors = db.selectFrom('document_visit').select('user_id').where('document_id', '=', documentId)
  const rows = await db
    .selectFrom(ofOwner.union(ofMembers).union(ofVisitors).as('p'))
    .innerJoin('document as d', (join) => join.on('d.id', '=', documentId))
    .leftJoin('document_access as a', (join) =>
      join.onRef('a.user_id', '=', 'p.user_id').on('a.document_id', '=', documentId),
    )
    .leftJoin('user as u', 'u.id', 'p.user_id')
    .select(['p.user_id', 'u.name', 'u.isAnonymous', 'd.owner_id', 'a.role', 'a.user_id as own_user_id'])
    .orderBy('u.name')
    .orderBy('p.user_id')
    .execute()
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    isGuest: Boolean(row.isAnonymous),
    role: row.user_id === row.owner_id ? 'owner' : row.own_user_id === null ? 'visitor' : (row.role ?? 'removed'),
  }))
}
