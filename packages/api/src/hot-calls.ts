import { readPresence, readPush, type Presence, type Push } from '@tandem/sync'
import type { Charge } from './context.ts'
import type { UserContext } from './documents.ts'

/** What hot calls need of the context of a signed-in caller. */
export type HotContext = Pick<UserContext, 'rooms' | 'allowance' | 'user'>

/** Undefined: not well-formed, and nothing was done or charged. */
type HotCall = (ctx: HotContext, rawInput: unknown) => Promise<unknown> | undefined

/**
 * The calls of the hot path by their paths, without the generic pipeline of a procedure, which costs several times what they
 * do. They do what the procedures of the same path do, in the same order, and throw the same errors; input that
 * is not well-formed is left to those.
 */
export const HOT_CALLS: ReadonlyMap<string, HotCall> = new Map<string, HotCall>([
  [
    'document.push',
    (ctx, rawInput) => {
      const input = readPush(rawInput)
      return input && charged(ctx, 'push', input, () => ctx.rooms.push(ctx.user, input))
    },
  ],
  [
    'document.presence',
    (ctx, rawInput) => {
      const input = readPresence(rawInput)
      return input && charged(ctx, 'presence', input, () => ctx.rooms.presence(ctx.user, input))
    },
  ],
])

async function charged<Result>(
  { allowance }: HotContext,
  charge: Charge,
  { documentId }: Push | Presence,
  work: () => Result,
): Promise<Awaited<Result>> {
  const asked = allowance.take(charge)
  if (asked !== undefined) await asked
  const askedOfDocument = allowance.takeOf(documentId, charge)
  if (askedOfDocument !== undefined) await askedOfDocument
  return await work()
}
