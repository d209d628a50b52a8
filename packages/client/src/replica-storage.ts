import { mergedUpdates, type DocumentId, type ReplicaStore, type ResumeToken, type SetAside } from '@tandem/sync'

/** So many received updates are kept as they came before they are merged into one. */
export const LOOSE_UPDATES = 100

/** Work that could not become part of its document, kept for its author. */
export interface KeptCopy extends Omit<SetAside, 'schemaVersion'> {
  readonly id: string
  readonly documentId: DocumentId
  /** A page that is older cannot read all of it. Copies of before this was kept have none. */
  readonly schemaVersion?: number
}

/** One push that the server has not acked. Taken over by another replica it is another one. */
export interface UnsentPiece {
  readonly documentId: DocumentId
  /** Tells it from every other, and is the same while it grows. */
  readonly name: string
}

/** Of one life of a document: both states in one. */
export function joinedCopies(before: KeptCopy, copy: KeptCopy): KeptCopy {
  const schemaVersion = Math.max(before.schemaVersion ?? 0, copy.schemaVersion ?? 0)
  return {
    ...copy,
    whole: mergedUpdates([before.whole, copy.whole]),
    at: Math.max(before.at, copy.at),
    schemaVersion,
  }
}

/** One replica's store, from its load to the moment the replica stops. */
export interface HeldReplicaStore extends ReplicaStore {
  /** The replica has stopped: the next one may take over what is unsent. Resolves when that is so. May be called twice. */
  release(): Promise<void>
}

/**
 * Where a client keeps documents and unsent work. `replica-storage.contract.ts` says what every one must keep.
 *
 * What replicas of one storage receive of a document is kept once; what each has unsent is its own for as long as it
 * lives. A replica that comes later takes over what the dead ones have left, each piece once. A stored token never
 * covers a push that is still only somebody's unsent work: another replica would miss it for good.
 */
export interface ReplicaStorage {
  /** Whether it outlives this page: if not, nobody is told that unsent work is kept on this device. */
  readonly isLasting: boolean
  /** For one replica. Does no IO. */
  replicaStore(): HeldReplicaStore
  /** Of which there is unsent work that no open page sends. */
  leftDocuments(): Promise<readonly DocumentId[]>
  /** All unsent work, that of open pages, too. */
  unsentWork(): Promise<readonly UnsentPiece[]>
  /** Calls back soon after there has come to be more or less of it, whichever page of this browser it was. Returns stop. */
  onUnsentWork(changed: () => void): () => void
  /** Oldest first. */
  copies(): Promise<readonly KeptCopy[]>
  forgetCopy(id: string): Promise<void>
  /** Resolves when everything asked for is done. Release the replica stores first. */
  close(): Promise<void>
}

/**
 * Whether a replica that began with the copy's life `life` may add to what is stored now. Another page may have put
 * the copy aside and begun it anew meanwhile; what this one has received is in the log anyway.
 */
export function continuesLife(
  stored: { readonly life: string; readonly token?: ResumeToken | undefined },
  life: string | undefined,
  token: ResumeToken | undefined,
): boolean {
  const isOtherEpoch = token !== undefined && stored.token !== undefined && token.epoch !== stored.token.epoch
  return stored.life === life && !isOtherEpoch
}
