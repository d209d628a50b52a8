import * as Y from 'yjs'

interface Push {
  readonly pushId: number
  readonly update: Uint8Array
}

/** A refused push is sent again after this much and up to twice as much: with full jitter all would come at once too often. */
const PAUSE_MS = 250

/**
 * What our client does with what it types (packages/sync, PushLoop and UnsentWork): one push is under way at a time, what is
 * typed meanwhile is the next, and one that a busy node has refused goes again under the same number.
 */
export class TandemPushes {
  readonly #send: (push: Push) => number
  #underWay: Push | undefined
  /** In which it went out; undefined: it waits out a pause. */
  #call: number | undefined
  #gathered: Uint8Array[] = []
  #lastPushId = 0

  /** `send` returns the number of the call. */
  constructor(send: (push: Push) => number) {
    this.#send = send
  }

  add(update: Uint8Array): void {
    this.#gathered.push(update)
    if (this.#underWay === undefined) this.#next()
  }

  /** The answer to a call, which may be that of no push. */
  answered(call: number, isRefused: boolean): void {
    if (call !== this.#call) return
    this.#call = undefined
    if (isRefused) return void setTimeout(() => this.#out(), PAUSE_MS * (1 + Math.random()))
    this.#underWay = undefined
    if (this.#gathered.length > 0) this.#next()
  }

  #next(): void {
    const [first, ...others] = this.#gathered
    if (first === undefined) return
    this.#gathered = []
    const update = others.length === 0 ? first : Y.mergeUpdates([first, ...others])
    this.#underWay = { pushId: ++this.#lastPushId, update }
    this.#out()
  }

  #out(): void {
    if (this.#underWay !== undefined) this.#call = this.#send(this.#underWay)
  }
}
