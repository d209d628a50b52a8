import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { binaryEncoder, LIMITS, PROTOCOL_VERSION } from '@tandem/sync'
import { WebSocket } from 'ws'
import { withinMs } from './attack.ts'
import { SCHEMA_VERSION, type Guest, type Place } from './target.ts'

const encoder = binaryEncoder()
const ANSWER_WITHIN_MS = 10_000
const BUSY_AT_MOST_MS = 20_000

/** What a call came to: its data, or the code of the error it was refused with. */
export interface Answer {
  readonly data?: unknown
  readonly refused?: string
}

interface Reply {
  readonly id: number | string | null
  readonly result?: { readonly type: string; readonly data?: unknown }
  readonly error?: { readonly message: string; readonly data?: { readonly sync?: { readonly code: string } } }
}

/** What a page of another origin can say for itself. */
interface Subprotocols {
  readonly protocols: string[]
  readonly origin: string
}

export interface Joined {
  readonly sessionId: string
  readonly epoch: string
  readonly head: number
  readonly role: string
}

/** A plain WebSocket that speaks just enough of the wire to abuse it. None of our client's manners. */
export class Caller {
  readonly ws: WebSocket
  /** The close code; 1006 when there was none. */
  readonly closed: Promise<number>
  readonly replicaId = randomBytes(9).toString('base64url')
  readonly #asked = new Map<number | string, (answer: Answer) => void>()
  readonly #streams = new Map<number | string, (data: unknown) => void>()
  /** Everything that was received, decoded. */
  readonly heard: Reply[] = []
  #lastId = 0
  #lastPushId = 0
  /** HTTP status of the handshake, when it was not 101. */
  #refusedWith: number | undefined

  private constructor(ws: WebSocket) {
    this.ws = ws
    this.closed = new Promise((resolve) => ws.once('close', resolve))
    ws.on('error', (error) => {
      this.#refusedWith ??= Number(/server response: (\d+)/.exec(error.message)?.[1])
      ws.terminate()
    })
    void this.closed.then(() => this.#asked.forEach((settle) => settle({ refused: 'socket-closed' })))
    ws.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#hear(encoder.decode(new Uint8Array(data)) as Reply)
    })
  }

  /** With a cookie, with subprotocols, or as nobody yet (`connectionParams=1`). A node that is too busy is asked again, as browsers do. */
  static async open(target: Pick<Place, 'url'>, as?: Guest | Subprotocols): Promise<Caller> {
    for (const untilMs = performance.now() + BUSY_AT_MOST_MS; ;) {
      const caller = await Caller.#try(target, as)
      if (caller.#refusedWith !== 503 || performance.now() > untilMs) return caller
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  static async #try(target: Pick<Place, 'url'>, as?: Guest | Subprotocols): Promise<Caller> {
    const url = target.url.replace('http', 'ws')
    const caller = new Caller(
      as !== undefined && 'protocols' in as
        ? new WebSocket(`${url}/live`, as.protocols, { headers: { origin: as.origin }, perMessageDeflate: false })
        : new WebSocket(`${url}/live${as === undefined ? '?connectionParams=1' : ''}`, {
            ...(as && { headers: { cookie: as.cookie, origin: target.url, 'x-forwarded-for': as.address } }),
            perMessageDeflate: false,
          }),
    )
    await Promise.race([once(caller.ws, 'open'), caller.closed])
    return caller
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN
  }

  /** Whatever this is, as one frame. */
  send(value: unknown): void {
    this.ws.send(encoder.encode(value))
  }

  async ask(method: string, path: string, input?: unknown): Promise<Answer> {
    const id = (this.#lastId += 1)
    const answered = new Promise<Answer>((resolve) => this.#asked.set(id, resolve))
    if (!this.isOpen) return { refused: 'socket-closed' }
    this.send({ id, method, params: { path, input } })
    return withinMs(ANSWER_WITHIN_MS, `an answer to ${path}`, answered).finally(() => this.#asked.delete(id))
  }

  /** Resolves with what the session began with, or why it did not. `onFrame` gets everything after it. */
  async join(documentId: string, onFrame: (frame: unknown) => void = () => undefined): Promise<Joined | string> {
    const id = (this.#lastId += 1)
    const began = new Promise<Joined | string>((resolve) => {
      this.#asked.set(id, ({ refused }) => resolve(refused ?? 'it ended'))
      this.#streams.set(id, (frame) => {
        resolve(frame as Joined)
        this.#streams.set(id, onFrame)
      })
    })
    const { replicaId } = this
    const input = { documentId, replicaId, protocolVersion: PROTOCOL_VERSION, schemaVersion: SCHEMA_VERSION }
    this.send({ id, method: 'subscription', params: { path: 'document.join', input } })
    return withinMs(ANSWER_WITHIN_MS, 'a welcome', began)
  }

  /** The seq, or why it was refused. A refusal for its rate is waited out. */
  async push(to: { documentId: string; epoch: string }, update: Uint8Array): Promise<number | string> {
    const { documentId, epoch } = to
    const pushId = (this.#lastPushId += 1)
    const input = { documentId, epoch, replicaId: this.replicaId, pushId, update, schemaVersion: SCHEMA_VERSION }
    for (;;) {
      const { data, refused } = await this.ask('mutation', 'document.push', input)
      if (refused === undefined) return (data as { seq: number }).seq
      if (refused !== 'overloaded' || !this.isOpen) return refused
      await new Promise((resolve) => setTimeout(resolve, 1000 / LIMITS.pushesPerSecond))
    }
  }

  close(): void {
    this.ws.terminate()
  }

  #hear(reply: Reply): void {
    this.heard.push(reply)
    if (reply.id === null) return
    const { result, error } = reply
    if (error !== undefined) this.#asked.get(reply.id)?.({ refused: error.data?.sync?.code ?? error.message })
    else if (result?.type === 'data') {
      const stream = this.#streams.get(reply.id)
      if (stream === undefined) this.#asked.get(reply.id)?.({ data: result.data })
      else stream(result.data)
    }
  }
}
