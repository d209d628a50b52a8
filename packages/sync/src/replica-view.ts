import type { SyncError } from './errors.ts'
import type { Role } from './protocol.ts'
import type { Phase } from './replica-phase.ts'

/** Immutable and cached: the same object until something in it changes. */
export interface ReplicaView {
  readonly phase: Phase
  /** Whether the text can be shown: the local copy had something, or the log has answered once. */
  readonly open: boolean
  /** saved: everything typed is acked. saving: kept and on its way. unsaved: it cannot be sent now. */
  readonly saving: 'saved' | 'saving' | 'unsaved'
  /** Where unsent work is kept: 'nowhere' when the store refused. */
  readonly keeping: 'device' | 'nowhere'
  readonly unsentCount: number
  readonly role: Role | undefined
  /** The editor must not accept typing: no role to edit, an older schema than the document's, not open, ended. */
  readonly readOnly: boolean
  /** 0..1 while a document arrives. */
  readonly progress: number
  readonly error: SyncError | undefined
}

/** The same object when nothing in it differs, so that a page can compare by identity. */
export function sameView(before: ReplicaView, after: ReplicaView): ReplicaView {
  const keys = Object.keys(after) as (keyof ReplicaView)[]
  return keys.every((key) => after[key] === before[key]) ? before : after
}
