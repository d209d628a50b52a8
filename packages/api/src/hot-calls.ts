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

/** Buckets of this node answer at once, and then there is no promise but that of the work. Never throws, but rejects. */
function charged<Result>(
  { allowance }: HotContext,
  charge: Charge,
  { documentId }: Push | Presence,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const takeOf = (): Result | Promise<Result> => {
    const asked = allowance.takeOf(documentId, charge)
    return asked === undefined ? work() : asked.then(work)
  }
  try {
    const asked = allowance.take(charge)
    const done = asked === undefined ? takeOf() : asked.then(takeOf)
    return done instanceof Promise ? done : Promise.resolve(done)
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}
