/**
 * The subset of MessagePack that Tandem's frames are made of: nil, booleans, numbers, strings, bytes,
 * arrays and maps with string keys. What JSON can say, and bytes.
 *
 * Our own, because a frame comes from anybody: msgpackr (2.1) cannot switch off its record definitions
 * (code made with `new Function` from the sender's keys) and extensions, has no bound on depth or count,
 * and throws while encoding a function or a cycle. The property tests hold it to the specification.
 */
import { decodeUtf8, encodeUtf8 } from 'lib0/string'
import { SyncError } from './errors.ts'

/** Arrays and maps inside each other. */
const MAX_DEPTH = 32
/** Values in one frame: bounds the memory that small bytes can claim (two million empty maps in 2 MiB). */
const MAX_VALUES = 131_072
const FIRST_SCRATCH_BYTES = 1024
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

/**
 * Decodes exactly one value. Bytes are copied, so nothing keeps the frame alive.
 * Throws SyncError 'bad-input' for anything that is not of the subset: extensions, other keys than strings, an own
 * `__proto__`, broken UTF-8, integers that JavaScript cannot hold, truncation, trailing bytes, too deep, too many.
 */
export function unpack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.read(0)
  if (reader.position !== bytes.byteLength) throw malformed(`${bytes.byteLength - reader.position} trailing bytes`)
  return value
}

