import type { RelayMessage } from './protocol.ts'
import type { Relay, Subscription, Topic } from './ports.ts'

interface Listening {
  readonly relay: MemoryRelay
  readonly listener: (message: RelayMessage) => void
  open: boolean
}

/** Joins the relays of several nodes in one process. One node alone (no REDIS_URL) is a hub with one relay. */
export class MemoryRelayHub {
  readonly #topics = new Map<Topic, Set<Listening>>()
  readonly #relays = new Set<MemoryRelay>()
  /** Counts interruptions: a message sent before the newest one is lost. */
  #era = 0

  /** A relay for one more node. */
  relay(): MemoryRelay {
    const relay = new MemoryRelay(this)
    this.#relays.add(relay)
    return relay
  }

  /** What a lost connection does: messages in flight are gone, and every node suspects it. */
  interrupt(): void {
    this.#era += 1
    for (const relay of this.#relays) relay.suspect()
  }

  /** For MemoryRelay. */
  send(from: MemoryRelay, topic: Topic, message: RelayMessage): void {
    const era = this.#era
    for (const listening of this.#topics.get(topic) ?? []) {
      if (listening.relay === from) continue
      // Never inside publish: a room must not hear of a change while another room is still making it.
      void Promise.resolve().then(() => {
        if (listening.open && era === this.#era) listening.listener(message)
      })
    }
  }

  /** For MemoryRelay. Returns unsubscribe. */
  listen(relay: MemoryRelay, topic: Topic, listener: (message: RelayMessage) => void): () => void {
    const listening: Listening = { relay, listener, open: true }
    const all = this.#topics.get(topic) ?? new Set()
    this.#topics.set(topic, all.add(listening))
    return () => {
      listening.open = false
      all.delete(listening)
      if (all.size === 0 && this.#topics.get(topic) === all) this.#topics.delete(topic)
    }
  }

  /** For MemoryRelay. */
  leave(relay: MemoryRelay): void {
    this.#relays.delete(relay)
  }
}

/** One node's end of a MemoryRelayHub. Delivers in order, each message once, in a later microtask. */
export class MemoryRelay implements Relay {
  readonly #hub: MemoryRelayHub
  readonly #suspicions = new Set<() => void>()
  readonly #unsubscribes = new Set<() => void>()
  #state: 'well' | 'unwell' = 'well'

  constructor(hub: MemoryRelayHub) {
    this.#hub = hub
  }

  /** Unwell once it is closed. */
  get state(): 'well' | 'unwell' {
    return this.#state
  }

  publish(topic: Topic, message: RelayMessage): void {
    if (this.#state === 'well') this.#hub.send(this, topic, message)
  }

  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription {
    if (this.#state === 'unwell') return { ready: Promise.resolve(), close: () => {} }
    const unsubscribe = this.#hub.listen(this, topic, listener)
    this.#unsubscribes.add(unsubscribe)
    const close = (): void => {
      this.#unsubscribes.delete(unsubscribe)
      unsubscribe()
    }
    return { ready: Promise.resolve(), close }
  }

  onSuspicion(listener: () => void): () => void {
    const once = (): void => listener()
    this.#suspicions.add(once)
    return () => this.#suspicions.delete(once)
  }

  /** For MemoryRelayHub: messages may have been lost. */
  suspect(): void {
    for (const listener of this.#suspicions) listener()
  }

  /** Ends every subscription; publishing goes nowhere from here on. May be called twice. */
  close(): void {
    this.#state = 'unwell'
    this.#hub.leave(this)
    for (const unsubscribe of this.#unsubscribes) unsubscribe()
    this.#unsubscribes.clear()
    this.#suspicions.clear()
  }
}
