import type { Decoder } from 'lib0/decoding'
import * as Y from 'yjs'
import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'

/** The lowest bits of a struct's first byte say what it holds. */
const CONTENT_BITS = 31
const SUBDOCUMENT = 9

/** [VAL-2] Reads an update and stops at one struct too many. */
export class UpdateReader extends Y.UpdateDecoderV1 {
  /** The one made last. Yjs makes it by itself and does not hand it out; reading is synchronous. */
  static last: UpdateReader | undefined
  #structs = 0

  constructor(decoder: Decoder) {
    super(decoder)
    UpdateReader.last = this
  }

  override readInfo(): number {
    this.#structs += 1
    if (this.#structs > LIMITS.updateStructs) {
      throw new SyncError(
        'update-too-large',
        `An update of more structs than ${LIMITS.updateStructs} (LIMITS.updateStructs).`,
      )
    }
    return super.readInfo()
  }
}

/**
 * [VAL-9] [VAL-10] Refuses values, names and subdocuments as it comes to them, so nothing of theirs is built. A value is
 * measured by where reading it ends: the larger it is, the less it costs to find out.
 */
export class PushedUpdateReader extends UpdateReader {
  override readInfo(): number {
    const info = super.readInfo()
    if ((info & CONTENT_BITS) === SUBDOCUMENT) {
      throw new SyncError('malformed-update', 'The update holds a subdocument; documents here have none.')
    }
    return info
  }

  override readAny(): unknown {
    const from = this.restDecoder.pos
    const value: unknown = super.readAny()
    throwIfTooLong(this.restDecoder.pos - from)
    return value
  }

  override readBuf(): Uint8Array {
    const from = this.restDecoder.pos
    const bytes = super.readBuf()
    throwIfTooLong(this.restDecoder.pos - from)
    return bytes
  }

  override readJSON(): unknown {
    const from = this.restDecoder.pos
    const value: unknown = super.readJSON()
    throwIfTooLong(this.restDecoder.pos - from)
    return value
  }

  /** The name of a node or of a mark. */
  override readKey(): string {
    const name = super.readKey()
    if (name.length <= LIMITS.nameLength) return name
    throw new SyncError(
      'update-too-large',
      `A name of ${name.length} characters; the limit is ${LIMITS.nameLength} (LIMITS.nameLength).`,
    )
  }
}

/** Throws SyncError 'update-too-large' when a single value takes more than LIMITS.valueBytes. */
export function throwIfTooLong(bytes: number): void {
  if (bytes <= LIMITS.valueBytes) return
  throw new SyncError(
    'update-too-large',
    `A single value (an attribute, a mark, a key) of ${bytes} bytes; the limit is ${LIMITS.valueBytes} (LIMITS.valueBytes).`,
  )
}
