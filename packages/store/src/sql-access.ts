import { greaterRole, type Access, type DocumentId, type Role, type UserId } from '@tandem/sync'
import type { Database } from './database.ts'

/**
 * Roles as the tables have them: the owner's, or the greater of somebody's own and the one that the document's link
 * gives to anybody. Read in one statement together with the access version that they belong to.
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
    const rows = await this.#database.read((database) =>
      database
        .selectFrom('document as d')
        .leftJoin('document_access as a', (join) =>
          join.onRef('a.document_id', '=', 'd.id').on('a.user_id', 'in', userIds.length > 0 ? [...userIds] : [NOBODY]),
        )
        .select(['d.access_version', 'd.owner_id', 'd.link_role', 'a.user_id', 'a.role'])
        .where('d.id', '=', documentId)
        .where('d.deleted_at', 'is', null)
        .execute(),
    )
    const [document] = rows
    if (document === undefined) return undefined
    const own = new Map(rows.map((row) => [row.user_id, row.role]))
    const roles = new Map<UserId, Role>()
    for (const userId of userIds) {
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
  readonly own_role: Role | null | undefined
}

export function roleOf(userId: UserId, { owner_id, link_role, own_role }: RoleColumns): Role | undefined {
  return userId === owner_id ? 'owner' : greaterRole(own_role ?? undefined, link_role ?? undefined)
}
