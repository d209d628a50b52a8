import { ComparedContent, Join, Presence, Push } from '@tandem/sync'
import { openDocumentProcedure, roomProcedure, router } from './procedures.ts'

/** One document, live. All but `compare` are the hot path, and what they promise is `Rooms`' to keep. */
export const documentRouter = router({
  /** The frames of one session: welcome, what is missing, and every change after it, until the caller stops. */
  join: roomProcedure('viewer')
    .input(Join)
    .subscription(({ ctx, input, signal }) =>
      ctx.rooms.join(ctx.user, input, { signal: signal ?? NEVER, gate: ctx.gate, lane: ctx.lane }),
    ),

  /** Resolves when the update is in the log; send the same bytes under the same pushId until it does. */
  push: roomProcedure('editor', 'push')
    .input(Push)
    .mutation(({ ctx, input }) => ctx.rooms.push(ctx.user, input)),

  /** Newest wins; who it is comes from the login. */
  presence: roomProcedure('viewer', 'presence')
    .input(Presence)
    .mutation(({ ctx, input }) => ctx.rooms.presence(ctx.user, input)),

  /** A replica in which nothing happens asks whether it shows what the log says. Rare, and answered for all who ask at once. */
  compare: openDocumentProcedure('viewer')
    .input(ComparedContent)
    .mutation(({ ctx, input }) => ctx.contents.compare(input)),
})

const NEVER = new AbortController().signal
