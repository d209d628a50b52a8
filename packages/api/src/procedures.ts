import { initTRPC } from '@trpc/server'
import { ROLES, SyncError, DocumentId, type Role } from '@tandem/sync'
import { z } from 'zod'
import type { Charge, Context, User } from './context.ts'
import { errorShape } from './error-shape.ts'
import { releasedAtEnd } from './released-at-end.ts'

/** What a procedure says about itself; `access.test.ts` generates who may call what from it. */
export interface ProcedureMeta {
  /** The least that a caller needs. */
  readonly who: 'anyone' | 'user' | Role
  /** Who looks the role up: the builder, before the procedure runs, or the room, as of the log it is about to write. */
  readonly decidedBy?: 'room'
  /** Which rate a call counts against, unless it is `call`. */
  readonly charge?: Charge
}

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    isDev: false, // no stack ever leaves the server
    errorFormatter: ({ error }) => errorShape(error),
    sse: {
      maxDurationMs: 15 * 60_000,
      ping: { enabled: true, intervalMs: 15_000 },
      client: { reconnectAfterInactivityMs: 40_000 },
    },
  })

export const router = t.router
export const createCallerFactory = t.createCallerFactory

/** Anybody may call it, signed in or not. Throws SyncError 'overloaded' beyond the caller's rates. */
export const publicProcedure = t.procedure.meta({ who: 'anyone' }).use(async ({ ctx, meta, type, next }) => {
  const asked = ctx.allowance.take(meta?.charge ?? 'call')
  if (asked !== undefined) await asked
  if (type !== 'subscription') return next()
  const release = ctx.allowance.openSession()
  const result = await next()
  if (result.ok) return { ...result, data: releasedAtEnd(result.data, release) }
  release()
  return result
})

/** `ctx.user` and `ctx.loginId` are there. Throws SyncError 'not-signed-in'. */
export const userProcedure = publicProcedure.meta({ who: 'user' }).use(({ ctx, next }) => next({ ctx: signedIn(ctx) }))

/**
 * For what costs more than an edit and can wait (import, search, export). Its input is read when its turn has come.
 * Throws SyncError 'overloaded' when too many wait.
 */
export const expensiveProcedure = userProcedure.use(({ ctx, next }) => ctx.expensive(ctx.user.userId, () => next()))

// Loose on purpose, the only one: the procedure's own strict schema sees the same input after it.
const NamesDocument = z.object({ documentId: DocumentId })

/**
 * For everything about one document: its input names it, the caller has at least this role in it, `ctx.role` is the one they have.
 * Throws SyncError 'unknown-document' (no such document, or it was deleted) and 'not-allowed'.
 */
export function documentProcedure(role: Role) {
  return userProcedure
    .meta({ who: role })
    .input(NamesDocument)
    .use(async ({ ctx, input, next }) => next({ ctx: { role: await requireRole(ctx, input.documentId, role) } }))
}

/** As `documentProcedure`, for what each open page asks: the role of the caller's session on this node is good enough, and no query. */
export function openDocumentProcedure(role: Role) {
  return userProcedure
    .meta({ who: role })
    .input(NamesDocument)
    .use(async ({ ctx, input: { documentId }, next }) => {
      const joined = ctx.rooms.joinedRole(documentId, ctx.user.userId)
      if (joined === undefined) await requireRole(ctx, documentId, role)
      else refuseBelow(role, joined)
      return next()
    })
}

/**
 * The same promise, kept by the room: it decides the role as of the log it writes to, after it has looked for a repeat.
 * Asking here too would cost a query per keystroke and would refuse the repeat of a push that was already accepted.
 */
export function roomProcedure(role: Role, charge: Charge = 'call') {
  return userProcedure
    .meta({ who: role, decidedBy: 'room', charge })
    .input(NamesDocument)
    .use(async ({ ctx, input, next }) => {
      const asked = ctx.allowance.takeOf(input.documentId, charge)
      if (asked !== undefined) await asked
      return next()
    })
}

function signedIn({ user, loginId }: Context): { user: User; loginId: string } {
  if (user === undefined || loginId === undefined)
    throw new SyncError('not-signed-in', 'Sign in first, or go on as a guest.')
  return { user, loginId }
}

async function requireRole(
  ctx: { access: Context['access']; user: User },
  documentId: DocumentId,
  needed: Role,
): Promise<Role> {
  const found = await ctx.access.rolesOf(documentId, [ctx.user.userId])
  if (found === undefined) throw new SyncError('unknown-document', 'There is no such document, or it was deleted.')
  return refuseBelow(needed, found.roles.get(ctx.user.userId))
}

function refuseBelow(needed: Role, role: Role | undefined): Role {
  if (role === undefined || ROLES.indexOf(role) < ROLES.indexOf(needed)) {
    throw new SyncError('not-allowed', `This needs the role ${needed} in the document; ask its owner for it.`)
  }
  return role
}
