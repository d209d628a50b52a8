import { SyncError } from '../src/errors.ts'
import type { Access, Compactor, UpdateLog } from '../src/ports.ts'
import type { NodeId } from '../src/protocol.ts'
import { Rooms } from '../src/rooms.ts'
import type { WorldLink } from './world-link.ts'
import { WorldRelay } from './world-relay.ts'
import type { World } from './world.ts'

/** One server process: Rooms over the shared log and the lossy relay, until it is killed. */
export class WorldNode {
  readonly world: World
  readonly id: NodeId
  readonly links = new Set<WorldLink>()
  rooms: Rooms | undefined
  relay: WorldRelay | undefined
  #life = 0

  constructor(world: World, index: number) {
    this.world = world
    this.id = `node-${index}-xxxx` as NodeId
    this.start()
  }

  start(): void {
    if (this.rooms !== undefined) return
    this.#life += 1
    const { schedule, random } = this.world
    this.relay = new WorldRelay(this.world, this.id)
    const clock = {
      now: () => schedule.nowMs,
      after: (delayMs: number, run: () => void) => schedule.after(delayMs, run),
    }
    const meter = { count: () => {}, observe: () => {} }
    const make = this.world.mutations.rooms ?? ((ports) => new Rooms(ports))
    this.rooms = make({
      node: `${this.id}-${this.#life}` as NodeId,
      log: this.#log(),
      access: this.#access(),
      relay: this.relay,
      clock,
      chance: random,
      compactor: this.#compactor(),
      meter,
    })
  }

  /** kill -9: nothing is flushed, nobody is told but by their closed sockets. */
  kill(): void {
    this.rooms = undefined
    this.relay?.die()
    for (const link of this.links) link.dropped()
    this.links.clear()
  }

  mustRooms(): Rooms {
    if (this.rooms === undefined) throw new SyncError('socket-closed', 'The node is gone.')
    return this.rooms
  }

  /** Calls of a killed process never come back; calls it made may still reach the log. */
  #remote<T>(run: () => Promise<T>): Promise<T> {
    const life = this.#life
    const { schedule, faults, random } = this.world
    return new Promise((resolve, reject) => {
      const alive = (): boolean => this.rooms !== undefined && this.#life === life
      schedule
        .call(run, {
          lost: () =>
            random.chance(faults.logRefusal) ? 'request' : random.chance(faults.logAnswerLoss) ? 'answer' : undefined,
          failure: () => new SyncError('log-unavailable', 'The log does not answer.'),
        })
        .then(
          (value) => alive() && resolve(value),
          (error: unknown) => alive() && reject(error instanceof Error ? error : new Error(String(error))),
        )
    })
  }

  #log(): UpdateLog {
    // Looked up at every call: a restore puts another log there.
    return {
      open: (id) => this.#remote(() => this.world.log.open(id)),
      append: (id, expected, rows) =>
        this.#remote(async () => {
          const outcome = await this.world.log.append(id, expected, rows)
          if (outcome.status === 'appended') await this.world.mayAll(rows)
          return outcome
        }),
      read: (id, from, maxBytes) => this.#remote(() => this.world.log.read(id, from, maxBytes)),
      heads: (ids) => this.#remote(() => this.world.log.heads(ids)),
      findPush: (id, push) => this.#remote(() => this.world.log.findPush(id, push)),
      lastPushId: (id, userId, replicaId) => this.#remote(() => this.world.log.lastPushId(id, userId, replicaId)),
    }
  }

  #access(): Access {
    return { rolesOf: (id, users) => this.#remote(() => this.world.log.rolesOf(id, users)) }
  }

  #compactor(): Compactor {
    return { request: async () => undefined }
  }
}
