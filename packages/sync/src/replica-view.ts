import type { SyncError } from './errors.ts'
import type { Role } from './protocol.ts'
import type { Phase } from './replica-phase.ts'
import { allows } from './role-book.ts'

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
  /** The stored document is damaged: only what was written until then (ms; 0: nothing) can be read, until it is repaired. */
  readonly damagedAfterMs: number | undefined
  /** The editor must not accept typing: no role to edit, an older schema than the document's, damaged, not open, ended. */
  readonly readOnly: boolean
  /** [REP-5] [REP-9] This page has an older schema than the document, or than what is stored of it: reloading helps. */
  readonly isTooOld: boolean
  /** [PRES-9] Somebody on another node may not be in `people` for now. */
  readonly peopleMayBeMissing: boolean
  /** 0..1 while a document arrives. */
  readonly progress: number
  readonly error: SyncError | undefined
}

/** What a replica knows of itself. */
export interface ReplicaFacts {
  readonly phase: Phase
  readonly open: boolean
  readonly unsentCount: number
  /** Its last attempt to join or to send failed. */
  readonly isFailing: boolean
  readonly keptNowhere: boolean
  readonly role: Role | undefined
  readonly isTooOld: boolean
  readonly damagedAfterMs: number | undefined
  readonly peopleMayBeMissing: boolean
  readonly progress: number
  readonly error: SyncError | undefined
}

export function viewOf({ isFailing, keptNowhere, ...facts }: ReplicaFacts): ReplicaView {
  const { phase, open, unsentCount, role, isTooOld, damagedAfterMs } = facts
  const connected = (phase === 'live' || phase === 'catching-up') && !isFailing
  const mayEdit = role === undefined || allows(role, 'editor')
  return {
    ...facts,
    saving: unsentCount === 0 ? 'saved' : connected && !isTooOld && damagedAfterMs === undefined ? 'saving' : 'unsaved',
    keeping: keptNowhere ? 'nowhere' : 'device',
    readOnly: !open || phase === 'ended' || !mayEdit || isTooOld || damagedAfterMs !== undefined,
    progress: open ? 1 : facts.progress,
  }
}

/** The same object when nothing in it differs, so that a page can compare by identity. */
export function sameView(before: ReplicaView, after: ReplicaView): ReplicaView {
  const keys = Object.keys(after) as (keyof ReplicaView)[]
  return keys.every((key) => after[key] === before[key]) ? before : after
}
