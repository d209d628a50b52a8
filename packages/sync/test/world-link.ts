import { SyncError } from '../src/errors.ts'
import type { Gate, Link } from '../src/ports.ts'
import type { Frame, Join, Presence, Push, Pushed } from '../src/protocol.ts'
import type { WorldNode } from './world-node.ts'
import type { WorldReplica } from './world-replica.ts'

/** Frames on their way to one browser at which its socket counts as full. */
const FULL_FRAMES = 3
let links = 0

/** One socket between a replica and a node. Frames keep their order; a cut loses what is on its way, in both directions. */
export class WorldLink implements Link {
  readonly #replica: WorldReplica
  readonly #node: WorldNode
  readonly #lane: string
  readonly #abort = new AbortController()
  readonly #failures = new Set<() => void>()
  #onTheWay = 0
  #writable: (() => void)[] = []
  stalled = false

  constructor(replica: WorldReplica, node: WorldNode) {
    links += 1
    this.#lane = `link:${links}`
    this.#replica = replica
    this.#node = node
    node.links.add(this)
  }

  get isCut(): boolean {
    return this.#abort.signal.aborted
  }

  join(input: Join, on: { frame(frame: Frame): void; ended(error: Error): void }): () => void {
    const abort = new AbortController()
    this.#abort.signal.addEventListener('abort', () => abort.abort())
    this.#deliver(() => void this.#pump(input, on, abort))
    return () => abort.abort()
  }

  push(input: Push): Promise<Pushed> {
    return this.#call(() =>
      this.#node.mustRooms().push({ userId: this.#replica.userId, name: this.#replica.name }, input),
    )
  }

  presence(input: Presence): Promise<void> {
    return this.#call(async () =>
      this.#node.mustRooms().presence({ userId: this.#replica.userId, name: this.#replica.name }, input),
    )
  }

  /** The replica's side: it hears of it at once, the node when its turn comes. */
  cut(): void {
    this.#node.links.delete(this)
    for (const fail of this.#failures) fail()
    this.#failures.clear()
    const { schedule } = this.#replica.world
    schedule.add(() => this.#abort.abort())
    this.#writable.splice(0).forEach((resume) => schedule.add(resume))
  }

  /** The node's side: the replica hears of it when its turn comes. */
  dropped(): void {
    this.#abort.abort()
    this.#replica.world.schedule.add(() => {
      if (this.#replica.link === this) this.#replica.disconnect()
    })
  }

  async #pump(
    input: Join,
    on: { frame(frame: Frame): void; ended(error: Error): void },
    abort: AbortController,
  ): Promise<void> {
    const author = { userId: this.#replica.userId, name: this.#replica.name }
    try {
      const frames = this.#node.mustRooms().join(author, input, { signal: abort.signal, gate: this.#gate() })
      for await (const frame of frames) {
        this.#replica.world.sawFrame(this.#replica, frame)
        this.#onTheWay += 1
        this.#deliver(() => {
          this.#onTheWay -= 1
          this.#writable.splice(0).forEach((resume) => resume())
          if (!abort.signal.aborted) on.frame(frame)
        })
      }
    } catch (error) {
      this.#deliver(() => on.ended(error instanceof Error ? error : new Error(String(error))))
    }
  }

  #gate(): Gate {
    return {
      writable: async (signal) => {
        while (!signal.aborted && (this.stalled || this.#onTheWay >= FULL_FRAMES)) {
          await new Promise<void>((resolve) => {
            this.#writable.push(resolve)
            signal.addEventListener('abort', () => resolve(), { once: true })
          })
        }
      },
    }
  }

  resume(): void {
    this.stalled = false
    this.#writable.splice(0).forEach((resume) => resume())
  }

  #deliver(run: () => void): void {
    this.#replica.world.schedule.add(() => {
      if (!this.isCut && this.#replica.link === this) run()
    }, this.#lane)
  }

  #call<T>(run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (): void => reject(new SyncError('socket-closed', 'The socket was closed.'))
      if (this.isCut || this.#replica.link !== this) return fail()
      this.#failures.add(fail)
      const { schedule } = this.#replica.world
      // A request in flight may still reach the node after the browser has given it up; its answer then reaches nobody.
      schedule.add(() => {
        if (this.#node.rooms === undefined) return
        run().then(
          (value) => schedule.add(() => this.#failures.delete(fail) && resolve(value), `${this.#lane}:answers`),
          (error: unknown) =>
            schedule.add(
              () => this.#failures.delete(fail) && reject(error instanceof Error ? error : new Error(String(error))),
              `${this.#lane}:answers`,
            ),
        )
      }, `${this.#lane}:requests`)
    })
  }
}
