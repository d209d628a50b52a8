import type { Relay, Subscription, Topic } from '../src/ports.ts'
import type { NodeId, RelayMessage } from '../src/protocol.ts'
import type { World } from './world.ts'

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
