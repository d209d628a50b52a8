import type { Relay, Subscription, Topic } from '../src/ports.ts'
import type { RelayMessage } from '../src/protocol.ts'
import type { WorldNode } from './world-node.ts'

const SLOW_MESSAGE_MS = 4_000

/** Between nodes: may lose, repeat, delay and reorder, as the port says, and announce a head without its rows. */
export class WorldRelay implements Relay {
  readonly #node: WorldNode
  readonly #listeners = new Map<Topic, Set<(message: RelayMessage) => void>>()
  readonly #suspicions = new Set<() => void>()
  state: 'well' | 'unwell' = 'well'
  #dead = false
  /** Whether what it published and nobody has received yet went down with it. */
  #lost = false

  constructor(node: WorldNode) {
    this.#node = node
    node.world.relays.add(this)
  }

  publish(topic: Topic, message: RelayMessage): void {
    const { world } = this.#node
    world.point()
    if (this.#dead) return
    if (message.type === 'presence' && !message.all) this.#node.publishedPresence()
    for (const relay of world.relays) if (relay !== this) this.#send(relay, topic, message)
  }

  #send(relay: WorldRelay, topic: Topic, message: RelayMessage): void {
    const { world } = this.#node
    const { faults, random, schedule } = world
    if (random.chance(faults.relayLoss) || world.isUnheard(this.#node)) return
    const bare = message.type === 'changes' && random.chance(faults.relayHeadOnly)
    const arrive = (): void => {
      if (!this.#lost) relay.#receive(topic, bare ? { ...message, rows: [] } : message)
    }
    for (let copies = random.chance(faults.relayRepeat) ? 2 : 1; copies > 0; copies -= 1) {
      if (random.chance(faults.relayDelay)) schedule.after(random.int(SLOW_MESSAGE_MS), arrive)
      else schedule.add(arrive)
    }
  }

  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription {
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners)
    let open = true
    this.#node.world.schedule.add(() => {
      if (open) listeners.add(listener)
    })
    const close = (): void => {
      open = false
      listeners.delete(listener)
    }
    return { ready: Promise.resolve(), close }
  }

  onSuspicion(listener: () => void): () => void {
    this.#suspicions.add(listener)
    return () => this.#suspicions.delete(listener)
  }

  die(options: { unsent: 'lost' | 'sent' }): void {
    this.#dead = true
    this.#lost = options.unsent === 'lost'
    this.#node.world.relays.delete(this)
  }

  #receive(topic: Topic, message: RelayMessage): void {
    if (this.#dead) return
    if (message.type === 'presence') this.#node.heard(message.node)
    for (const listener of this.#listeners.get(topic) ?? []) listener(message)
  }
}
