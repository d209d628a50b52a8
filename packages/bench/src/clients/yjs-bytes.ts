/** Reads what matters of Yjs bytes in place, without decoding the rest (lib0's variable-length integers). */
export class YjsBytes {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  byte(): number {
    return this.#bytes[this.at++] ?? 0
  }

  peek(): number {
    return this.#bytes[this.at] ?? 0
  }

  number(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }

  /** Past a string or bytes with their length in front; how long they were. */
  skip(): number {
    const length = this.number()
    this.at += length
    return length
  }
}

/** Which struct: its client id and clock, in one number. Servers may merge updates; each struct is still in them once. */
export type EditKey = number

/** With client ids below 2^31 the key is exact. */
const MOST_CLOCKS = 2 ** 22
const [GC, DELETED, STRING] = [0, 1, 4]
/** A gap in a merged update: no struct. */
const SKIP = 10
/** What the info byte of an item says. */
const [HAS_ORIGIN, HAS_RIGHT_ORIGIN, HAS_PARENT_SUB, CONTENT] = [0x80, 0x40, 0x20, 0x1f]

/**
 * Calls `take` with every struct that an update inserts, and returns how many these are: one for a keystroke, none for a
 * deletion. Only what the typists of the bench write can be read: text.
 */
export function eachEdit(update: Uint8Array, start: number, take: (key: EditKey) => void): number {
  const reader = new YjsBytes(update, start)
  let count = 0
  for (let clients = reader.number(); clients > 0; clients--) {
    const structs = reader.number()
    const client = reader.number()
    let clock = reader.number()
    for (let left = structs; left > 0; left--) {
      if (reader.peek() !== SKIP) {
        take(client * MOST_CLOCKS + clock)
        count += 1
      }
      // Most updates are one struct, and nothing after it is of interest.
      if (left > 1 || clients > 1) clock += passStruct(reader)
    }
  }
  return count
}

export function authorOf(key: EditKey): number {
  return Math.floor(key / MOST_CLOCKS)
}

/** How many ticks of its client's clock it takes. */
function passStruct(reader: YjsBytes): number {
  const info = reader.byte()
  const content = info & CONTENT
  if (content === GC || content === SKIP) return reader.number()
  for (const origin of [HAS_ORIGIN, HAS_RIGHT_ORIGIN]) {
    if ((info & origin) === 0) continue
    reader.number()
    reader.number()
  }
  if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) {
    const isRoot = reader.number() === 1
    if (isRoot) reader.skip()
    else {
      reader.number()
      reader.number()
    }
    if ((info & HAS_PARENT_SUB) !== 0) reader.skip()
  }
  if (content === DELETED) return reader.number()
  if (content === STRING) return reader.skip() // typists write ASCII: a byte is a tick
  throw new Error(`A server sent content of kind ${content}, which nobody has typed.`)
}
