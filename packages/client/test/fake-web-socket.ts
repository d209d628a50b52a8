/** The platform's WebSocket as far as a test needs it, with the other end in the test's hands. */
export function fakeWebSockets() {
  const sockets: FakeWebSocket[] = []
  class FakeWebSocket extends EventTarget {
    static readonly CONNECTING = 0
    static readonly OPEN = 1
    static readonly CLOSING = 2
    static readonly CLOSED = 3
    readonly url: string
    readonly protocols: readonly string[]
    readyState = 0
    binaryType = 'blob'
    readonly sent: unknown[] = []

    constructor(url: string | URL, protocols: readonly string[] = []) {
      super()
      this.url = String(url)
      this.protocols = protocols
      sockets.push(this)
    }

    send(data: unknown): void {
      this.sent.push(data)
    }

    /** Like a half-open connection: the close event does not come by itself. */
    close(): void {
      this.readyState = FakeWebSocket.CLOSING
    }

    opens(): void {
      this.readyState = FakeWebSocket.OPEN
      this.dispatchEvent(new Event('open'))
    }

    says(data: string | Uint8Array<ArrayBuffer>): void {
      this.dispatchEvent(new MessageEvent('message', { data: typeof data === 'string' ? data : data.buffer }))
    }

    closes(code: number, reason = ''): void {
      this.readyState = FakeWebSocket.CLOSED
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason }))
    }
  }
  return { sockets, WebSocket: FakeWebSocket as unknown as typeof WebSocket }
}
