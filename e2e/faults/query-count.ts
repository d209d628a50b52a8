import type { TcpProxy } from './tcp-proxy.ts'

const PARSE = 'P'.charCodeAt(0)
const SIMPLE = 'Q'.charCodeAt(0)
/** An append: what an edit costs, whoever makes it. */
const APPEND = /^\s*with\s+wanted\b/

/** Counts the statements that go through a proxy to PostgreSQL, those of appends apart. Its connections are cut once, to be followed from their beginning. */
export class QueryCount {
  #reads = 0
  #appends = 0

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

  get appends(): number {
    return this.#appends
  }

  #count(message: Buffer): void {
    const type = message[0]
    if (type !== PARSE && type !== SIMPLE) return
    // A Parse names its statement first; ours have no names.
    const text = message.toString('utf8', type === PARSE ? 6 : 5, Math.min(message.byteLength, 80))
    if (APPEND.test(text)) this.#appends += 1
    else this.#reads += 1
  }
}
