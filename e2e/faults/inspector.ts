import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { FaultNode } from './fault-cluster.ts'

/** Environment for a node that can be looked into: its inspector listens on a port of its own. */
export const INSPECTABLE = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const

/** A look into a running node, over the protocol that debuggers use. */
export class Inspector {
  readonly #socket: WebSocket
  readonly #asked = new Map<number, (message: Answer) => void>()
  #lastId = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Answer
      this.#asked.get(message.id)?.(message)
      this.#asked.delete(message.id)
    })
  }

  /** The node was started with INSPECTABLE. */
  static async of(node: FaultNode): Promise<Inspector> {
    const url = [...node.log().matchAll(/Debugger listening on (ws:\S+)/g)].at(-1)?.[1]
    if (url === undefined) throw new RangeError(`${node.name} was not started with INSPECTABLE.`)
    const socket = new WebSocket(url)
    await once(socket, 'open')
    return new Inspector(socket)
  }

  /** What is used after everything that can be freed was. */
  async heapBytes(): Promise<number> {
    // What a first collection finalises, a second one frees.
    for (let round = 0; round < 3; round += 1) {
      await this.#ask('HeapProfiler.collectGarbage')
      await pause(200)
    }
    return (await this.evaluate('process.memoryUsage().heapUsed')) as number
  }

  /** How many of each kind keep the process busy: sockets, timers. */
  async resources(): Promise<Record<string, number>> {
    const kinds = (await this.evaluate('process.getActiveResourcesInfo()')) as string[]
    const counts: Record<string, number> = {}
    for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
    return counts
  }

  async evaluate(expression: string): Promise<unknown> {
    return (await this.#ask('Runtime.evaluate', { expression, returnByValue: true })).result?.result?.value
  }

  close(): void {
    this.#socket.close()
  }

  async #ask(method: string, params: object = {}): Promise<Answer> {
    const id = (this.#lastId += 1)
    const answered = new Promise<Answer>((resolve) => this.#asked.set(id, resolve))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answered
  }
}

interface Answer {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
}
