import type { KnownLog } from './known-log.ts'
import { LIMITS } from './limits.ts'
import type { Compactor } from './ports.ts'
import type { DocumentId } from './protocol.ts'

/** Asks for a compaction when a document's tail is long: one at a time, and again only when as much has gathered anew. */
export class CompactionWish {
  readonly #documentId: DocumentId
  readonly #compactor: Compactor
  #asking = false
  #askAtRows: number = LIMITS.compactAfterRows

  constructor(documentId: DocumentId, compactor: Compactor) {
    this.#documentId = documentId
    this.#compactor = compactor
  }

  /** To be called after every change of the log; cheap. */
  look(known: KnownLog): void {
    if (this.#asking || known.rowsSinceSnapshot < this.#askAtRows) return
    this.#asking = true
    void this.#compactor.request(this.#documentId).then((snapshot) => {
      this.#asking = false
      if (snapshot !== undefined) known.compacted(snapshot)
      this.#askAtRows = LIMITS.compactAfterRows + (snapshot === undefined ? known.rowsSinceSnapshot : 0)
    })
  }
}
