import type * as Y from 'yjs'
import type { Chance, Clock } from './ports.ts'
import type { DocumentId } from './protocol.ts'
import type { ReplicaStore } from './replica-store.ts'

export interface ReplicaOptions {
  readonly documentId: DocumentId
  /** Empty; the replica fills it. */
  readonly doc: Y.Doc
  readonly schemaVersion: number
}

export interface ReplicaPorts {
  readonly store: ReplicaStore
  readonly clock: Clock
  readonly chance: Chance
}
