import type { KnownLog } from './known-log.ts'
import { LIMITS } from './limits.ts'
import type { Compactor } from './ports.ts'
import type { DocumentId } from './protocol.ts'

const ENOUGH = { rows: LIMITS.compactAfterRows, structs: LIMITS.compactAfterStructs }

/** Asks for a compaction when a document's tail is long, in rows, or in structs when these may soon be too many: one at a time, and again only when as much has gathered anew. */
export class CompactionWish {
  readonly #documentId: DocumentId
  readonly #compactor: Compactor
  #asking = false
  #askAt: { readonly rows: number; readonly structs: number } = ENOUGH

  constructor(documentId: DocumentId, compactor: Compactor) {
    this.#documentId = documentId
    this.#compactor = compactor
  }

  /** To be called after every change of the log; cheap. */
  look(known: KnownLog): void {
    const tail = known.sinceSnapshot
    const mayBeFull = known.weight.structs > LIMITS.documentStructs / 2
    const isDue = tail.rows >= this.#askAt.rows || (mayBeFull && tail.structs >= this.#askAt.structs)
    if (this.#asking || !isDue) return
    this.#asking = true
    const asked = known.weight
    void this.#compactor.request(this.#documentId).then((snapshot) => {
      this.#asking = false
      if (snapshot !== undefined) known.compacted(snapshot, asked)
      const { rows, structs } = snapshot === undefined ? known.sinceSnapshot : { rows: 0, structs: 0 }
      this.#askAt = { rows: ENOUGH.rows + rows, structs: ENOUGH.structs + structs }
    })
  }
}
