import { SyncError } from '../src/errors.ts'
import { LIMITS } from '../src/limits.ts'
import type { NodeId } from '../src/protocol.ts'
import { Rooms } from '../src/rooms.ts'
import type { WorldLink } from './world-link.ts'
import { reachedLog, worldCompactor } from './world-log.ts'
import { WorldRelay } from './world-relay.ts'
import type { World } from './world.ts'

/** One server process: Rooms over the shared log and the lossy relay, until it is killed. */
export class WorldNode {
  readonly world: World
  readonly id: NodeId
  readonly links = new Set<WorldLink>()
  rooms: Rooms | undefined
  relay: WorldRelay | undefined
  /** Counts its starts. */
  life = 0
  /** Calls of this life that have not come back. */
  calls = new Set<object>()
  /** Presence ticks of this life, and messages about presence that it published since the last one. */
  ticks = 0
  #published = 0
  /** When it last heard of another node's presence, and at which tick it must have forgotten a silent one. */
  readonly #heardMs = new Map<NodeId, number>()
  readonly #forgotAtTick = new Map<NodeId, number>()

  constructor(world: World, index: number) {
    this.world = world
    this.id = `node-${index}-xxxx` as NodeId
    this.start()
  }

  /** As the other nodes know it; another one after every start. */
  get lifeId(): NodeId {
    return `${this.id}-${this.life}` as NodeId
  }

  start(): void {
    if (this.rooms !== undefined) return
    this.life += 1
    this.calls = new Set()
    this.ticks = 0
    this.#published = 0
    this.#heardMs.clear()
    this.#forgotAtTick.clear()
    const { schedule, random, people } = this.world
    const { lifeId } = this
    this.relay = new WorldRelay(this)
    const log = reachedLog(this)
    this.rooms = new Rooms({
      node: lifeId,
      log,
      access: log,
      relay: this.relay,
      clock: {
        now: () => schedule.nowMs,
        after: (delayMs: number, run: () => void) => schedule.after(delayMs, run),
      },
      chance: { id: () => people.minted(random.id(), lifeId), fraction: () => random.fraction() },
      compactor: worldCompactor(this),
      meter: { count: (what, by) => this.world.count(what, by), observe: () => {} },
    })
  }

  /** kill -9: nothing is flushed, nobody is told but by their closed sockets. What it had published may go down with it. */
  kill(options: { unsent?: 'lost' | 'sent' } = {}): void {
    if (this.rooms === undefined) return
    this.world.people.died(this.lifeId)
    this.rooms = undefined
    this.relay?.die({ unsent: options.unsent ?? (this.world.random.chance(0.5) ? 'lost' : 'sent') })
    for (const link of this.links) link.dropped()
    this.links.clear()
  }

  mustRooms(): Rooms {
    if (this.rooms === undefined) throw new SyncError('socket-closed', 'The node is gone.')
    return this.rooms
  }

  presenceTick(): void {
    if (this.rooms === undefined) return
    this.ticks += 1
    this.rooms.presenceTick()
    this.#published = 0
  }

  heartbeat(): void {
    if (this.rooms === undefined) return
    void this.rooms.heartbeat()
    for (const [node, heardMs] of this.#heardMs) {
      if (this.world.schedule.nowMs - heardMs < LIMITS.silentNodeMs) continue
      this.#heardMs.delete(node)
      this.#forgotAtTick.set(node, this.ticks)
    }
  }

  /** For WorldRelay: something of that node's presence has arrived. */
  heard(node: NodeId): void {
    this.#heardMs.set(node, this.world.schedule.nowMs)
    this.#forgotAtTick.delete(node)
  }

  /** [PRES-6] A node that fell silent, and two presence ticks since then (text may take one’s place, PRES-11): nobody may be shown there any more. */
  mustHaveForgotten(node: NodeId): boolean {
    return this.ticks > (this.#forgotAtTick.get(node) ?? Infinity) + 1
  }

  /** [PRES-3] [PRES-11] For WorldRelay: one message per room from tick to tick, the second one's own included. */
  publishedPresence(): void {
    this.#published += 1
    if (this.#published > 1) this.world.promises.break(`${this.id} publishes presence twice within one tick.`)
  }
}
