import { decodeUtf8 } from 'lib0/string'
import { SyncError } from './errors.ts'

/** Arrays and maps inside each other. */
export const MAX_DEPTH = 32
/** Values in one frame: bounds the memory that small bytes can claim (two million empty maps in 2 MiB). */
const MAX_VALUES = 131_072

/**
 * Decodes exactly one value. Bytes are copied, so nothing keeps the frame alive.
 * Throws SyncError 'bad-input' for anything that is not of the subset: extensions, other keys than strings, an own
 * `__proto__`, broken UTF-8, integers that JavaScript cannot hold, truncation, trailing bytes, too deep, too many.
 */
export function unpack(bytes: Uint8Array, maxValues: number = MAX_VALUES): unknown {
  const reader = new Reader(bytes, maxValues)
  const value = reader.read(0)
  if (reader.position !== bytes.byteLength) throw malformed(`${bytes.byteLength - reader.position} trailing bytes`)
  return value
}

function malformed(what: string): SyncError {
  return new SyncError('bad-input', `Malformed frame: ${what}.`)
}

class Reader {
  position = 0
  readonly #bytes: Uint8Array
  #dataView: DataView | undefined
  readonly #maxValues: number
  #values = 0

  constructor(bytes: Uint8Array, maxValues: number) {
    this.#maxValues = maxValues
    // A plain view: `slice` of a Node Buffer would share memory instead of copying.
    this.#bytes =
      bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Many frames have no number that needs one. */
  get #view(): DataView {
    return (this.#dataView ??= new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength))
  }

  read(depth: number): unknown {
    if (++this.#values > this.#maxValues) throw malformed(`more than ${this.#maxValues} values`)
    const token = this.#byteAt(this.#advance(1))
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
        return this.#copy(this.#uint(1 << (token - 0xc4)))
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
    return byteCount <= LONGEST_NAME || byteCount === UUID
      ? knownText(this.#bytes, start, this.position)
      : utf8(this.#bytes.subarray(start, this.position))
  }

  #uint(byteCount: number): number {
    let value = 0
    for (let at = this.#advance(byteCount); at < this.position; at++) value = value * 0x100 + this.#byteAt(at)
    return value
  }

  #byteAt(at: number): number {
    return this.#bytes[at] ?? 0 // `#advance` has seen that it is there
  }

  #copy(byteCount: number): Uint8Array {
    const at = this.#advance(byteCount)
    return this.#bytes.slice(at, at + byteCount)
  }

  /** Where the next `byteCount` bytes start; they are there. */
  #advance(byteCount: number): number {
    const at = this.position
    if (byteCount > this.#bytes.length - at) throw malformed('truncated')
    this.position = at + byteCount
    return at
  }
}

/** Names of fields and our own ids come again in every frame, and so do UUIDs. A login's token has 32 characters, and is not to stay here. */
const LONGEST_NAME = 24
const UUID = 36
/** A power of two. */
const KNOWN_SLOTS = 2048
/** The text that was read last, of those whose bytes lead to the same slot. */
const known: string[] = Array.from({ length: KNOWN_SLOTS }, () => '')

/**
 * The text of these bytes: the very string that the same bytes were before, if that was lately. Making a string costs
 * more than comparing one, and an object whose keys are such strings is made and looked into several times as fast.
 */
function knownText(bytes: Uint8Array, start: number, end: number): string {
  const length = end - start
  const at = (offset: number): number => bytes[start + offset] ?? 0
  const slot =
    (length + at(0) * 31 + at(1) * 257 + at(length >> 1) * 61 + at(length - 2) * 113 + at(length - 1) * 7) &
    (KNOWN_SLOTS - 1)
  const candidate = known[slot] ?? ''
  if (isTextOf(candidate, bytes, start, length)) return candidate
  const text = utf8(bytes.subarray(start, end))
  if (text.length === length) known[slot] = text // one byte each: `isTextOf` can compare them
  return text
}

function isTextOf(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false
  for (let at = 0; at < length; at++) if (text.charCodeAt(at) !== bytes[start + at]) return false
  return true
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
