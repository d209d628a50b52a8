import { SyncError } from '../src/errors.ts'
import type { Lane } from '../src/lane.ts'
import type { Author, Gate, Link } from '../src/ports.ts'
import type { Frame, Join, Presence, Push, Pushed } from '../src/protocol.ts'
import type { WorldNode } from './world-node.ts'
import type { WorldReplica } from './world-replica.ts'

/** Frames on their way to one browser at which its socket counts as full. */
const FULL_FRAMES = 3

type Listener = Parameters<Link['join']>[1]

/** One socket between a replica and a node. Frames keep their order; a cut loses what is on its way, in both directions. */
export class WorldLink implements Link {
  readonly node: WorldNode
  readonly #replica: WorldReplica
  readonly #lane: string
  /** Every other socket has a lane: there, frames leave without being pulled. */
  readonly #hasLane: boolean
  readonly #abort = new AbortController()
  readonly #failures = new Set<() => void>()
  #cut = false
  #onTheWay = 0
  /** Sessions that ended with an error of which the browser has not heard yet. */
  #ended = 0
  /** Sessions of which something waits for this socket's lane. */
  #offered = 0
  #writable: (() => void)[] = []
  #stalled = false

  constructor(replica: WorldReplica, node: WorldNode) {
    this.#replica = replica
    this.node = node
    const number = replica.world.countLink()
    this.#lane = `link:${number}`
    this.#hasLane = number % 2 === 0
    node.links.add(this)
  }

  /** Nothing is on its way, to the browser or to the log: what the node has, the page has. */
  get isQuiet(): boolean {
    return (
      this.#onTheWay === 0 && this.#ended === 0 && this.#offered === 0 && !this.#stalled && this.node.calls.size === 0
    )
  }

  get #author(): Author {
    return { userId: this.#replica.userId, name: this.#replica.name }
  }

  join(input: Join, on: Listener): () => void {
    const abort = new AbortController()
    let left = false
    this.#abort.signal.addEventListener('abort', () => abort.abort())
    const heard: Listener = {
      frame: (frame) => left || on.frame(frame),
      ended: (error) => left || on.ended(error),
    }
    this.#deliver(() => void this.#pump(input, heard, abort))
    return () => {
      left = true
      abort.abort()
    }
  }

