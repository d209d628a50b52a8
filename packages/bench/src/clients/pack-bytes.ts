/** Walks MessagePack in place, as `@tandem/sync` writes it: what is counted need not be decoded. */
export class PackBytes {
  at: number
  readonly #bytes: Buffer

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** How many entries of a map follow; -1: it is something else, and nothing was passed. */
  map(): number {
    return this.#count(0x80, 0xde)
  }

  array(): number {
    return this.#count(0x90, 0xdc)
  }

  /** A string of up to 255 bytes; undefined: it is something else, and was passed. */
  string(): string | undefined {
    const token = this.#bytes[this.at] ?? 0
    const isShort = token >= 0xa0 && token < 0xc0
    if (!isShort && token !== 0xd9) {
      this.skip()
      return undefined
    }
    const length = isShort ? token - 0xa0 : (this.#bytes[this.at + 1] ?? 0)
    const start = this.at + (isShort ? 1 : 2)
    this.at = start + length
    return this.#bytes.toString('latin1', start, this.at)
  }

  /** A whole number from 0 to 2^32 - 1; -1: it is something else, and was passed. */
  number(): number {
    const at = this.at
    this.skip()
    const token = this.#bytes[at] ?? 0
    if (token < 0x80) return token
    if (token === 0xcc) return this.#bytes[at + 1] ?? 0
    if (token === 0xcd) return this.#bytes.readUInt16BE(at + 1)
    return token === 0xce ? this.#bytes.readUInt32BE(at + 1) : -1
  }

  /** Where bytes start; -1: it is something else. Passed in any case. */
  binary(): number {
    const token = this.#bytes[this.at] ?? 0
    const start = this.at + (token === 0xc4 ? 2 : token === 0xc5 ? 3 : 5)
    this.skip()
    return token >= 0xc4 && token <= 0xc6 ? start : -1
  }

  /** Past the next value, whatever it is. */
  skip(): void {
    const token = this.#bytes[this.at] ?? 0
    const [entries, items] = [this.map(), this.array()]
    if (entries >= 0 || items >= 0) {
      for (let left = Math.max(entries * 2, items); left > 0; left--) this.skip()
      return
    }
    this.at += 1
    if (token < 0xc0 && token >= 0xa0) this.at += token - 0xa0
    else if (token === 0xc4 || token === 0xd9) this.at += 1 + (this.#bytes[this.at] ?? 0)
    else if (token === 0xc5 || token === 0xda) this.at += 2 + this.#bytes.readUInt16BE(this.at)
    else if (token === 0xc6 || token === 0xdb) this.at += 4 + this.#bytes.readUInt32BE(this.at)
    else if (token === 0xca || token === 0xce || token === 0xd2) this.at += 4
    else if (token === 0xcb || token === 0xcf || token === 0xd3) this.at += 8
    else if (token === 0xcc || token === 0xd0) this.at += 1
    else if (token === 0xcd || token === 0xd1) this.at += 2
  }

  #count(fixed: number, two: number): number {
    const token = this.#bytes[this.at] ?? 0
    if (token >= fixed && token < fixed + 16) {
      this.at += 1
      return token - fixed
    }
    if (token === two) {
      this.at += 3
      return this.#bytes.readUInt16BE(this.at - 2)
    }
    if (token !== two + 1) return -1
    this.at += 5
    return this.#bytes.readUInt32BE(this.at - 4)
  }
}
