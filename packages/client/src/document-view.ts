import type { ReplicaView, Role, SetAside, SyncError } from '@tandem/sync'
import type * as Y from 'yjs'

/** live: everything the log has is here. reconnecting: about to be. offline: there is no way to the server for now. */
export type DocumentConnection = 'live' | 'reconnecting' | 'offline'

/** Unsent work as a copy, in this page. Another object once it is known whether this browser has stored it, too. */
export interface PutAside extends SetAside {
  /** Undefined while it is being stored; false: it goes with the page. */
  readonly isStored?: boolean
}

/** What a page shows of a document. Immutable; the same object until something in it changes. */
export type DocumentView =
  | {
      readonly status: 'loading'
      readonly connection: DocumentConnection
      /** 0..1 */
      readonly progress: number
      /** Why one is not let in for now; it is tried again and again. Its message says what helps. */
      readonly waitsFor: SyncError | undefined
    }
  | {
      readonly status: 'open'
      readonly doc: Y.Doc
      readonly connection: DocumentConnection
      /** saved: everything typed is on the server's disk. saving: on its way. unsaved: it cannot be sent now. */
      readonly saving: 'saved' | 'saving' | 'unsaved'
      /** Where unsent work is kept meanwhile. nowhere: this browser refuses to keep it; say so. */
      readonly keeping: 'device' | 'nowhere'
      /** Undefined until the server has said it (opened from the local copy). */
      readonly role: Role | undefined
      readonly readOnly: boolean
      /**
       * The stored document is damaged: of it only what was written until then (ms; 0: nothing) can be read, and nobody
       * can write until an administrator has repaired it. What this device has beyond that is still in `doc`.
       */
      readonly damagedAfterMs: number | undefined
      /** The document, or what this device has of it, was written with a newer schema: read-only here until the page is reloaded. */
      readonly isTooOld: boolean
      /** People on other nodes of the server may not be shown for now. */
      readonly peopleMayBeMissing: boolean
      readonly unsentCount: number
      /** 0..1 while a large document arrives. */
      readonly progress: number
    }
  | {
      readonly status: 'failed'
      /** Its `then` says what helps: 'reload' the page, or, after 'give-up', open the document anew. */
      readonly error: SyncError
      readonly copy?: PutAside
      /** The text as it was, so that it can stay on screen. Nothing typed into it is kept. */
      readonly doc: Y.Doc
    }

export interface ViewedBeside {
  readonly connection: DocumentConnection
  readonly copy: PutAside | undefined
  readonly waitsFor: SyncError | undefined
  /** Whether the storage outlives the page. */
  readonly isLasting: boolean
}

export function documentView(
  doc: Y.Doc,
  view: ReplicaView,
  { connection, copy, waitsFor, isLasting }: ViewedBeside,
): DocumentView {
  if (view.error) return { status: 'failed', error: view.error, doc, ...(copy ? { copy } : {}) }
  const { progress } = view
  if (!view.open) return { status: 'loading', connection, progress, waitsFor }
  const { saving, role, readOnly, damagedAfterMs, isTooOld, peopleMayBeMissing, unsentCount } = view
  const keeping = isLasting ? view.keeping : 'nowhere'
  const limits = { role, readOnly, damagedAfterMs, isTooOld }
  return { status: 'open', doc, connection, saving, keeping, ...limits, peopleMayBeMissing, unsentCount, progress }
}

export function isSameView(one: DocumentView, other: DocumentView): boolean {
  const [keys, values] = [Object.keys(one), other as Record<string, unknown>]
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => (one as Record<string, unknown>)[key] === values[key])
  )
}
