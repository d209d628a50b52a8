import type { Socket } from 'node:net'
import type { AbortSignalLike, Gate } from '@tandem/sync'
import { WebSocket } from 'ws'

/** Holds a socket's sessions back while it has more unsent than the mark. Nothing is pushed at a socket that does not read. */
export class SocketGate implements Gate {
  readonly #ws: WebSocket
  readonly #markBytes: number
  readonly #waiting = new Set<() => void>()
  #waking = false

  constructor(ws: WebSocket, raw: Socket, markBytes: number) {
    this.#ws = ws
    this.#markBytes = markBytes
    raw.on('drain', () => this.wake())
    ws.once('close', () => {
      for (const go of this.#waiting) go()
    })
  }

  async writable(signal: AbortSignalLike): Promise<void> {
    if (this.isOpen || signal.aborted) return
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go)
        signal.removeEventListener('abort', go)
        resolve()
      }
      this.#waiting.add(go)
      signal.addEventListener('abort', go, { once: true })
    })
  }

  /** Lets the waiting go on one at a time, each after the one before has written: many sessions must not fill the socket at once. */
  wake(): void {
    if (this.#waking || !this.isOpen) return
    const [next] = this.#waiting
    if (next === undefined) return
    this.#waking = true
    next()
    setImmediate(() => {
      this.#waking = false
      this.wake()
    })
  }

  /** Whether more may be written now. */
  get isOpen(): boolean {
    return this.#ws.bufferedAmount < this.#markBytes || this.#ws.readyState !== WebSocket.OPEN
  }
}
