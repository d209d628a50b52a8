import type { DocumentId, LiveEvent } from '@tandem/sync'
import {
  createContext,
  createElement,
  useContext,
  useEffect,
  useMemo,
  useSyncExternalStore,
  type ReactNode,
} from 'react'
import type { TandemClient } from './client.ts'
import type { DocumentHandle } from './document-handle.ts'
import type { DocumentConnection, DocumentView } from './document-view.ts'
import type { LiveConnection } from './live-link.ts'
import type { PresentPerson } from './people.ts'

const ClientContext = createContext<TandemClient | undefined>(undefined)

/** Gives the client to the hooks below it. Whoever made the client closes it. */
export function TandemProvider({ client, children }: { client: TandemClient; children?: ReactNode }): ReactNode {
  return createElement(ClientContext, { value: client }, children)
}

/** The client. Throws outside of a TandemProvider. */
export function useTandem(): TandemClient {
  const client = useContext(ClientContext)
  if (client === undefined) throw new Error('Wrap the page in <TandemProvider client={createClient(…)}>.')
  return client
}

/** The handle, without opening the document. */
export function useDocumentHandle(documentId: string): DocumentHandle {
  const client = useTandem()
  return useMemo(() => client.document(documentId), [client, documentId]) // no IO: StrictMode may ask twice, and gets the same
}

/** Opens the document for as long as the component is there, and says what to show of it. */
export function useDocument(documentId: string): DocumentView {
  const handle = useDocumentHandle(documentId)
  useEffect(() => handle.open(), [handle]) // open returns close
  return useSyncExternalStore(handle.subscribe, handle.getSnapshot, handle.getSnapshot)
}

/** Everybody who has the document open, this session included. Does not open it, and does not render for carets. */
export function usePresence(documentId: string): readonly PresentPerson[] {
  const handle = useDocumentHandle(documentId)
  return useSyncExternalStore(handle.subscribePeople, handle.getPeople, handle.getPeople)
}

/** Whether somebody may be here who is not shown for now: the server cannot reach its other nodes. */
export function usePeopleMayBeMissing(documentId: string): boolean {
  const handle = useDocumentHandle(documentId)
  const view = useSyncExternalStore(handle.subscribe, handle.getSnapshot, handle.getSnapshot)
  return view.status === 'open' && view.peopleMayBeMissing
}

/** Everybody else. */
export function useOthers(documentId: string): readonly PresentPerson[] {
  const people = usePresence(documentId)
  return useMemo(() => people.filter(({ isSelf }) => !isSelf), [people])
}

/** This session; undefined while it is not joined. */
export function useSelf(documentId: string): PresentPerson | undefined {
  return usePresence(documentId).find(({ isSelf }) => isSelf)
}

/** Of a document that is opened elsewhere in the page. Undefined: it has failed. */
export function useConnection(documentId: string): DocumentConnection | undefined {
  const handle = useDocumentHandle(documentId)
  const view = useSyncExternalStore(handle.subscribe, handle.getSnapshot, handle.getSnapshot)
  return view.status === 'failed' ? undefined : view.connection
}

/** Whether live events of what the page lists arrive: 'reconnecting' at first, and while nothing of `api` is subscribed to. */
export function useLiveConnection(): LiveConnection {
  const { connection } = useTandem()
  return useSyncExternalStore(connection.subscribe, connection.getSnapshot, connection.getSnapshot)
}

/**
 * Documents with work on this device that the server has not, typed offline or left by a page that is gone; what is merely on its way is not
 * said to wait. One goes when all of its work was sent or put aside, also by another tab. The same set until it changes.
 */
export function useUnsentDocuments(): ReadonlySet<DocumentId> {
  const { unsentDocuments } = useTandem()
  return useSyncExternalStore(unsentDocuments.subscribe, unsentDocuments.getSnapshot, unsentDocuments.getSnapshot)
}

/** Calls back for live events of the document with this name: fetch anew what it announces. Keep the callback stable. */
export function useDocumentEvent(documentId: string, name: string, listener: (data: unknown) => void): void {
  const handle = useDocumentHandle(documentId)
  useEffect(
    () => handle.onEvent((event: LiveEvent) => event.name === name && listener(event.data)),
    [handle, name, listener],
  )
}
