import * as Y from 'yjs'
import { MemoryLog, type MemoryDisk } from '../src/memory-log.ts'
import type { LogRow, NewRow } from '../src/ports.ts'
import { DocumentId, type Epoch, type Frame, type NodeId, type UserId } from '../src/protocol.ts'
import { allows } from '../src/role-book.ts'
import type { Rooms } from '../src/rooms.ts'
import { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import { WorldNode } from './world-node.ts'
import type { WorldRelay } from './world-relay.ts'
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

/**
 * The shipped Rooms and Replicas over faked ports, driven by a seed. At every step it is checked that whatever
 * anybody saw, or was told is saved, is in the log.
 */
export class World {
  readonly random: Random
  readonly schedule: Schedule
  log: MemoryLog
  #disk: MemoryDisk = new Map()
  readonly documentId = DocumentId.parse('document-of-the-world')
  readonly relays = new Set<WorldRelay>()
  readonly nodes: WorldNode[] = []
  readonly replicas: WorldReplica[] = []
  readonly mutations: Mutations
  faults: Faults = NO_FAULTS
  readonly #cuts = new Set<string>()
  /** The log as a document, followed row by row: what must be able to come back after any crash. */
  #truth = new Y.Doc()
  #truthSeq = 0
  #broken: string | undefined
  #rows: LogRow[] = []
  #restored = false

  constructor(options: { seed?: number; nodes?: number; mutations?: Mutations } = {}) {
    this.mutations = options.mutations ?? {}
    this.random = new Random(options.seed ?? 1)
    this.schedule = new Schedule(this.random)
    this.log = new MemoryLog({ now: () => this.schedule.nowMs }, this.#disk)
    this.log.createDocument(this.documentId, { epoch: 'epoch-number-1' as Epoch, linkRole: undefined })
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
    this.log.setRole(this.documentId, replica.userId, 'editor')
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

  /** One heartbeat and presence tick of every node, 2.5 s, and everything that follows. */
  async beat(): Promise<void> {
    for (const node of this.nodes) {
      node.rooms?.presenceTick()
      void node.rooms?.heartbeat()
    }
    await this.schedule.pass(2_500)
    await this.rest()
  }

  /** Heartbeats, presence ticks and timers go on until everybody who is connected has what the log has. */
  async settle(): Promise<void> {
    for (let round = 0; round < 80; round += 1) {
      await this.rest()
      if (round > 1 && (await this.#isSettled())) return
      await this.beat()
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

  /** Takes the right to write away, or gives it back; every node hears of it, if its relay carries it. */
  setMayWrite(userId: UserId, mayWrite: boolean): void {
    this.log.setRole(this.documentId, userId, mayWrite ? 'editor' : 'viewer')
    this.nodes.find(({ rooms }) => rooms !== undefined)?.rooms?.accessChanged(this.documentId)
  }

  /** [PROMISE-4] Called in the very moment in which rows have entered the log. */
  async mayAll(rows: readonly NewRow[]): Promise<void> {
    const roles = await this.log.rolesOf(
      this.documentId,
      rows.map(({ userId }) => userId),
    )
    const without = rows.find(({ userId }) => !allows(roles?.roles.get(userId), 'editor'))
    if (without !== undefined) this.#broken ??= `${without.userId} wrote without being allowed to.`
  }

  /** What a backup is: the log as it is now. */
  backup(): MemoryDisk {
    return structuredClone(this.#disk)
  }

  /** A backup is put in place while everything runs, and nobody is told. */
  restore(backup: MemoryDisk): void {
    this.#disk = backup
    this.log = new MemoryLog({ now: () => this.schedule.nowMs }, backup)
    this.#truth = new Y.Doc()
    this.#truthSeq = 0
    this.#rows = []
    this.#restored = true
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
    // What was saved in the life that a backup has replaced is not in the log any more, and cannot be.
    if (this.#restored) return
    for (const { name, doc, replica } of this.replicas) {
      if (replica.view.saving !== 'saved' || !replica.view.open) continue
      const own = Y.decodeStateVector(Y.encodeStateVector(doc)).get(doc.clientID) ?? 0
      if (own > (logged.get(doc.clientID) ?? 0))
        throw new Error(
          `${name} (${replica.view.phase}${replica.view.readOnly ? ', read-only' : ''} ${replica.view.error?.code ?? ''}) was told that ${own} is saved; the log has ${logged.get(doc.clientID) ?? 0}.`,
        )
    }
  }

  /** [PROMISE-2] Before it is shown: a frame brings only rows of the log, under their own seqs. Said at the next check. */
  sawFrame(replica: WorldReplica, frame: Frame): void {
    if (frame.type !== 'changes' || this.#restored) return
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