  async push(input: Push): Promise<Pushed> {
    const { promises } = this.#replica.world
    promises.pushed(this.#replica, input)
    const pushed = await this.#call(() => this.node.mustRooms().push(this.#author, input))
    if ('seq' in pushed) promises.acked(this.#replica.name, input.update, pushed.seq)
    return pushed
  }

  presence(input: Presence): Promise<void> {
    return this.#call(async () => this.node.mustRooms().presence(this.#author, input))
  }

  /** The replica's side: it hears of it at once, the node when its turn comes. */
  cut(): void {
    this.#cut = true
    this.node.links.delete(this)
    for (const fail of this.#failures) fail()
    this.#failures.clear()
    const { schedule } = this.#replica.world
    schedule.add(() => this.#abort.abort())
    this.#writable.splice(0).forEach((resume) => schedule.add(resume))
  }

  /** The node's side: the replica hears of it when its turn comes. What was on its way to it may still arrive before. */
  dropped(): void {
    this.#abort.abort()
    const { schedule, random } = this.#replica.world
    this.#cut = random.chance(0.5)
    const gone = (): void => {
      if (this.#replica.link === this) this.#replica.disconnect()
    }
    schedule.add(gone, this.#cut ? undefined : this.#lane, this.#replica)
  }

  /** Its reader reads nothing more. */
  stall(): void {
    this.#stalled = true
  }

  resume(): void {
    this.#stalled = false
    this.#writable.splice(0).forEach((resume) => resume())
  }

  async #pump(input: Join, on: Listener, abort: AbortController): Promise<void> {
    const { world } = this.#replica
    const { node } = this
    if (this.#abort.signal.aborted) return
    const gate = this.#gate()
    const took = this.#taker(input, on)
    const lane = this.#hasLane ? this.#laneOf(took) : undefined
    try {
      for await (const frame of node.mustRooms().join(this.#author, input, { signal: abort.signal, gate, lane })) {
        if (frame.type === 'welcome') world.people.welcomed(frame.sessionId, this.#replica.userId)
        else if (!gate.passed()) world.promises.break(`${this.#lane} gets a frame that it was not asked for.`)
        took(frame)
      }
    } catch (error) {
      this.#ended += 1
      this.#deliver(() => {
        this.#ended -= 1
        on.ended(error instanceof Error ? error : new Error(String(error)))
      })
    }
  }

  /** Every frame of one session, in the order in which it leaves the node: looked at, and sent. */
  #taker(input: Join, on: Listener): (frame: Frame) => void {
    const { world } = this.#replica
    const ticksBefore = this.node.ticks
    let presenceFrames = 0
    let through = 0
    return (frame) => {
      world.promises.sawFrame(this.#replica, frame)
      // [ROOM-3] [OUT-1] [LANE-1] Every row once, none left out.
      if (frame.type === 'changes' && frame.fromSeq !== through + 1)
        world.promises.break(`${this.#replica.name} is shown ${frame.fromSeq} after ${through}.`)
      through = reached(frame, through, input)
      if (frame.type === 'changes' && frame.presence !== undefined) presenceFrames += 1
      // [PRES-11] One with the text before the next tick, and one with each tick or with text in its place.
      if (presenceFrames > this.node.ticks - ticksBefore + 1)
        world.promises.break('Presence did not wait for its tick.')
      this.#onTheWay += 1
      this.#deliver(() => {
        this.#onTheWay -= 1
        this.#writable.splice(0).forEach((resume) => resume())
        this.#arrived(frame, on)
      })
    }
  }

  /** [LANE-2] Takes what the socket has room for; the rest is pulled. */
  #laneOf(took: (frame: Frame) => void): Lane {
    const { rooms } = this.node
    return {
      offer: (source) => {
        this.#offered += 1
        this.#replica.world.schedule.add(() => {
          this.#offered -= 1
          if (this.node.rooms !== rooms) return // that process is gone
          while (this.#isWritable) {
            const frame = source.take()
            if (frame === undefined) return
            this.#replica.world.count('lane')
            took(frame)
          }
          source.resume()
        })
      },
    }
  }

  #arrived(frame: Frame, on: Listener): void {
    const told = frame.type === 'welcome' ? frame : frame.type === 'changes' ? frame.access : undefined
    this.#replica.toldSchema = Math.max(this.#replica.toldSchema, told?.schemaVersion ?? 0)
    this.#replica.world.count(frame.type)
    this.#replica.arriving = frame
    on.frame(frame)
    this.#replica.arriving = undefined
  }

  get #isWritable(): boolean {
    return !this.#stalled && this.#onTheWay < FULL_FRAMES
  }

  /** [OUT-6] `passed` says whether the socket was asked, and not full, for this very frame. */
  #gate(): Gate & { passed(): boolean } {
    const { schedule } = this.#replica.world
    let passedAt = -1
    return {
      passed: () => {
        const passed = passedAt === schedule.ran
        passedAt = -1
        return passed
      },
      writable: async (signal) => {
        while (!signal.aborted && !this.#isWritable) {
          await new Promise<void>((resolve) => {
            this.#writable.push(resolve)
            signal.addEventListener('abort', () => resolve(), { once: true })
          })
        }
        passedAt = this.#isWritable ? schedule.ran : -1
      },
    }
  }

  #deliver(run: () => void): void {
    const isHere = (): boolean => !this.#cut && this.#replica.link === this
    this.#replica.world.schedule.add(() => isHere() && run(), this.#lane, this.#replica)
  }

  #call<T>(run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => reject(new SyncError('socket-closed', 'The socket was closed.'))
      if (this.#cut || this.#replica.link !== this) return fail()
      this.#failures.add(fail)
      const { schedule } = this.#replica.world
      // A request in flight may still reach the node after the browser has given it up; its answer then reaches nobody.
      schedule.add(() => {
        if (this.node.rooms === undefined || this.#abort.signal.aborted) return
        const answers = `${this.#lane}:answers`
        run().then(
          (value) => schedule.add(() => this.#failures.delete(fail) && resolve(value), answers, this.#replica),
          (error: unknown) =>
            schedule.add(
              () => this.#failures.delete(fail) && reject(error instanceof Error ? error : new Error(String(error))),
              answers,
              this.#replica,
            ),
        )
      }, `${this.#lane}:requests`)
    })
  }
}

/** The seq through which a session has handed over everything, with this frame. */
function reached(frame: Frame, before: number, { resume }: Join): number {
  if (frame.type === 'welcome') return frame.resumed ? (resume?.seq ?? 0) : 0
  if (frame.type === 'changes') return frame.head
  return frame.part === frame.of ? frame.throughSeq : before
}
