import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { withinMs } from './attack.ts'
import type { Guest, Place } from './target.ts'

const BUSY_AT_MOST_MS = 20_000

/** An upgrade request's bytes, as no browser would write them. */
export function upgradeRequest(target: Place, path: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    Host: `127.0.0.1:${target.port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** One masked WebSocket frame. `declaredLength` may lie. */
export function frame(options: {
  opcode: number
  payload?: Uint8Array
  fin?: boolean
  rsv1?: boolean
  declaredLength?: bigint
}): Buffer {
  const payload = options.payload ?? new Uint8Array()
  const length = options.declaredLength ?? BigInt(payload.byteLength)
  const head = Buffer.alloc(14)
  head[0] = ((options.fin ?? true) ? 0x80 : 0) | (options.rsv1 === true ? 0x40 : 0) | options.opcode
  if (length < 126n) {
    head[1] = 0x80 | Number(length)
    return Buffer.concat([head.subarray(0, 6), payload]) // the mask is four zeros
  }
  head[1] = 0x80 | 127
  head.writeBigUInt64BE(length, 2)
  return Buffer.concat([head, payload])
}

/** Bytes to the node and back, with nothing in between. */
export class RawSocket {
  readonly socket: Socket
  /** Resolves when the node has ended it, or this side has. */
  readonly ended: Promise<void>
  #received = Buffer.alloc(0)
  #heardOf: () => void = () => undefined
  #isOver = false

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data: Buffer) => {
      this.#received = Buffer.concat([this.#received, data])
      this.#heardOf()
    })
    socket.on('error', () => socket.destroy())
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true
        resolve()
      }
      socket.once('close', end).once('end', end)
    })
  }

  static async open(target: Place, ...parts: readonly (string | Uint8Array)[]): Promise<RawSocket> {
    const raw = new RawSocket(connect(target.port, '127.0.0.1'))
    for (const part of parts) raw.socket.write(part)
    return raw
  }

  /** A WebSocket whose handshake succeeded: of a guest, or of nobody. A node that is too busy is asked again, as browsers do. */
  static async live(target: Place, as: Guest | { readonly address?: string } = {}): Promise<RawSocket> {
    const from: Record<string, string> = as.address === undefined ? {} : { 'X-Forwarded-For': as.address }
    const [path, headers] =
      'cookie' in as
        ? ['/live', { ...from, Cookie: as.cookie, Origin: target.url }]
        : ['/live?connectionParams=1', from]
    for (const untilMs = performance.now() + BUSY_AT_MOST_MS; ;) {
      const raw = await RawSocket.open(target, upgradeRequest(target, path, headers))
      await withinMs(10_000, 'a handshake', raw.answered())
      if (raw.status === 101) return raw
      raw.close()
      if (raw.status !== 503 || performance.now() > untilMs)
        throw new Error(`The handshake was answered ${raw.status}.`)
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }

  /** Resolves when an HTTP answer has come, or none will. */
  async answered(): Promise<void> {
    await this.#until(() => this.status !== 0)
  }

  /** Waits until what was received makes it so; false when the socket ended before. */
  async heard(isSo: () => boolean): Promise<boolean> {
    await this.#until(isSo)
    return isSo()
  }

  /** Of the HTTP answer; 0 while there is none. */
  get status(): number {
    return this.#received.includes('\r\n\r\n') ? Number(this.#received.toString('latin1').split(' ')[1]) : 0
  }

  get text(): string {
    return this.#received.toString('latin1')
  }

  /** Of the close frame that came last; undefined while none has come. */
  get closeCode(): number | undefined {
    return this.frames.find(({ opcode }) => opcode === 8)?.payload.readUInt16BE(0)
  }

  /** Every frame that came after the handshake. */
  get frames(): { opcode: number; payload: Buffer }[] {
    const frames: { opcode: number; payload: Buffer }[] = []
    let at = this.#received.indexOf('\r\n\r\n') + 4
    while (at + 2 <= this.#received.length) {
      const [first = 0, second = 0] = this.#received.subarray(at, at + 2)
      at += 2
      let length = second & 0x7f
      if (length === 126) length = this.#received.readUInt16BE(at)
      if (length === 127) length = Number(this.#received.readBigUInt64BE(at))
      at += second === 127 ? 8 : second === 126 ? 2 : 0
      frames.push({ opcode: first & 0x0f, payload: this.#received.subarray(at, at + length) })
      at += length
    }
    return frames
  }

  /** Writes on and on as long as it is wanted; returns how many went out before the end. */
  async writeWhileOpen(bytes: Uint8Array, options: { times: number; everyMs?: number }): Promise<number> {
    let written = 0
    while (written < options.times && this.socket.writable) {
      const isFull = !this.socket.write(bytes)
      written += 1
      if (options.everyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.everyMs))
      else if (isFull) await Promise.race([new Promise((resolve) => this.socket.once('drain', resolve)), this.ended])
    }
    return written
  }

  close(): void {
    this.socket.destroy()
  }

  /** Until it is so, or the socket has ended. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo() && !this.#isOver)
      await Promise.race([new Promise<void>((resolve) => (this.#heardOf = resolve)), this.ended])
  }
}

/** The status a request is answered with, or 0 when the node just hangs up. */
export async function statusOf(target: Place, ...parts: readonly (string | Uint8Array)[]): Promise<number> {
  const raw = await RawSocket.open(target, ...parts)
  const startedMs = performance.now()
  while (raw.status === 0 && raw.socket.readyState !== 'closed' && performance.now() - startedMs < 5_000)
    await new Promise((resolve) => setTimeout(resolve, 2))
  raw.close()
  return raw.status
}
