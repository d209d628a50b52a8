import type { NodeId, Relay, RelayMessage, Subscription } from '@tandem/sync'
import { AppEvent, type EventTopic } from './events.ts'

export interface Listener {
  /** Must not throw. */
  event(event: AppEvent): void
  /** Events may have been lost: what they announce has to be fetched anew. */
  suspicion?(): void
}

export interface Listening {
  /** Resolves once other nodes' events are being received, or it is known that they cannot be for now. Never rejects. */
  readonly ready: Promise<void>
  /** Stops at once; may be called twice. */
  close(): void
}

interface Hearing {
  readonly listeners: Set<Listener>
  readonly relayed: Subscription
}

/**
 * The typed live events of one node, its own and (through the relay) those of the others.
 * Hints: one may be lost, never invented, since only what the schema of AppEvent admits is handed on.
 */
export class LiveEvents {
  readonly #node: NodeId
  readonly #relay: Relay
  readonly #topics = new Map<EventTopic, Hearing>()
  readonly #forgetSuspicion: () => void

  constructor(ports: { node: NodeId; relay: Relay }) {
    this.#node = ports.node
    this.#relay = ports.relay
    this.#forgetSuspicion = ports.relay.onSuspicion(() => this.#suspect())
  }

  /** To everybody who listens to the topic, on every node. Publish after the change is in the database. Never throws. */
  publish(topic: EventTopic, event: AppEvent): void {
    this.#hand(topic, event)
    this.#relay.publish(topic, { type: 'event', node: this.#node, event })
  }

  listen(topic: EventTopic, listener: Listener): Listening {
    const hearing = this.#topics.get(topic) ?? this.#subscribe(topic)
    hearing.listeners.add(listener)
    const close = (): void => {
      if (!hearing.listeners.delete(listener) || hearing.listeners.size > 0) return
      this.#topics.delete(topic)
      hearing.relayed.close()
    }
    return { ready: hearing.relayed.ready, close }
  }

  /** Stops listening to the relay. May be called twice. */
  close(): void {
    this.#forgetSuspicion()
    for (const hearing of this.#topics.values()) hearing.relayed.close()
    this.#topics.clear()
  }

  #subscribe(topic: EventTopic): Hearing {
    const relayed = this.#relay.subscribe(topic, (message) => this.#receive(topic, message))
    const hearing = { listeners: new Set<Listener>(), relayed }
    this.#topics.set(topic, hearing)
    return hearing
  }

  #receive(topic: EventTopic, message: RelayMessage): void {
    if (message.type !== 'event') return
    // Nodes of two versions run side by side while a release rolls out: what this one does not know, its pages do not either.
    const event = AppEvent.safeParse(message.event)
    if (event.success) this.#hand(topic, event.data)
  }

  #hand(topic: EventTopic, event: AppEvent): void {
    for (const listener of this.#topics.get(topic)?.listeners ?? []) listener.event(event)
  }

  #suspect(): void {
    const all = new Set([...this.#topics.values()].flatMap((hearing) => [...hearing.listeners]))
    for (const listener of all) listener.suspicion?.()
  }
}
