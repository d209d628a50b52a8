import type { AccessRequest, AskedRole, GivenRole, Shared } from '@tandem/store'
import { ROLES, SyncError, type DocumentId, type Role, type UserId } from '@tandem/sync'
import type { UserContext } from './documents.ts'
import { documentTopic, userTopic, type AppEvent } from './events.ts'

/** Who may open a document, as the caller may know it. */
export interface SharedWith extends Shared {
  /** The caller's. The owner, and nobody else, may change any of this. */
  readonly role: Role
}

/**
 * Everybody who may open a document may know whose it is and what its address gives. Who else was given a role is for those who were given one
 * themselves; who came by the address, who was removed, who asks for access, and the invite links are for the owner alone. What is not told is empty.
 */
export async function sharedWith(ctx: UserContext & { role: Role }, documentId: DocumentId): Promise<SharedWith> {
  const { role, user } = ctx
  const shared = await ctx.sharing.read(documentId)
  if (role === 'owner') return { role, ...shared }
  const { owner, linkRole } = shared
  const isMember = shared.members.some(({ userId }) => userId === user.userId)
  const members = isMember ? shared.members : []
  return { role, owner, linkRole, members, visitors: [], shutOut: [], requests: [], invites: [] }
}

/** Gives a role to somebody who is known in the document, also after they were removed; null: what the address gives is all they have. */
export async function setRole(
  ctx: UserContext,
  { documentId, userId, role }: { documentId: DocumentId; userId: UserId; role: GivenRole | null },
): Promise<void> {
  await requireOther(ctx, documentId, userId)
  await ctx.sharing.setRole(documentId, userId, role ?? undefined)
  accessChanged(ctx, documentId, userId)
}

/** From here on neither the document's address nor an invite link lets this person in. Their open tabs end with 'not-allowed' and keep their unsent work. */
export async function removePerson(
  ctx: UserContext,
  { documentId, userId }: { documentId: DocumentId; userId: UserId },
): Promise<void> {
  await requireOther(ctx, documentId, userId)
  await ctx.sharing.shutOut(documentId, userId)
  accessChanged(ctx, documentId, userId)
}

/** What anybody who has the address may do; null: nothing. */
export async function setLinkRole(
  ctx: UserContext,
  { documentId, role }: { documentId: DocumentId; role: GivenRole | null },
): Promise<void> {
  const { requests } = await ctx.sharing.read(documentId)
  await ctx.sharing.setLinkRole(documentId, role ?? undefined)
  accessChanged(ctx, documentId)
  // They have it in no list, and may be in by this.
  for (const { userId } of requests) ctx.events.publish(userTopic(userId), changed(documentId))
}

/** The caller stays as an editor. */
export async function handOn(
  ctx: UserContext,
  { documentId, userId }: { documentId: DocumentId; userId: UserId },
): Promise<void> {
  await requireOther(ctx, documentId, userId)
  await ctx.sharing.handOn(documentId, { from: ctx.user.userId, to: userId })
  accessChanged(ctx, documentId, userId)
}

/** The secret is told this once. */
export async function createInvite(
  ctx: UserContext,
  { documentId, role, expiresInMs }: { documentId: DocumentId; role: GivenRole; expiresInMs: number | null },
): Promise<{ inviteId: string; secret: string }> {
  const invite = await ctx.sharing.invites.create(documentId, { role, expiresInMs: expiresInMs ?? undefined })
  tell(ctx, documentId) // nobody's access has changed: only the list of links has
  return invite
}

/** Those whom it let in stay. */
export async function revokeInvite(
  ctx: UserContext,
  { documentId, inviteId }: { documentId: DocumentId; inviteId: string },
): Promise<void> {
  await ctx.sharing.invites.revoke(documentId, inviteId)
  tell(ctx, documentId)
}

/** Gives the caller the link's role, unless they have more. At most LIMITS.invitesPerMinute tries from one address, good and bad ones. */
export async function acceptInvite(
  ctx: UserContext,
  { documentId, ...invite }: { documentId: DocumentId; inviteId: string; secret: string },
): Promise<void> {
  await ctx.allowance.takeInvite()
  const isChanged = await ctx.sharing.invites.accept(documentId, ctx.user.userId, invite)
  if (isChanged) accessChanged(ctx, documentId, ctx.user.userId)
}

/**
 * Asks the owner for a role, or takes that back (null). Who may do as much already asks for nothing. Counts as a tried invite
 * link, so that nobody keeps an owner's pages busy. Throws SyncError 'not-allowed' to who was removed.
 */
export async function askForAccess(
  ctx: UserContext,
  { documentId, role }: { documentId: DocumentId; role: AskedRole | null },
): Promise<void> {
  await ctx.allowance.takeInvite()
  const { userId } = ctx.user
  const found = await ctx.access.rolesOf(documentId, [userId])
  if (found === undefined) throw new SyncError('unknown-document', 'There is no such document, or it was deleted.')
  const has = found.roles.get(userId)
  if (role !== null && has !== undefined && ROLES.indexOf(has) >= ROLES.indexOf(role)) return
  const ownerId = await ctx.sharing.ownerOf(documentId)
  if (role === null) await ctx.sharing.requests.end(documentId, userId)
  else await ctx.sharing.requests.ask(documentId, userId, role)
  tellRequest(ctx, documentId, [ownerId, userId])
}

/** What the caller asks for and was not given yet; null: nothing. Tells nothing of a document that they may not open. */
export async function ownRequest(ctx: UserContext, documentId: DocumentId): Promise<AccessRequest | null> {
  return (await ctx.sharing.requests.find(documentId, ctx.user.userId)) ?? null
}

/** They may ask again. Who should not is removed. */
export async function declineRequest(
  ctx: UserContext,
  { documentId, userId }: { documentId: DocumentId; userId: UserId },
): Promise<void> {
  await ctx.sharing.requests.end(documentId, userId)
  tellRequest(ctx, documentId, [ctx.user.userId, userId])
}

/** The caller is the owner, and nobody gives or takes what is their own. */
async function requireOther(ctx: UserContext, documentId: DocumentId, userId: UserId): Promise<void> {
  if (userId === ctx.user.userId)
    throw new SyncError('bad-input', 'The owner has every right. Hand the document on to somebody else instead.')
  if (await ctx.sharing.knows(documentId, userId)) return
  throw new SyncError(
    'bad-input',
    'Nobody with this account has opened the document yet. Send them its address, or an invite link.',
  )
}

/** On every node the rooms look at the roles again, and whoever shows the document fetches anew. */
function accessChanged(ctx: UserContext, documentId: DocumentId, userId?: UserId): void {
  ctx.rooms.accessChanged(documentId)
  tell(ctx, documentId)
  // It may not be in this person's list yet.
  if (userId !== undefined) ctx.events.publish(userTopic(userId), changed(documentId))
}

function tellRequest(ctx: UserContext, documentId: DocumentId, people: readonly UserId[]): void {
  for (const userId of people) ctx.events.publish(userTopic(userId), { name: 'accessRequested', data: { documentId } })
}

function tell(ctx: UserContext, documentId: DocumentId): void {
  ctx.events.publish(documentTopic(documentId), changed(documentId))
}

function changed(documentId: DocumentId): AppEvent {
  return { name: 'documentAccessChanged', data: { documentId } }
}
