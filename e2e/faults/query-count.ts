import type { TcpProxy } from './tcp-proxy.ts'

const PARSE = 'P'.charCodeAt(0)
const SIMPLE = 'Q'.charCodeAt(0)

/** Counts the statements that go through a proxy to PostgreSQL but those of appends, which alone have names and are parsed once. Its connections are cut once, to be followed from their beginning. */
export class QueryCount {
  #reads = 0

  constructor(proxy: TcpProxy) {
    proxy.tap = () => {
      let rest = Buffer.alloc(0)
      let isStarted = false
      return (bytes) => {
        rest = Buffer.concat([rest, bytes])
        for (;;) {
          // The first message has no type: a length, and what it is about.
          const typeBytes = isStarted ? 1 : 0
          if (rest.byteLength < typeBytes + 4) return
          const end = typeBytes + rest.readUInt32BE(typeBytes)
          if (rest.byteLength < end) return
          if (isStarted) this.#count(rest.subarray(0, end))
          isStarted = true
          rest = rest.subarray(end)
        }
      }
    }
    proxy.reset()
  }

  /** Statements that were no appends, so far: reads, and what opens and ends their transactions. */
  get reads(): number {
    return this.#reads
  }

  #count(message: Buffer): void {
    // A Parse begins with its statement's name, which ends with a zero.
    if (message[0] === SIMPLE || (message[0] === PARSE && message[5] === 0)) this.#reads += 1
  }
}
