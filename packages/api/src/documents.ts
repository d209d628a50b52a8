import type { DocumentSummary as StoredSummary } from '@tandem/store'
import { SyncError, type DocumentId } from '@tandem/sync'
import type { Context, User } from './context.ts'
import { documentTopic, userTopic, type AppEvent } from './events.ts'

/** The context of a procedure that knows its caller. */
export type UserContext = Context & { readonly user: User }

/** A document as lists and top bars show it to the caller. Times in ms since 1970. */
export interface DocumentSummary extends Omit<StoredSummary, 'id'> {
  readonly documentId: DocumentId
}

const PAGE = 100
/** Older ones are there, and open by their link; a list of them all comes with search. */
const MAX_LISTED = 1000

/** What the caller owns, was given a role in, or has opened, but for what they took off the list; the newest activity first, at most 1000, and whatever is starred. */
export async function listDocuments({ documents, user }: UserContext): Promise<DocumentSummary[]> {
  const listed: DocumentSummary[] = []
  let cursor: string | undefined
  do {
    const page = await documents.list(user.userId, { limit: PAGE, cursor })
    listed.push(...page.documents.map(summary))
    cursor = page.nextCursor
  } while (cursor !== undefined && listed.length < MAX_LISTED)
  // A cursor is a place in one order: from here on, of what is older, only the starred ones.
  while (cursor !== undefined) {
    const page = await documents.list(user.userId, { limit: PAGE, cursor, onlyStarred: true })
    listed.push(...page.documents.map(summary))
    cursor = page.nextCursor
  }
  return listed
}

export async function createDocument(
  ctx: UserContext,
  input: { title: string; schemaVersion: number },
): Promise<DocumentSummary> {
  return created(ctx, await ctx.documents.create({ ...input, ownerId: ctx.user.userId }))
}

function created(ctx: UserContext, stored: StoredSummary): DocumentSummary {
  const document = summary(stored)
  const { documentId, title } = document
  ctx.events.publish(userTopic(ctx.user.userId), { name: 'documentCreated', data: { documentId, title } })
  return document
}

interface Import {
  readonly title?: string | undefined
  readonly fileName?: string | undefined
  readonly markdown: Uint8Array
}

/**
 * A document that holds the Markdown, or none at all: what cannot be converted is refused before a document exists, and
 * what is being filled is nobody's document before all of it is in the log, whatever ends this node meanwhile.
 */
export async function importDocument(ctx: UserContext, input: Import): Promise<DocumentSummary> {
  const { updates, schemaVersion, title } = await ctx.importer.convert(input.markdown)
  const named = input.title ?? title ?? input.fileName?.replace(/\.\w+$/, '') ?? ''
  const documentId = await ctx.documents.beginImport({ title: named, schemaVersion, ownerId: ctx.user.userId })
  try {
    // One by one: between them it is others' turn.
    for (const update of updates) await ctx.rooms.edit(ctx.user, documentId, { updates: [update], schemaVersion })
    return created(ctx, await ctx.documents.finishImport(documentId, ctx.user.userId))
  } catch (error) {
    await giveUp(ctx, documentId)
    throw error
  }
}

/** Its rows are taken away later, by `removeUnfinished`, with those of nodes that were killed. */
async function giveUp(ctx: UserContext, documentId: DocumentId): Promise<void> {
  try {
    await ctx.documents.delete(documentId)
    ctx.rooms.accessChanged(documentId)
  } catch (error) {
    if (!(error instanceof SyncError)) throw error // else: the log cannot be written now, and nobody sees the document anyway
  }
}

/** What a page shows of a document it opens; from here on it is in the caller's list. */
export async function openDocument(ctx: UserContext, documentId: DocumentId): Promise<DocumentSummary> {
  const document = summary(await ctx.documents.get(documentId, ctx.user.userId))
  if (document.role === 'owner') return document // has been there since it was made
  await ctx.documents.recordVisit(documentId, ctx.user.userId)
  ctx.events.publish(userTopic(ctx.user.userId), { name: 'documentVisited', data: { documentId } })
  return document
}

/** Answers the title as it was stored: without control characters, trimmed, never empty. */
export async function renameDocument(
  ctx: UserContext,
  input: { documentId: DocumentId; title: string },
): Promise<{ title: string }> {
  const title = await ctx.documents.rename(input.documentId, input.title)
  announce(ctx, input.documentId, { name: 'documentRenamed', data: { documentId: input.documentId, title } })
  return { title }
}

/** The caller's own, and told to nobody else. Throws SyncError 'bad-input' beyond LIMITS.starsPerUser. */
export async function setStar(
  ctx: UserContext,
  { documentId, isStarred }: { documentId: DocumentId; isStarred: boolean },
): Promise<{ isStarred: boolean }> {
  await ctx.documents.setStar(documentId, ctx.user.userId, { isStarred })
  ctx.events.publish(userTopic(ctx.user.userId), { name: 'documentStarred', data: { documentId, isStarred } })
  return { isStarred }
}

/**
 * The caller's own list, and told to nobody else. Their role stays, and so does what others see of them. Opened, starred or given a role in
 * anew, the document comes back by itself. Throws SyncError 'bad-input' to its owner.
 */
export async function setListed(
  ctx: UserContext,
  { documentId, isListed }: { documentId: DocumentId; isListed: boolean },
): Promise<{ isListed: boolean }> {
  await ctx.documents.setListed(documentId, ctx.user.userId, { isListed })
  ctx.events.publish(userTopic(ctx.user.userId), { name: 'documentListed', data: { documentId, isListed } })
  return { isListed }
}

/** Open sessions learn it at once and end with 'document-deleted'. */
export async function removeDocument(ctx: UserContext, documentId: DocumentId): Promise<void> {
  await ctx.documents.delete(documentId)
  announce(ctx, documentId, { name: 'documentDeleted', data: { documentId } })
  ctx.rooms.accessChanged(documentId)
}

/** To those who have the document in their list, and to those who have it open. */
function announce(ctx: UserContext, documentId: DocumentId, event: AppEvent): void {
  ctx.events.publish(documentTopic(documentId), event)
  ctx.rooms.announce(documentId, event)
}

function summary({ id, ...rest }: StoredSummary): DocumentSummary {
  return { documentId: id, ...rest }
}
