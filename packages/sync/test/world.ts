import * as Y from 'yjs'
import { SyncError } from '../src/errors.ts'
import { MemoryLog } from '../src/memory-log.ts'
import type { Access, Compactor, LogRow, Relay, Subscription, Topic, UpdateLog } from '../src/ports.ts'
import { DocumentId, type Epoch, type Frame, type NodeId, type RelayMessage } from '../src/protocol.ts'
import { Rooms } from '../src/rooms.ts'
import { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import type { WorldLink } from './world-link.ts'
import { WorldReplica } from './world-replica.ts'

export interface Faults {
  /** A relay message is lost, repeated. */
  readonly relayLoss: number
  readonly relayRepeat: number
  /** A log call fails before, or after, it had its effect. */
  readonly logRefusal: number
  readonly logAnswerLoss: number
}

export const NO_FAULTS: Faults = { relayLoss: 0, relayRepeat: 0, logRefusal: 0, logAnswerLoss: 0 }

/** What a test may replace to see whether the world notices. */
export interface Mutations {
  readonly rooms?: (ports: ConstructorParameters<typeof Rooms>[0]) => Rooms
}

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
    const { log } = this.world
    return {
      open: (id) => this.#remote(() => log.open(id)),
      append: (id, expected, rows) => this.#remote(() => log.append(id, expected, rows)),
      read: (id, from, maxBytes) => this.#remote(() => log.read(id, from, maxBytes)),
      heads: (ids) => this.#remote(() => log.heads(ids)),
      findPush: (id, push) => this.#remote(() => log.findPush(id, push)),
      lastPushId: (id, userId, replicaId) => this.#remote(() => log.lastPushId(id, userId, replicaId)),
    }
  }

  #access(): Access {
    return { rolesOf: (id, users) => this.#remote(() => this.world.log.rolesOf(id, users)) }
  }

  #compactor(): Compactor {
    return { request: async () => undefined }
  }
}

/** Between nodes: may lose, repeat and reorder, as the port says. */
export class WorldRelay implements Relay {
  readonly #world: World
  readonly #node: NodeId
  readonly #listeners = new Map<Topic, Set<(message: RelayMessage) => void>>()
  readonly #suspicions = new Set<() => void>()
  state: 'well' | 'unwell' = 'well'
  #dead = false

  constructor(world: World, node: NodeId) {
    this.#world = world
    this.#node = node
    world.relays.add(this)
  }

  publish(topic: Topic, message: RelayMessage): void {
    const { faults, random, schedule } = this.#world
    for (const relay of this.#world.relays) {
      if (relay === this) continue
      const copies =
        random.chance(faults.relayLoss) || this.#world.isCut(this.#node, relay.#node)
          ? 0
          : random.chance(faults.relayRepeat)
            ? 2
            : 1
      for (let copy = 0; copy < copies; copy += 1) schedule.add(() => relay.#receive(topic, message))
    }
  }

  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription {
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners)
    this.#world.schedule.add(() => listeners.add(listener))
    return { ready: Promise.resolve(), close: () => void listeners.delete(listener) }
  }

  onSuspicion(listener: () => void): () => void {
    this.#suspicions.add(listener)
    return () => this.#suspicions.delete(listener)
  }

  die(): void {
    this.#dead = true
    this.#world.relays.delete(this)
  }

  #receive(topic: Topic, message: RelayMessage): void {
    if (this.#dead) return
    for (const listener of this.#listeners.get(topic) ?? []) listener(message)
  }
}

/**
 * The shipped Rooms and Replicas over faked ports, driven by a seed. At every step it is checked that whatever
 * anybody saw, or was told is saved, is in the log.
 */
export class World {
  readonly random: Random
  readonly schedule: Schedule
  readonly log: MemoryLog
  readonly documentId = DocumentId.parse('document-of-the-world')
  readonly relays = new Set<WorldRelay>()
  readonly nodes: WorldNode[] = []
  readonly replicas: WorldReplica[] = []
  readonly mutations: Mutations
  faults: Faults = NO_FAULTS
  readonly #cuts = new Set<string>()
  /** The log as a document, followed row by row: what must be able to come back after any crash. */
  readonly #truth = new Y.Doc()
  #truthSeq = 0
  #broken: string | undefined
  readonly #rows: LogRow[] = []

  constructor(options: { seed?: number; nodes?: number; mutations?: Mutations } = {}) {
    this.mutations = options.mutations ?? {}
    this.random = new Random(options.seed ?? 1)
    this.schedule = new Schedule(this.random)
    this.log = new MemoryLog({ now: () => this.schedule.nowMs })
    this.log.createDocument(this.documentId, { epoch: 'epoch-number-1' as Epoch })
    for (let index = 0; index < (options.nodes ?? 1); index += 1) this.nodes.push(new WorldNode(this, index))
  }

