import { DocumentId, UserId } from '@tandem/sync'
import { z } from 'zod'
import { documentProcedure, router, userProcedure } from './procedures.ts'
import {
  acceptInvite,
  askForAccess,
  createInvite,
  declineRequest,
  handOn,
  ownRequest,
  removePerson,
  revokeInvite,
  setLinkRole,
  setRole,
  sharedWith,
} from './sharing.ts'

const MOST_MS = 366 * 24 * 3600 * 1000

const GivenRole = z.enum(['viewer', 'commenter', 'editor'])
/** 128 random bits, base64url. */
const Random = z.string().regex(/^[A-Za-z0-9_-]{22}$/, 'This is not what an invite link ends in.')
const Person = z.strictObject({ documentId: DocumentId, userId: UserId })

/** Who may open a document. A change is in the database, and on its way to every open session, when it is answered. */
export const sharingRouter = router({
  get: documentProcedure('viewer')
    .input(z.strictObject({ documentId: DocumentId }))
    .query(({ ctx, input }) => sharedWith(ctx, input.documentId)),

  setRole: documentProcedure('owner')
    .input(Person.extend({ role: GivenRole.nullable() }))
    .mutation(({ ctx, input }) => setRole(ctx, input)),

  remove: documentProcedure('owner')
    .input(Person)
    .mutation(({ ctx, input }) => removePerson(ctx, input)),

  setLink: documentProcedure('owner')
    .input(z.strictObject({ documentId: DocumentId, role: GivenRole.nullable() }))
    .mutation(({ ctx, input }) => setLinkRole(ctx, input)),

  handOn: documentProcedure('owner')
    .input(Person)
    .mutation(({ ctx, input }) => handOn(ctx, input)),

  /** What it answers belongs behind the # of an address, which no server is ever sent: `/d/<documentId>#invite=<inviteId>.<secret>`. */
  createInvite: documentProcedure('owner')
    .input(
      z.strictObject({
        documentId: DocumentId,
        role: GivenRole,
        /** Null: until it is revoked. */
        expiresInMs: z.int().positive().max(MOST_MS, 'An invite link lasts at most a year.').nullable(),
      }),
    )
    .mutation(({ ctx, input }) => createInvite(ctx, input)),

  revokeInvite: documentProcedure('owner')
    .input(z.strictObject({ documentId: DocumentId, inviteId: Random }))
    .mutation(({ ctx, input }) => revokeInvite(ctx, input)),

  /** For anybody who is signed in, guests too: asks the owner for a role, instead of what they asked for before; null takes it back. */
  ask: userProcedure
    .input(z.strictObject({ documentId: DocumentId, role: z.enum(['viewer', 'editor']).nullable() }))
    .mutation(({ ctx, input }) => askForAccess(ctx, input)),

  /** What the caller asks for; null: nothing, or they have it by now. */
  ownRequest: userProcedure
    .input(z.strictObject({ documentId: DocumentId }))
    .query(({ ctx, input }) => ownRequest(ctx, input.documentId)),

  decline: documentProcedure('owner')
    .input(Person)
    .mutation(({ ctx, input }) => declineRequest(ctx, input)),

  /** For anybody who is signed in, guests too: whoever has the link may. */
  acceptInvite: userProcedure
    .input(z.strictObject({ documentId: DocumentId, inviteId: Random, secret: Random }))
    .mutation(({ ctx, input }) => acceptInvite(ctx, input)),
})
