import { MemoryLog, type MemoryDisk } from '../src/memory-log.ts'
import { DocumentId, type Epoch, type Role, type UserId } from '../src/protocol.ts'
import { Random } from './random.ts'
import { Schedule } from './schedule.ts'
import type { WorldBrowser } from './world-browser.ts'
import { WorldNode } from './world-node.ts'
import { WorldPeople } from './world-people.ts'
import { WorldPromises } from './world-promises.ts'
import type { WorldRelay } from './world-relay.ts'
import { WorldReplica } from './world-replica.ts'

/** Each a probability. */
export interface Faults {
  /** A relay message is lost, repeated, comes seconds later, tells of rows without bringing them. */
  readonly relayLoss: number
  readonly relayRepeat: number
  readonly relayDelay: number
  readonly relayHeadOnly: number
  /** A log call fails before, or after, it had its effect; takes seconds; tells only a part of what was missed. */
  readonly logRefusal: number
  readonly logAnswerLoss: number
  readonly slowCalls: number
  readonly shortAnswers: number
  /** A message between two tabs of one browser is lost; is repeated. */
  readonly tabLoss: number
}

export const NO_FAULTS: Faults = {
  relayLoss: 0,
  relayRepeat: 0,
  relayDelay: 0,
  relayHeadOnly: 0,
  logRefusal: 0,
  logAnswerLoss: 0,
  slowCalls: 0,
  shortAnswers: 0,
  tabLoss: 0,
}

const BEAT_MS = 2_500
const MOST_STEPS = 5_000

/**
 * The shipped Rooms and Replicas over faked ports, driven by a seed. At every step it is checked that whatever
 * anybody saw, or was told is saved, is in the log, and that nobody keeps more in memory than they may.
 */
export class World {
  readonly random: Random
  readonly schedule: Schedule
  log: MemoryLog
  #disk: MemoryDisk = new Map()
  readonly documentId = DocumentId.parse('document-of-the-world')
  readonly promises: WorldPromises
  readonly people: WorldPeople
  readonly relays = new Set<WorldRelay>()
  readonly nodes: WorldNode[] = []
  readonly replicas: WorldReplica[] = []
  /** Also those whose last tab is closed. */
  readonly browsers = new Set<WorldBrowser>()
  #people = 0
  faults: Faults = NO_FAULTS
  /** Of the pages that are loaded from now on. */
  schemaVersion = 1
  #unheard: WorldNode | undefined
  #links = 0
  /** How often things happened that a day is for. */
  readonly happened = new Map<string, number>()
  /** Counts tasks and calls of ports: between any two of them a process may die. */
  points = 0
  #injection: { readonly at: number; readonly run: () => void } | undefined

