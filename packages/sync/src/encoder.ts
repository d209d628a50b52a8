import { SyncError } from './errors.ts'
import { LIMITS } from './limits.ts'
import { pack } from './pack.ts'
import { unpack } from './unpack.ts'

/** The shape of tRPC's `Encoder` (`experimental_encoder`), so that the core need not know tRPC. */
export interface BinaryEncoder {
  encode(data: unknown): Uint8Array<ArrayBuffer>
  decode(data: string | ArrayBuffer | Uint8Array): unknown
}

/**
 * How frames travel on a WebSocket, the same on both ends. Stateless: may be shared by sockets or made per socket.
 *
 * `maxValues`: how many values a frame may hold, where little is expected of the other side.
 * `encode` never refuses a value. `decode` throws SyncError 'bad-input' for a text frame and for whatever `unpack`
 * refuses, 'update-too-large' beyond LIMITS.frameBytes; its bytes are plain Uint8Array copies.
 */
export function binaryEncoder(options: { maxValues?: number } = {}): BinaryEncoder {
  return { encode: pack, decode: (data) => decode(data, options.maxValues) }
}

function decode(data: string | ArrayBuffer | Uint8Array, maxValues: number | undefined): unknown {
  if (typeof data === 'string') throw new SyncError('bad-input', 'Malformed frame: expected a binary frame, got text.')
  if (data.byteLength > LIMITS.frameBytes) {
    throw new SyncError(
      'update-too-large',
      `Frame of ${data.byteLength} bytes; the limit is ${LIMITS.frameBytes} (LIMITS.frameBytes).`,
    )
  }
  return unpack(data instanceof Uint8Array ? data : new Uint8Array(data), maxValues)
}
