/**
 * The subset of MessagePack that Tandem's frames are made of: nil, booleans, numbers, strings, bytes,
 * arrays and maps with string keys. What JSON can say, and bytes.
 *
 * Our own, because a frame comes from anybody: msgpackr (2.1) cannot switch off its record definitions
 * (code made with `new Function` from the sender's keys) and extensions, has no bound on depth or count,
 * and throws while encoding a function or a cycle. The property tests hold it to the specification.
 */
import { encodeUtf8 } from 'lib0/string'
import { MAX_DEPTH } from './unpack.ts'

const FIRST_SCRATCH_BYTES = 1024
/** Below this a loop is faster than the encoder of the platform. */
const LONGEST_BY_HAND = 64
/** A scratch that once grew larger than this is not kept. */
const KEPT_SCRATCH_BYTES = 64 * 1024

/** Taken while a value is written: a `toJSON` may pack something itself. */
let idleWriter: Writer | undefined

/**
 * Encodes the way JSON.stringify sees a value: `undefined`, functions and symbols are left out (nil in an array),
 * `toJSON` is asked. Never refuses: a cycle or what is nested deeper than 32 becomes nil, a bigint its decimal string.
 */
export function pack(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = idleWriter ?? new Writer()
  idleWriter = undefined
  writer.write(value)
  const bytes = writer.finish()
  if (writer.keepable) idleWriter = writer
  return bytes
}

/** A value that is encoded once and written into several others: there its bytes are copied. */
export class Packed {
  readonly bytes: Uint8Array

  constructor(value: unknown) {
    this.bytes = pack(value)
  }
}

/** How MessagePack says "so many follow". */
interface Tokens {
  readonly fixed?: { readonly token: number; readonly max: number }
  readonly one?: number
  readonly two: number
  readonly four: number
}
const ARRAY: Tokens = { fixed: { token: 0x90, max: 15 }, two: 0xdc, four: 0xdd }
const MAP: Tokens = { fixed: { token: 0x80, max: 15 }, two: 0xde, four: 0xdf }
const STRING: Tokens = { fixed: { token: 0xa0, max: 31 }, one: 0xd9, two: 0xda, four: 0xdb }
const BYTES: Tokens = { one: 0xc4, two: 0xc5, four: 0xc6 }
const UNSIGNED: Tokens = { one: 0xcc, two: 0xcd, four: 0xce }

class Writer {
  #bytes = new Uint8Array(FIRST_SCRATCH_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  readonly #ancestors: object[] = []

  get keepable(): boolean {
    return this.#bytes.length <= KEPT_SCRATCH_BYTES
  }

  /** What was written, as bytes of its own; the writer starts anew. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return bytes
  }

  write(value: unknown): void {
    switch (typeof value) {
      case 'string':
        return this.#string(value)
      case 'number':
        return this.#number(value)
      case 'boolean':
        return this.#byte(value ? 0xc3 : 0xc2)
      case 'bigint':
        return this.#string(value.toString())
      case 'object':
        return value === null ? this.#byte(0xc0) : this.#object(value)
      default:
        return this.#byte(0xc0)
    }
  }

  #object(value: object): void {
    if (value instanceof Uint8Array) return this.#binary(value)
    if (value instanceof Packed) return this.#raw(value.bytes)
    if (this.#ancestors.length === MAX_DEPTH || this.#ancestors.includes(value)) return this.#byte(0xc0)
    this.#ancestors.push(value)
    if (hasToJson(value)) this.write(value.toJSON())
    else if (Array.isArray(value)) this.#array(value)
    else this.#map(value)
    this.#ancestors.pop()
  }

  #array(values: readonly unknown[]): void {
    this.#head(values.length, ARRAY)
    for (const value of values) this.write(value)
  }

  #map(value: object): void {
    const keys = Object.keys(value)
    const items = value as Record<string, unknown>
    let said = 0
    for (const key of keys) if (isSaid(key, items[key])) said += 1
    this.#head(said, MAP)
    for (const key of keys) {
      const item = items[key]
      // Frames seldom have anything to leave out: nothing is looked at twice for those.
      if (said < keys.length && !isSaid(key, item)) continue
      this.#string(key)
      this.write(item)
    }
  }

  #binary(value: Uint8Array): void {
    this.#head(value.byteLength, BYTES)
    this.#raw(value)
  }

  #raw(value: Uint8Array): void {
    this.#room(value.byteLength)
    this.#bytes.set(value, this.#length)
    this.#length += value.byteLength
  }

  #string(value: string): void {
    if (value.length <= LONGEST_BY_HAND && this.#ascii(value)) return
    const encoded = encodeUtf8(value)
    this.#head(encoded.byteLength, STRING)
    this.#raw(encoded)
  }

  /** False, and nothing written: it is not ASCII. */
  #ascii(value: string): boolean {
    const { length } = value
    this.#room(2 + length)
    const start = this.#length + (length < 32 ? 1 : 2)
    for (let at = 0; at < length; at++) {
      const unit = value.charCodeAt(at)
      if (unit > 0x7f) return false
      this.#bytes[start + at] = unit
    }
    this.#head(length, STRING)
    this.#length = start + length
    return true
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#float(value)
    if (value >= 0) {
      if (value < 0x80) return this.#byte(value)
      if (value <= 0xffffffff) return this.#head(value, UNSIGNED)
      this.#byte(0xcf)
    } else {
      if (value >= -0x20) return this.#byte(0x100 + value)
      this.#byte(0xd3)
    }
    this.#room(8)
    this.#view.setInt32(this.#length, Math.floor(value / 2 ** 32))
    this.#view.setUint32(this.#length + 4, value >>> 0)
    this.#length += 8
  }

  #float(value: number): void {
    this.#byte(0xcb)
    this.#room(8)
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }

  /** A count in its shortest form: within the token itself, else in 1, 2 or 4 bytes after the token for so many. */
  #head(count: number, { fixed, one, two, four }: Tokens): void {
    if (fixed !== undefined && count <= fixed.max) return this.#byte(fixed.token + count)
    this.#room(5)
    if (one !== undefined && count <= 0xff) {
      this.#byte(one)
      this.#byte(count)
    } else if (count <= 0xffff) {
      this.#byte(two)
      this.#view.setUint16(this.#length, count)
      this.#length += 2
    } else {
      this.#byte(four)
      this.#view.setUint32(this.#length, count)
      this.#length += 4
    }
  }

  #byte(value: number): void {
    this.#room(1)
    this.#bytes[this.#length++] = value
  }

  #room(byteCount: number): void {
    const needed = this.#length + byteCount
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** A map with `__proto__` as its own key would be refused by the other side. */
function isSaid(key: string, value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol' && key !== '__proto__'
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}