  constructor(options: { seed?: number; nodes?: number } = {}) {
    this.random = new Random(options.seed ?? 1)
    this.schedule = new Schedule(this.random)
    this.schedule.before = () => this.point()
    this.promises = new WorldPromises(this)
    this.people = new WorldPeople(this)
    this.log = new MemoryLog({ now: () => this.schedule.nowMs }, this.#disk)
    this.log.createDocument(this.documentId, { epoch: 'epoch-number-1' as Epoch, linkRole: undefined })
    for (let index = 0; index < (options.nodes ?? 1); index += 1) this.nodes.push(new WorldNode(this, index))
  }

  node(index: number): WorldNode {
    const node = this.nodes[index]
    if (node === undefined) throw new RangeError(`There is no node ${index}.`)
    return node
  }

  /** A new person, or another tab of one; connected to a node unless `node` is left out. */
  replica(options: { node?: number; name?: string; besides?: WorldReplica } = {}): WorldReplica {
    const { name = `r${this.#people}`, besides } = options
    this.#people += 1
    const replica = new WorldReplica(this, { name, besides })
    this.replicas.push(replica)
    this.people.came(replica)
    this.browsers.add(replica.browser)
    if (besides === undefined) this.log.setRole(this.documentId, replica.userId, 'editor')
    if (options.node !== undefined) replica.connect(this.node(options.node))
    return replica
  }

  /** The tab is closed for good. */
  close(replica: WorldReplica): void {
    replica.close()
    this.replicas.splice(this.replicas.indexOf(replica), 1)
  }

  count(what: string, by = 1): void {
    this.happened.set(what, (this.happened.get(what) ?? 0) + by)
  }

  countLink(): number {
    this.#links += 1
    return this.#links
  }

  /** Something is about to happen that a crash could come before. */
  point(): void {
    this.points += 1
    if (this.points !== this.#injection?.at) return
    const { run } = this.#injection
    this.#injection = undefined
    run()
  }

  /** Runs this at the given point, in the middle of whatever is going on there. */
  inject(at: number, run: () => void): void {
    this.#injection = { at, run }
  }

  /** While `run` runs and everything that follows from it is done, nobody hears what this node publishes. */
  async losing(from: WorldNode | undefined, run: () => void): Promise<void> {
    this.#unheard = from
    run()
    await this.rest()
    this.#unheard = undefined
  }

  isUnheard(node: WorldNode): boolean {
    return this.#unheard === node
  }

  /** Runs what is under way, without letting heartbeats heal anything. */
  async rest(): Promise<void> {
    await this.schedule.comeToRest()
    for (let steps = 0; await this.step(); steps += 1) {
      if (steps > MOST_STEPS) throw new Error(`The world does not come to rest within ${MOST_STEPS} steps.`)
    }
  }

  /** One thing happens, and the promises are checked. */
  async step(): Promise<boolean> {
    const stepped = await this.schedule.step()
    if (stepped) this.check()
    return stepped
  }

  check(): void {
    this.people.check()
    this.promises.check()
  }

  /** One heartbeat and presence tick of every node, and what falls due in this time becomes ready. */
  async pass(durationMs: number): Promise<void> {
    await this.schedule.pass(durationMs)
    for (const node of this.nodes) {
      node.presenceTick()
      node.heartbeat()
    }
    await this.schedule.comeToRest()
  }

  /** A heartbeat and presence tick of every node, and everything that follows. */
  async beat(): Promise<void> {
    await this.pass(BEAT_MS)
    await this.rest()
  }

  /** Heartbeats, presence ticks and timers go on until everybody who is connected has what the log has. */
  async settle(): Promise<void> {
    for (let round = 0; round < 80; round += 1) {
      await this.rest()
      if (round > 1 && this.#isSettled) return
      await this.beat()
    }
    const replicas = this.replicas.map(
      ({ name, replica, isConnected }) =>
        `${name} ${isConnected ? replica.view.phase : 'cut'} unsent ${replica.view.unsentCount}`,
    )
    throw new Error(`The world does not settle: ${replicas.join(', ')}`)
  }

  /** The log is merged into a snapshot; rows through a seq that the seed decides, or all of them, are dropped. */
  compact(random?: Random): { throughSeq: number; bytes: number; structs: number } | undefined {
    const throughSeq = this.promises.life.rows.length
    if (throughSeq === 0) return undefined
    this.count('compactions')
    this.log.compact(this.documentId, random === undefined ? throughSeq : random.int(throughSeq + 1))
    const made = this.#disk.get(this.documentId)?.snapshot
    return { throughSeq, bytes: made?.bytes.byteLength ?? 0, structs: made?.structs ?? 0 }
  }

  /** Changes a role, or takes it away; every node hears of it, if its relay carries it. */
  setRole(userId: UserId, role: Role | undefined): void {
    this.log.setRole(this.documentId, userId, role)
    this.nodes.find(({ rooms }) => rooms !== undefined)?.rooms?.accessChanged(this.documentId)
  }

  /** What a backup is: the log as it is now. */
  backup(): MemoryDisk {
    return structuredClone(this.#disk)
  }

  /** A backup is put in place while everything runs, and nobody is told; as it was, or as another epoch. */
  restore(backup: MemoryDisk, epoch?: Epoch): void {
    this.#disk = backup
    this.log = new MemoryLog({ now: () => this.schedule.nowMs }, backup)
    const document = backup.get(this.documentId)
    if (document === undefined) throw new RangeError('The backup is of another world.')
    if (epoch !== undefined) document.head = { ...document.head, epoch }
    this.promises.restored(document.head.head)
  }

  get logText(): string {
    return this.promises.life.truth.getText('body').toString()
  }

  get #isSettled(): boolean {
    const text = this.logText
    return this.replicas.every(
      ({ replica, text: own, isConnected }) =>
        replica.view.phase === 'ended' ||
        (isConnected && replica.view.phase === 'live' && replica.view.saving === 'saved' && own === text),
    )
  }
}
