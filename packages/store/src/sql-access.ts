import { greaterRole, type Access, type DocumentId, type Role, type UserId } from '@tandem/sync'
import type { Database } from './database.ts'

/**
 * Roles as the tables have them: the owner's, or the greater of somebody's own and the one that the document's link
 * gives to anybody; none for who was shut out, or suspended from the whole server. Read in one statement together with the access version that they belong to.
 */
export class SqlAccess implements Access {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async rolesOf(
    documentId: DocumentId,
    userIds: readonly UserId[],
  ): Promise<{ accessVersion: number; roles: ReadonlyMap<UserId, Role> } | undefined> {
    const asked = userIds.length > 0 ? [...userIds] : [NOBODY]
    const rows = await this.#database.read((database) =>
      database
        .selectFrom('document as d')
        .leftJoin('document_access as a', (join) =>
          join.onRef('a.document_id', '=', 'd.id').on('a.user_id', 'in', asked),
        )
        // Hardly ever any: then this multiplies no rows.
        .leftJoin('user as s', (join) => join.on('s.id', 'in', asked).on('s.suspendedAt', 'is not', null))
        .select(['d.access_version', 'd.owner_id', 'd.link_role', 'a.user_id', 'a.role', 's.id as suspended_id'])
        .where('d.id', '=', documentId)
        .where('d.deleted_at', 'is', null)
        .execute(),
    )
    const [document] = rows
    if (document === undefined) return undefined
    // A user without a row is not in it; one who was shut out is, with null.
    const own = new Map(rows.map((row) => [row.user_id, row.role]))
    const roles = new Map<UserId, Role>()
    const suspended = new Set(rows.map((row) => row.suspended_id))
    for (const userId of userIds) {
      if (suspended.has(userId)) continue
      const role = roleOf(userId, { ...document, own_role: own.get(userId) })
      if (role !== undefined) roles.set(userId, role)
    }
    return { accessVersion: document.access_version, roles }
  }
}

/** `in ()` is no SQL; no user has this id. */
const NOBODY = '' as UserId

export interface RoleColumns {
  readonly owner_id: UserId
  readonly link_role: Role | null
  /** Null: shut out. Undefined: nothing of their own. */
  readonly own_role: Role | null | undefined
}

export function roleOf(userId: UserId, { owner_id, link_role, own_role }: RoleColumns): Role | undefined {
  if (userId === owner_id) return 'owner'
  return own_role === null ? undefined : greaterRole(own_role, link_role ?? undefined)
}

/** Of a row that was joined to `document_access`: without one there, all its columns are null. */
export function ownRoleOf(row: { own_user_id: UserId | null; own_role: Role | null }): Role | null | undefined {
  return row.own_user_id === null ? undefined : row.own_role
}
