import { LIMITS } from './limits.ts'
import type { StoredSnapshot } from './ports.ts'
import type { DocumentId, Epoch } from './protocol.ts'

interface Kept {
  readonly epoch: Epoch
  readonly snapshot: StoredSnapshot
}

/** Snapshots that one node has read lately, over all documents: at most LIMITS.snapshotCacheBytes, the longest unused go first. */
export class RecentSnapshots {
  readonly #kept = new Map<DocumentId, Kept>()
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  /** Of this life of the document. There may be a newer one by now. */
  of(documentId: DocumentId, epoch: Epoch): StoredSnapshot | undefined {
    const kept = this.#kept.get(documentId)
    if (kept?.epoch !== epoch) return undefined
    this.#kept.delete(documentId)
    this.#kept.set(documentId, kept)
    return kept.snapshot
  }

  keep(documentId: DocumentId, kept: Kept): void {
    this.forget(documentId)
    if (kept.snapshot.bytes.byteLength > LIMITS.snapshotCacheBytes) return
    this.#kept.set(documentId, kept)
    this.#bytes += kept.snapshot.bytes.byteLength
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= LIMITS.snapshotCacheBytes) return
      this.forget(oldest)
    }
  }

  forget(documentId: DocumentId): void {
    this.#bytes -= this.#kept.get(documentId)?.snapshot.bytes.byteLength ?? 0
    this.#kept.delete(documentId)
  }
}
