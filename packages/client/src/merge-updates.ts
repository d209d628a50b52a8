import { mergeUpdates } from 'yjs'

/** So many received updates are kept as they came before they are merged into one. */
export const LOOSE_UPDATES = 100
/** `mergeUpdates` is quadratic in their number (187 us per update at 10,000): never more than this at once. */
const MERGED_AT_ONCE = 100

/** One update that does what all of these do. At least one must be given. Throws when one of them is not an update. */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = updates
  if (first === undefined) throw new RangeError('mergeAll needs at least one update.')
  if (others.length === 0) return first
  if (updates.length <= MERGED_AT_ONCE) return mergeUpdates([...updates])
  const groups: Uint8Array[] = []
  for (let start = 0; start < updates.length; start += MERGED_AT_ONCE)
    groups.push(mergeAll(updates.slice(start, start + MERGED_AT_ONCE)))
  return mergeAll(groups)
}