  node(index: number): WorldNode {
    const node = this.nodes[index]
    if (node === undefined) throw new RangeError(`There is no node ${index}.`)
    return node
  }

  /** A new person, connected to a node unless `node` is left out. */
  replica(options: { node?: number; name?: string } = {}): WorldReplica {
    const replica = new WorldReplica(this, options.name ?? `r${this.replicas.length}`)
    this.replicas.push(replica)
    if (options.node !== undefined) replica.connect(this.node(options.node))
    return replica
  }

  /** While `run` runs and everything that follows from it is done, messages between these nodes are lost. */
  async losing(from: number, to: number, run: () => void): Promise<void> {
    this.#cuts.add(`${this.node(from).id} ${this.node(to).id}`)
    run()
    await this.rest()
    this.#cuts.clear()
  }

  isCut(from: NodeId, to: NodeId): boolean {
    return this.#cuts.has(`${from} ${to}`)
  }

  /** Runs what is under way, without letting heartbeats heal anything. */
  async rest(): Promise<void> {
    while (await this.step()) continue
  }

  /** One thing happens, and the promise is checked. */
  async step(): Promise<boolean> {
    const stepped = await this.schedule.step()
    if (stepped) await this.check()
    return stepped
  }

  /** Heartbeats, presence ticks and timers go on until everybody who is connected has what the log has. */
  async settle(): Promise<void> {
    for (let round = 0; round < 80; round += 1) {
      await this.rest()
      if (round > 1 && (await this.#isSettled())) return
      for (const node of this.nodes) {
        node.rooms?.presenceTick()
        void node.rooms?.heartbeat()
      }
      await this.schedule.pass(2_500)
    }
    const replicas = this.replicas.map(
      ({ name, replica, isConnected }) =>
        `${name} ${isConnected ? replica.view.phase : 'cut'} unsent ${replica.view.unsentCount}`,
    )
    throw new Error(`The world does not settle: ${replicas.join(', ')}`)
  }

  /** The log is merged into a snapshot; rows through a seq that the seed decides are dropped. */
  async compact(random: Random): Promise<void> {
    await this.#followLog()
    if (this.#truthSeq === 0) return
    this.log.compact(this.documentId, random.int(this.#truthSeq + 1))
  }

  async logText(): Promise<string> {
    await this.#followLog()
    return this.#truth.getText('body').toString()
  }

  /** [PROMISE-1] At every step: what anybody was told is saved is in the log. */
  async check(): Promise<void> {
    await this.#followLog()
    if (this.#broken !== undefined) throw new Error(this.#broken)
    const logged = Y.decodeStateVector(Y.encodeStateVector(this.#truth))
    for (const { name, doc, replica } of this.replicas) {
      if (replica.view.saving !== 'saved' || !replica.view.open) continue
      const own = Y.decodeStateVector(Y.encodeStateVector(doc)).get(doc.clientID) ?? 0
      if (own > (logged.get(doc.clientID) ?? 0))
        throw new Error(`${name} was told that ${own} is saved; the log has ${logged.get(doc.clientID) ?? 0}.`)
    }
  }

  /** [PROMISE-2] Before it is shown: a frame brings only rows of the log, under their own seqs. Said at the next check. */
  sawFrame(replica: WorldReplica, frame: Frame): void {
    if (frame.type !== 'changes') return
    for (const [index, update] of frame.updates.entries()) {
      const row = this.#rows[frame.fromSeq - 1 + index]
      const shown = `${replica.name} is shown seq ${frame.fromSeq + index}`
      if (row === undefined) this.#broken ??= `${shown}; the log ends at ${this.#rows.length}.`
      else if (update !== null && !sameBytes(update, row.update))
        this.#broken ??= `${shown} with other bytes than the log's.`
    }
  }

  async #isSettled(): Promise<boolean> {
    const text = await this.logText()
    return this.replicas.every(
      ({ replica, text: own, isConnected }) =>
        replica.view.phase === 'ended' ||
        (isConnected && replica.view.phase === 'live' && replica.view.saving === 'saved' && own === text),
    )
  }

  async #followLog(): Promise<void> {
    const opened = await this.log.open(this.documentId)
    for (const row of opened?.tail ?? []) {
      if (row.seq <= this.#truthSeq) continue
      this.#rows.push(row)
      Y.applyUpdate(this.#truth, row.update)
      this.#truthSeq = row.seq
    }
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, index) => byte === other[index])
}
