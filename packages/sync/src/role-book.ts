import { SyncError, documentDeleted } from './errors.ts'
import type { Access } from './ports.ts'
import { ROLES, type DocumentId, type Role, type UserId } from './protocol.ts'

/** Whether a role may do what `needed` may. */
export function allows(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed)
}

/** Each round is needed only when access changed during the last one. */
const ATTEMPTS = 5

/** Roles as of one access version. A user without access is there, as undefined; one who is not there was not asked for. */
export interface RolesAt {
  readonly version: number
  readonly roles: ReadonlyMap<UserId, Role | undefined>
}

/** Roles of one document's users as of the newest access version that was read: a newer one empties it. */
export class RoleBook {
  readonly #access: Access
  readonly #documentId: DocumentId
  #version = -1
  #roles = new Map<UserId, Role | undefined>()

  constructor(access: Access, documentId: DocumentId) {
    this.#access = access
    this.#documentId = documentId
  }

  /** [EPOCH-3] What was read belongs to another life of the document. */
  forget(): void {
    this.#version = -1
    this.#roles = new Map()
  }

  /**
   * [ACC-1] The roles of these users, all of them, as of `atLeastVersion` or later. What it resolves with stays as it is
   * while others make the book move on. Nobody is refused from memory: access may have been given since, and this node not told yet. Throws SyncError 'document-deleted' when there is no such document,
   * 'log-unavailable' when the table cannot be read.
   */
  async load(userIds: Iterable<UserId>, atLeastVersion: number): Promise<RolesAt> {
    const all = [...new Set(userIds)]
    const refused = new Set<UserId>()
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const isKnown = (userId: UserId): boolean => this.#roles.get(userId) !== undefined || refused.has(userId)
      const wanted = this.#version < atLeastVersion ? all : all.filter((userId) => !isKnown(userId))
      if (wanted.length === 0) return { version: this.#version, roles: this.#roles }
      const answer = await this.#access.rolesOf(this.#documentId, wanted)
      if (answer === undefined) throw documentDeleted()
      if (answer.accessVersion < this.#version) continue
      // A newer version says nothing about the users that were known before: the next round asks for them again.
      if (answer.accessVersion > this.#version) {
        this.#roles = new Map()
        refused.clear()
      }
      this.#version = answer.accessVersion
      for (const userId of wanted) {
        this.#roles.set(userId, answer.roles.get(userId))
        refused.add(userId)
      }
    }
    throw new SyncError('log-unavailable', 'Access to this document changes faster than it can be read. Send again.')
  }
}
