import { z } from 'zod'
import { userTopic } from './events.ts'
import { PersonName } from './input.ts'
import { publicProcedure, router, userProcedure } from './procedures.ts'

export const meRouter = router({
  /**
   * Who I am; null when nobody is signed in.
   *
   * What a page does with it: ask over HTTP (`GET /trpc/me.get`) before it opens a socket. On null, sign in as a guest:
   * `POST /api/auth/sign-in/anonymous` with a JSON body `{}` and the header `x-tandem: 1`; the answer sets the cookie.
   * Do both under the Web Lock `tandem:sign-in` where there are Web Locks, so that two tabs that open at once for the
   * first time become one guest (the second finds the first's cookie). Where there are none, the last cookie wins:
   * so ask again after signing in, and believe that answer, not the POST's. A POST refused with 400 means that another
   * tab has just signed in: ask again too. Then open the socket, which carries the cookie.
   */
  get: publicProcedure.query(({ ctx }) =>
    ctx.user === undefined ? null : { userId: ctx.user.userId, name: ctx.user.name, isGuest: ctx.user.isGuest },
  ),

  /** The new name is on every caret and avatar at once, in every tab and on every node. */
  rename: userProcedure.input(z.strictObject({ name: PersonName })).mutation(async ({ ctx, input }) => {
    await ctx.people.rename(ctx.user.userId, input.name)
    ctx.events.publish(userTopic(ctx.user.userId), {
      name: 'personRenamed',
      data: { userId: ctx.user.userId, name: input.name },
    })
    return { userId: ctx.user.userId, name: input.name, isGuest: ctx.user.isGuest }
  }),

  /**
   * Lets a page of another origin open one socket as the caller, once, within `validMs`. It goes into the header
   * `Sec-WebSocket-Protocol` (`new WebSocket(url, ['tandem', 'ticket.' + ticket])`) or the first message, never into a
   * URL. What it opened ends with the login that asked for it. A product's own server asks with a token and hands it to its page.
   */
  ticket: userProcedure.mutation(({ ctx }) => ctx.tickets.issue(ctx.user.userId, ctx.loginId)),
})
