import { binaryEncoder, type BinaryEncoder } from '@tandem/sync'

const MAX_MALFORMED = 3

/** The encoder of one socket. `onMalformed` is called once, with the third frame that cannot be read; each of them is answered. */
export function guardedEncoder(onMalformed: () => void): BinaryEncoder {
  const { encode, decode } = binaryEncoder()
  let malformed = 0
  return {
    encode,
    decode(data) {
      try {
        return decode(data)
      } catch (error) {
        malformed += 1
        if (malformed === MAX_MALFORMED) onMalformed()
        throw error
      }
    },
  }
}
