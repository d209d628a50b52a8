/** A WebSocket for `createClient` that tells what became of each attempt. */
export class RecordedSockets {
  /** When each attempt began, ms on the monotonic clock. */
  readonly attemptsAtMs: number[] = []
  /** Codes that the other side closed with; 1006 when the connection broke. */
  readonly closeCodes: number[] = []
  readonly WebSocket: typeof WebSocket

  constructor() {
    const { attemptsAtMs, closeCodes } = this
    this.WebSocket = class extends WebSocket {
      constructor(url: string | URL) {
        attemptsAtMs.push(performance.now())
        super(url)
        this.addEventListener('close', ({ code }) => closeCodes.push(code))
      }
    }
  }
}
