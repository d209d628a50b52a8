import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Epoch } from './protocol.ts'

const CHECK_BYTES = 8
const PUSH_HASH_BYTES = 16

/** Every join asks for it, and it is 0.1 ms of hashing. */
const KEPT_EMPTY_CHECKS = 1_000
const emptyChecks = new Map<Epoch, string>()

/** Check of a log that has no rows yet: a new epoch is another history from its very start. */
export function emptyCheck(epoch: Epoch): string {
  let check = emptyChecks.get(epoch)
  if (check !== undefined) return check
  check = bytesToHex(sha256(utf8ToBytes(`tandem:${epoch}`)).subarray(0, CHECK_BYTES))
  if (emptyChecks.size === KEPT_EMPTY_CHECKS) emptyChecks.clear()
  emptyChecks.set(epoch, check)
  return check
}

/**
 * Check of the row that follows one with check `previous`. 64 bits of SHA-256, against accidents and
 * mixed-up histories; what keeps forged relay messages out is the relay's own signature.
 */
export function nextCheck(previous: string, update: Uint8Array): string {
  const digest = sha256.create().update(utf8ToBytes(previous)).update(update).digest()
  return bytesToHex(digest.subarray(0, CHECK_BYTES))
}

/** Names the bytes of a push, all its parts in order, 128 bits: the same push id with another name is an error. */
export function pushHash(...parts: readonly Uint8Array[]): string {
  const hash = sha256.create()
  for (const part of parts) hash.update(part)
  return bytesToHex(hash.digest().subarray(0, PUSH_HASH_BYTES))
}
