import * as Y from 'yjs'
import { encodeUpdate } from './split-update.ts'

/** `Y.mergeUpdates` is quadratic in the number of updates (187 us for each of 10,000): never more than this at once. */
const MERGED_AT_ONCE = 100

/** What a document is made of, after Yjs has joined the runs that go on where another ends. */
export function structsIn({ store }: Y.Doc): number {
  return [...store.clients.values()].reduce((sum, structs) => sum + structs.length, 0)
}

/** One update that does what all of these do; of none, the empty one. Throws when one of them is not an update. */
export function mergedUpdates(updates: readonly Uint8Array[]): Uint8Array {
  let level = updates.length > 1 ? updates.map(asYjsWrites) : updates
  while (level.length > 1) {
    const next: Uint8Array[] = []
    for (let start = 0; start < level.length; start += MERGED_AT_ONCE) {
      next.push(Y.mergeUpdates(level.slice(start, start + MERGED_AT_ONCE)))
    }
    level = next
  }
  return level[0] ?? new Uint8Array([0, 0])
}

/**
 * Greater client ids first. `Y.mergeUpdates` (13.6.33) silently loses structs of an update in which they do not come so,
 * and the log has such updates: parts of big edits once were, and nobody's page has to be ours.
 */
function asYjsWrites(update: Uint8Array): Uint8Array {
  const { structs, ds } = Y.decodeUpdate(update)
  if (structs.every(({ id }, index) => id.client <= (structs[index - 1]?.id.client ?? Infinity))) return update
  const deleted = [...ds.clients].flatMap(([client, ranges]) =>
    ranges.map(({ clock, len }) => ({ client, clock, len })),
  )
  return encodeUpdate(
    Map.groupBy(structs, ({ id }) => id.client),
    deleted,
  )
}
