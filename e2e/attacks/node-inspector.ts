import { WebSocket } from 'ws'
import { withinMs } from './attack.ts'

interface Answer {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

/** What Node's own inspector tells of a running node: its heap after a full collection, and what an expression in it comes to. */
export class NodeInspector {
  readonly #ws: WebSocket
  readonly #asked = new Map<number, (answer: Answer) => void>()
  #lastId = 0

  private constructor(ws: WebSocket) {
    this.#ws = ws
    ws.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer
      if (answer.id !== undefined) this.#asked.get(answer.id)?.(answer)
    })
  }

  /** Asks the process with SIGUSR1 to listen, at the port that it then says in its log. */
  static async attach(process_: { readonly pid: number; log(): string }): Promise<NodeInspector> {
    process.kill(process_.pid, 'SIGUSR1')
    const address = async (): Promise<string> => {
      for (;;) {
        const found = /Debugger listening on (ws:\/\/\S+)/.exec(process_.log())?.[1]
        if (found !== undefined) return found
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
    const ws = new WebSocket(await withinMs(5_000, 'the inspector listens', address()), { perMessageDeflate: false })
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject))
    return new NodeInspector(ws)
  }

  /** Bytes that are still used after everything that can be collected was: of the heap, and of buffers outside of it. */
  async usedBytes(): Promise<number> {
    // What is freed by a finaliser (a socket's memory, say) is gone only after the collection that follows it.
    for (let turn = 0; turn < 3; turn += 1) await this.#ask('HeapProfiler.collectGarbage', {})
    const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'
    return Number(await this.evaluate(expression))
  }

  /** What this JavaScript comes to in the node; plain values only. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true })
    return result?.result?.value
  }

  close(): void {
    this.#ws.terminate()
  }

  #ask(method: string, params: object): Promise<Answer> {
    const id = (this.#lastId += 1)
    const answered = new Promise<Answer>((resolve) => this.#asked.set(id, resolve))
    this.#ws.send(JSON.stringify({ id, method, params }))
    return withinMs(30_000, `the inspector answers ${method}`, answered).finally(() => this.#asked.delete(id))
  }
}
