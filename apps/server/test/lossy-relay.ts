import type { Relay, RelayMessage, Subscription, Topic } from '@tandem/sync'
import { Random } from '@tandem/sync/random'

const SHARE = 0.2
/** A message that was held back for the next one to overtake goes on by itself after this. */
const HELD_MS = 50

/** A relay whose subscribers hear a fifth of the messages not at all, a fifth twice, and a fifth after the one that followed. */
export class LossyRelay implements Relay {
  readonly #relay: Relay
  readonly #random: Random
  /** What became of the messages that carry rows; `passed` ones were left alone. */
  readonly counts = { passed: 0, lost: 0, repeated: 0, reordered: 0 }

  constructor(relay: Relay, seed: number) {
    this.#relay = relay
    this.#random = new Random(seed)
  }

  get state(): 'well' | 'unwell' {
    return this.#relay.state
  }

  publish(topic: Topic, message: RelayMessage): void {
    this.#relay.publish(topic, message)
  }

  onSuspicion(listener: () => void): () => void {
    return this.#relay.onSuspicion(listener)
  }

  subscribe(topic: Topic, listener: (message: RelayMessage) => void): Subscription {
    let release = (): void => undefined
    const hold = (message: RelayMessage): void => {
      release()
      const go = (): void => {
        clearTimeout(timer)
        release = () => undefined
        listener(message)
      }
      const timer = setTimeout(go, HELD_MS)
      release = go
    }
    return this.#relay.subscribe(topic, (message) => {
      const count = (fate: keyof LossyRelay['counts']): void => {
        if (message.type === 'changes') this.counts[fate] += 1
      }
      const fate = Math.floor(this.#random.fraction() / SHARE)
      if (fate === 0) return count('lost')
      if (fate === 1) {
        count('reordered')
        return hold(message)
      }
      count(fate === 2 ? 'repeated' : 'passed')
      listener(message)
      if (fate === 2) listener(message)
      release()
    })
  }
}
