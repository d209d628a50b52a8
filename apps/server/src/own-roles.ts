import type { DocumentId, UserId } from '@tandem/sync'

/** Documents that are remembered; the one that was asked about least recently goes first. */
const REMEMBERED = 2_000

interface AsOf {
  readonly accessVersion: number
  readonly users: Set<UserId>
}

/**
 * Who owns a document, or has a role of their own in it, as of an access version: so that a thousand people who come back at once
 * are not looked up once more. As soon as anything changes in who may open it, nothing is remembered of it.
 */
export class OwnRoles {
  readonly #documents = new Map<DocumentId, AsOf>()

  /** `accessVersion`: as of which it is asked; undefined: nobody knows, so nothing is. */
  has(documentId: DocumentId, userId: UserId, accessVersion: number | undefined): boolean {
    const known = this.#documents.get(documentId)
    if (known === undefined || known.accessVersion !== accessVersion) return false
    this.#documents.delete(documentId)
    this.#documents.set(documentId, known)
    return known.users.has(userId)
  }

  /** `accessVersion`: what was known before the tables were asked. */
  remember(documentId: DocumentId, userId: UserId, accessVersion: number | undefined): void {
    if (accessVersion === undefined) return
    let known = this.#documents.get(documentId)
    this.#documents.delete(documentId)
    if (known?.accessVersion !== accessVersion) known = { accessVersion, users: new Set() }
    known.users.add(userId)
    this.#documents.set(documentId, known)
    const [first] = this.#documents.keys()
    if (this.#documents.size > REMEMBERED && first !== undefined) this.#documents.delete(first)
  }
}
