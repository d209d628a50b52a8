import { connect, type Socket } from 'node:net'

/** Called with each whole message: it lies in `bytes` from `start` to `end`, and only until the call returns. */
export type OnMessage = (bytes: Buffer, start: number, end: number, isText: boolean) => void

const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10]
/** Servers unmask what they get; nobody here minds that the mask is known. */
const MASK = Buffer.from([0x5a, 0xc3, 0x3c, 0xa5])
const HANDSHAKE_MS = 30_000
/** What was read is handled before the next read of any socket, so all of them share one buffer. */
const READ = Buffer.allocUnsafe(256 * 1024)

/**
 * A WebSocket client that does nothing but cut frames out of bytes (RFC 6455; no compression, no fragments): with `ws` the
 * load generator would cost more than the servers it measures.
 */
export class FrameSocket {
  #onMessage: OnMessage | undefined
  readonly #socket: Socket
  readonly #opened = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<never>()
  #isOpen = false
  #isSettled = false
  #isStalled = false
  #rest: Buffer | undefined

  private constructor(url: URL) {
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer: READ,
        callback: (byteCount) => {
          if (!this.#isStalled) this.#read(READ.subarray(0, byteCount))
          return !this.#isStalled
        },
      },
    })
    this.#ended.promise.catch(() => undefined) // not everybody waits for it
    this.#socket.setTimeout(HANDSHAKE_MS, () => this.#fail(new Error(`${url.host} did not answer in time.`)))
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error(`${url.host} closed a socket.`)))
    this.#socket.write(
      `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGFuZGVtLWJlbmNoLWtleQ==\r\n\r\n`,
    )
  }

  /** Open, but to be settled yet. Rejects when it cannot be, or not within 30 s. */
  static async connect(url: string, onMessage: OnMessage): Promise<FrameSocket> {
    const socket = new FrameSocket(new URL(url))
    socket.#onMessage = onMessage
    await socket.#opened.promise
    return socket
  }

  /**
   * Waits for what has to be said first; rejects when that does or when the socket ends before. From then on an end that does not
   * come from here is thrown as a fault that ends the round: nothing measured without this socket would be comparable.
   */
  async settle<Result>(opening: Promise<Result>): Promise<Result> {
    try {
      const result = await Promise.race([opening, this.#ended.promise])
      this.#isSettled = true
      return result
    } catch (error) {
      this.destroy()
      throw error
    }
  }

  sendText(text: string): void {
    this.#send(TEXT, Buffer.from(text))
  }

  send(payload: Uint8Array): void {
    this.#send(BINARY, payload)
  }

  /** Nothing is read any more, as in a browser tab that hangs. For good: what comes next is lost. */
  stall(): void {
    this.#isStalled = true
  }

  destroy(): void {
    this.#onMessage = undefined
    this.#socket.destroy()
  }

  #send(opcode: number, payload: Uint8Array): void {
    const length = payload.byteLength
    const at = length < 126 ? 2 : length < 65_536 ? 4 : 10
    const frame = Buffer.allocUnsafe(at + 4 + length)
    frame[0] = 0x80 | opcode
    frame[1] = 0x80 | (at === 2 ? length : at === 4 ? 126 : 127)
    if (at === 4) frame.writeUInt16BE(length, 2)
    else if (at === 10) frame.writeBigUInt64BE(BigInt(length), 2)
    frame.set(MASK, at)
    for (let index = 0; index < length; index++) frame[at + 4 + index] = (payload[index] ?? 0) ^ (MASK[index & 3] ?? 0)
    this.#socket.write(frame)
  }

  #read(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk])
    let at = this.#isOpen ? 0 : this.#endOfHandshake(bytes)
    while (at >= 0 && at + 2 <= bytes.length) {
      const short = (bytes[at + 1] ?? 0) & 0x7f
      const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
      if (start > bytes.length) break
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (start + length > bytes.length) break
      this.#take((bytes[at] ?? 0) & 0x0f, bytes, start, start + length)
      at = start + length
    }
    this.#rest = at === bytes.length ? undefined : Buffer.from(bytes.subarray(Math.max(0, at)))
  }

  /** -1: it is not here yet. */
  #endOfHandshake(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return -1
    const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'))
    if (!status.includes(' 101 ')) {
      this.#fail(new Error(`Not let in: ${bytes.toString('latin1').replaceAll('\r\n', ' ')}`))
      return bytes.length
    }
    this.#isOpen = true
    this.#socket.setTimeout(0)
    this.#opened.resolve()
    return end + 4
  }

  #take(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === PING) this.#send(PONG, bytes.subarray(start, end))
    else if (opcode === TEXT || opcode === BINARY) this.#onMessage?.(bytes, start, end, opcode === TEXT)
    else if (opcode === CLOSE) {
      const code = end - start >= 2 ? bytes.readUInt16BE(start) : 1005
      this.#fail(new Error(`The server closed a socket: ${code} ${bytes.toString('utf8', start + 2, end)}`))
    }
  }

  #fail(error: Error): void {
    const isFault = this.#isSettled && this.#onMessage !== undefined
    this.#opened.reject(error)
    this.#ended.reject(error)
    this.destroy()
    if (isFault) throw error
  }
}
