import { binaryEncoder, LIMITS, SyncError, type BinaryEncoder } from '@tandem/sync'

const MAX_MALFORMED = 3
/** Calls are small, their bytes are one value: more would only cost time to read. */
const MAX_VALUES = 4_096

interface Guard {
  /** Called with every frame that cannot be read. */
  onRefused(): void
  /** Called once, with the third frame that cannot be read; each of them is answered. */
  onMalformed(): void
  /** A socket that is being closed still brings what was under way: nothing of it is done. */
  isOpen(): boolean
}

/** The encoder of one socket. It refuses batches that are too long, too: tRPC would answer each of their calls. */
export function guardedEncoder({ onRefused, onMalformed, isOpen }: Guard): BinaryEncoder {
  const { encode, decode } = binaryEncoder({ maxValues: MAX_VALUES })
  let malformed = 0
  return {
    encode,
    decode(data) {
      if (!isOpen()) throw new SyncError('socket-closed', 'This socket is being closed.')
      try {
        const message = decode(data)
        if (Array.isArray(message) && message.length > LIMITS.batchCalls)
          throw new SyncError('bad-input', `A frame carries at most ${LIMITS.batchCalls} calls (LIMITS.batchCalls).`)
        return message
      } catch (error) {
        malformed += 1
        onRefused()
        if (malformed === MAX_MALFORMED) onMalformed()
        throw error
      }
    },
  }
}
