/** Reads what matters of Yjs bytes in place, without decoding the rest (lib0's variable-length integers). */
export class YjsBytes {
  at: number
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  number(): number {
    let [value, factor] = [0, 1]
    for (;;) {
      const byte = this.#bytes[this.at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }

  /** Past a string or bytes with their length in front. */
  skip(): void {
    const length = this.number()
    this.at += length
  }
}

const MOST_CLOCKS = 2 ** 20

/** Client id and clock of an update's first insertion, in one number: what its author sent it under, whoever encoded it anew. */
export function updateKey(update: Uint8Array, at = 0): number {
  const reader = new YjsBytes(update, at)
  reader.number() // clients
  reader.number() // structs of the first
  const client = reader.number()
  return client * MOST_CLOCKS + reader.number()
}

export function authorOf(key: number): number {
  return Math.floor(key / MOST_CLOCKS)
}