function malformed(what: string): SyncError {
  return new SyncError('bad-input', `Malformed frame: ${what}.`)
}

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
    if (this.#ancestors.length === MAX_DEPTH || this.#ancestors.includes(value)) return this.#byte(0xc0)
    this.#ancestors.push(value)
    if ('toJSON' in value && typeof value.toJSON === 'function') this.write(value.toJSON())
    else if (Array.isArray(value)) this.#array(value)
    else this.#map(value)
    this.#ancestors.pop()
  }

  #array(values: readonly unknown[]): void {
    this.#head(values.length, 0x90, 15, undefined, 0xdc, 0xdd)
    for (const value of values) this.write(value)
  }

  #map(value: object): void {
    let keys = Object.keys(value)
    const items = value as Record<string, unknown>
    // Frames seldom have anything to leave out: no copy for those.
    if (!keys.every((key) => isSaid(key, items[key]))) keys = keys.filter((key) => isSaid(key, items[key]))
    this.#head(keys.length, 0x80, 15, undefined, 0xde, 0xdf)
    for (const key of keys) {
      this.#string(key)
      this.write(items[key])
    }
  }

  #binary(value: Uint8Array): void {
    this.#head(value.byteLength, undefined, -1, 0xc4, 0xc5, 0xc6)
    this.#raw(value)
  }

  #raw(value: Uint8Array): void {
    this.#room(value.byteLength)
    this.#bytes.set(value, this.#length)
    this.#length += value.byteLength
  }

  #string(value: string): void {
    if (value.length < 32 && this.#shortAscii(value)) return
    const encoded = encodeUtf8(value)
    this.#head(encoded.byteLength, 0xa0, 31, 0xd9, 0xda, 0xdb)
    this.#raw(encoded)
  }

  #shortAscii(value: string): boolean {
    this.#room(32)
    const start = this.#length
    for (let at = 0; at < value.length; at++) {
      const unit = value.charCodeAt(at)
      if (unit > 0x7f) return false
      this.#bytes[start + 1 + at] = unit
    }
    this.#bytes[start] = 0xa0 + value.length
    this.#length = start + 1 + value.length
    return true
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#float(value)
    if (value >= 0) {
      if (value < 0x80) return this.#byte(value)
      if (value <= 0xffffffff) return this.#head(value, undefined, -1, 0xcc, 0xcd, 0xce)
      this.#byte(0xcf)
    } else {
      if (value >= -0x20) return this.#byte(0x100 + value)
      this.#byte(0xd3)
    }
    this.#room(8)
    this.#view.setBigInt64(this.#length, BigInt(value))
    this.#length += 8
  }

  #float(value: number): void {
    this.#byte(0xcb)
    this.#room(8)
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }

  /** A count in its shortest form: within the token itself up to `fixedMax`, else 1, 2 or 4 bytes after `one`, `two`, `four`. */
  #head(
    count: number,
    fixed: number | undefined,
    fixedMax: number,
    one: number | undefined,
    two: number,
    four: number,
  ): void {
    if (fixed !== undefined && count <= fixedMax) return this.#byte(fixed + count)
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

class Reader {
  position = 0
  readonly #bytes: Uint8Array
  #dataView: DataView | undefined
  #values = 0

  constructor(bytes: Uint8Array) {
    // A plain view: `slice` of a Node Buffer would share memory instead of copying.
    this.#bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Many frames have no number that needs one. */
  get #view(): DataView {
    return (this.#dataView ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength))
  }

  read(depth: number): unknown {
    if (++this.#values > MAX_VALUES) throw malformed(`more than ${MAX_VALUES} values`)
    const token = this.#uint(1)
    if (token < 0x80) return token
    if (token < 0x90) return this.#map(token - 0x80, depth)
    if (token < 0xa0) return this.#array(token - 0x90, depth)
    if (token < 0xc0) return this.#string(token - 0xa0)
    if (token >= 0xe0) return token - 0x100
    switch (token) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#uint(1 << (token - 0xc4))).slice()
      case 0xca:
        return this.#view.getFloat32(this.#advance(4))
      case 0xcb:
        return this.#view.getFloat64(this.#advance(8))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(1 << (token - 0xcc))
      case 0xcf:
        return safe(this.#view.getBigUint64(this.#advance(8)))
      case 0xd0:
        return this.#view.getInt8(this.#advance(1))
      case 0xd1:
        return this.#view.getInt16(this.#advance(2))
      case 0xd2:
        return this.#view.getInt32(this.#advance(4))
      case 0xd3:
        return safe(this.#view.getBigInt64(this.#advance(8)))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#string(this.#uint(1 << (token - 0xd9)))
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (token - 0xdc)), depth)
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 << (token - 0xde)), depth)
      default:
        throw malformed(`token 0x${token.toString(16)}`)
    }
  }

  #array(count: number, depth: number): unknown[] {
    this.#enter(count, depth)
    const array: unknown[] = []
    for (let index = 0; index < count; index++) array.push(this.read(depth + 1))
    return array
  }

  #map(count: number, depth: number): Record<string, unknown> {
    this.#enter(count * 2, depth)
    const map: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      const key = this.read(depth + 1)
      if (typeof key !== 'string' || key === '__proto__') throw malformed('a key that is not a name')
      map[key] = this.read(depth + 1)
    }
    return map
  }

  #enter(values: number, depth: number): void {
    if (depth === MAX_DEPTH) throw malformed(`nested deeper than ${MAX_DEPTH}`)
    if (values > this.#bytes.length - this.position) throw malformed('truncated')
  }

  #string(byteCount: number): string {
    const start = this.#advance(byteCount)
    const end = this.position
    if (byteCount > 24) return utf8(this.#bytes.subarray(start, end))
    let text = ''
    for (let at = start; at < end; at++) {
      const byte = this.#byteAt(at)
      if (byte > 0x7f) return utf8(this.#bytes.subarray(start, end))
      text += String.fromCharCode(byte)
    }
    return text
  }

  #uint(byteCount: number): number {
    let value = 0
    for (let at = this.#advance(byteCount); at < this.position; at++) value = value * 0x100 + this.#byteAt(at)
    return value
  }

  #byteAt(at: number): number {
    return this.#bytes[at] ?? 0 // `#advance` has seen that it is there
  }

  #take(byteCount: number): Uint8Array {
    const at = this.#advance(byteCount)
    return this.#bytes.subarray(at, at + byteCount)
  }

  /** Where the next `byteCount` bytes start; they are there. */
  #advance(byteCount: number): number {
    const at = this.position
    if (byteCount > this.#bytes.length - at) throw malformed('truncated')
    this.position = at + byteCount
    return at
  }
}

function safe(value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw malformed('an integer beyond 2^53')
  return number
}

function utf8(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw new SyncError('bad-input', 'Malformed frame: broken UTF-8.', { cause })
  }
}
