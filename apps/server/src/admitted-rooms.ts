import type { Context } from '@tandem/api'
import type { Frame, UserId } from '@tandem/sync'
import type { InFlight, InFlightPorts } from './in-flight.ts'

type Rooms = Context['rooms']

export interface AdmissionPorts extends Pick<InFlightPorts, 'now' | 'after'> {
  readonly pushes: InFlight
  readonly opens: InFlight
}

/** After an edit of the server's own it rests so many times as long as that took. */
const PAUSE_FACTOR = 3
const LONGEST_PAUSE_MS = 250

/**
 * The rooms behind their limits: pushes, and opens (a join until its first frame), each as many at once as their latency
 * allows and in fair shares between users; beyond that they are refused with SyncError 'overloaded' before anything was done. Presence passes: it waits for
 * nothing. An ack says how long the push was here. Edits that the server makes (imports) come one after the other with pauses, all
 * imports together, so that people's come between them.
 */
export function admittedRooms(rooms: Rooms, { pushes, opens, now, after }: AdmissionPorts): Rooms {
  let lastEdit: Promise<void> = Promise.resolve()
  return {
    join: (author, ...input) => admittedFrames(rooms.join(author, ...input), { who: author.userId, opens }),
    push: async (author, input) => {
      const arrivedAtMs = now()
      const pushed = await pushes.run(author.userId, () => rooms.push(author, input))
      // Waiting for its place is the node's doing, too.
      return 'seq' in pushed ? { seq: pushed.seq, heldMs: Math.round(now() - arrivedAtMs) } : pushed
    },
    edit: (author, ...input) => {
      const edited = lastEdit.then(async () => {
        const beganAtMs = now()
        await pushes.run(author.userId, () => rooms.edit(author, ...input))
        const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_FACTOR * (now() - beganAtMs))
        await new Promise<void>((resolve) => after(pauseMs, resolve))
      })
      lastEdit = edited.catch(() => undefined) // its own caller hears of it
      return edited
    },
    presence: (...input) => rooms.presence(...input),
    joinedRole: (...input) => rooms.joinedRole(...input),
    accessChanged: (...input) => rooms.accessChanged(...input),
    announce: (...input) => rooms.announce(...input),
  }
}

/** The same frames; only the first, which may read the log, is waited for. No layer around those after it: they are the hot path. */
function admittedFrames(
  frames: AsyncGenerator<Frame, void, undefined>,
  { who, opens }: { who: UserId; opens: InFlight },
): typeof frames {
  let isBegun = false
  return {
    next() {
      if (isBegun) return frames.next()
      isBegun = true
      return opens.run(who, () => frames.next())
    },
    // One that was never begun is over with this; one that waits for its place then finds it so.
    return: (value) => frames.return(value),
    throw: (error) => frames.throw(error),
    [Symbol.asyncIterator]() {
      return this
    },
    [Symbol.asyncDispose]: () => frames[Symbol.asyncDispose](),
  }
}
