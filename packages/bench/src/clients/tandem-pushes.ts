import * as Y from 'yjs'

interface Push {
  readonly pushId: number
  readonly update: Uint8Array
}

/** A refused push is sent again after this much and up to twice as much: with full jitter all would come at once too often. */
const PAUSE_MS = 300

/**
 * What our client does with what it types: everything under its own number, again under the same one when a busy node has refused
 * it, and what is typed meanwhile as one push. But it does not wait for one to be acked before it sends the next.
 */
export class TandemPushes {
  readonly #send: (push: Push) => number
  /** By the call in which they went out last. */
  readonly #calls = new Map<number, number>()
  /** Not acked; oldest first. */
  readonly #unacked = new Map<number, Push>()
  #gathered: Uint8Array[] = []
  #isPausing = false
  #lastPushId = 0

  /** `send` returns the number of the call. */
  constructor(send: (push: Push) => number) {
    this.#send = send
  }

  add(update: Uint8Array): void {
    if (this.#isPausing) return void this.#gathered.push(update)
    const push = { pushId: ++this.#lastPushId, update }
    this.#unacked.set(push.pushId, push)
    this.#out(push)
  }

  /** The answer to a call, which may be somebody else's. */
  answered(call: number, isRefused: boolean): void {
    const pushId = this.#calls.get(call)
    if (pushId === undefined) return
    this.#calls.delete(call)
    if (!isRefused) return void this.#unacked.delete(pushId)
    if (this.#isPausing) return
    this.#isPausing = true
    setTimeout(() => this.#again(), PAUSE_MS * (1 + Math.random()))
  }

  #again(): void {
    this.#isPausing = false
    for (const push of this.#unacked.values()) this.#out(push)
    const gathered = this.#gathered
    this.#gathered = []
    if (gathered.length > 0) this.add(Y.mergeUpdates(gathered))
  }

  #out(push: Push): void {
    this.#calls.set(this.#send(push), push.pushId)
  }
}
