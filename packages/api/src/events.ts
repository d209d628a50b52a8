import { DocumentId, UserId } from '@tandem/sync'
import { z } from 'zod'
import { PersonName, Title } from './input.ts'

// A new feature adds its event here, adds it to AppEvent, and publishes it with LiveEvents. An event is a hint: it may be
// lost, and the client then hears 'resync' and fetches anew. So it says what changed, never what only it would know.

export const DocumentCreated = liveEvent('documentCreated', { documentId: DocumentId, title: Title })
export const DocumentRenamed = liveEvent('documentRenamed', { documentId: DocumentId, title: Title })
export const DocumentDeleted = liveEvent('documentDeleted', { documentId: DocumentId })
/** Who may open it, or how, has changed; also to a person whom it was given to or taken from. */
export const DocumentAccessChanged = liveEvent('documentAccessChanged', { documentId: DocumentId })
/** To the owner and the one who asks, alone: a request for access was made, changed, taken back or declined. */
export const AccessRequested = liveEvent('accessRequested', { documentId: DocumentId })
/** To the visitor alone: the document is in their list from now on. */
export const DocumentVisited = liveEvent('documentVisited', { documentId: DocumentId })
/** To the person alone: their own mark on the document, in every open tab. */
export const DocumentStarred = liveEvent('documentStarred', { documentId: DocumentId, isStarred: z.boolean() })
/** To the person alone: they took it off their list, and their star with it, or put it back. */
export const DocumentListed = liveEvent('documentListed', { documentId: DocumentId, isListed: z.boolean() })
/** To the person alone: every open tab, and every node that stamps their presence. */
export const PersonRenamed = liveEvent('personRenamed', { userId: UserId, name: PersonName })

/** To the nodes alone: whatever was opened with this login is to be closed. */
export const LoginEnded = liveEvent('loginEnded', { loginId: z.string().max(200) })

/** Every live event of the product, told apart by `name`. What the typed subscription yields is inferred from this. */
export const AppEvent = z.discriminatedUnion('name', [
  DocumentCreated,
  DocumentRenamed,
  DocumentDeleted,
  DocumentAccessChanged,
  AccessRequested,
  DocumentVisited,
  DocumentStarred,
  DocumentListed,
  PersonRenamed,
  LoginEnded,
])
export type AppEvent = z.infer<typeof AppEvent>
/** Those that pages are told. */
export type PageEvent = Exclude<AppEvent, { name: 'loginEnded' }>

/** Who hears an event: whoever has the document in their list, or one person's open tabs. */
export type EventTopic = `events:${string}`
export function documentTopic(documentId: DocumentId): EventTopic {
  return `events:${documentId}`
}
export function userTopic(userId: UserId): EventTopic {
  return `events:user-${userId}`
}

function liveEvent<const Name extends string, const Data extends z.ZodRawShape>(name: Name, data: Data) {
  return z.strictObject({ name: z.literal(name), data: z.strictObject(data) })
}
