import * as Y from 'yjs'

/** Whether a document has all structs and all deletes of an update. */
export function contains(doc: Y.Doc, update: Uint8Array): boolean {
  const { structs, ds } = Y.decodeUpdate(update)
  if (structs.some(({ id, length }) => id.clock + length > Y.getState(doc.store, id.client))) return false
  const deleted = Y.createDeleteSetFromStructStore(doc.store)
  return [...ds.clients].every(([client, ranges]) =>
    ranges.every(({ clock, len }) =>
      (deleted.clients.get(client) ?? []).some(
        (range) => range.clock <= clock && range.clock + range.len >= clock + len,
      ),
    ),
  )
}

/** Whether an update has all structs and all deletes of another, integrated or not. */
export function isWithin(update: Uint8Array, whole: Uint8Array): boolean {
  const [part, all] = [Y.decodeUpdate(update), Y.decodeUpdate(whole)]
  const has = new Map<number, Set<number>>()
  for (const { client, clock } of clocks(all)) has.set(client, (has.get(client) ?? new Set()).add(clock))
  if (!clocks(part).every(({ client, clock }) => has.get(client)?.has(clock) === true)) return false
  return [...part.ds.clients].every(([client, ranges]) =>
    ranges.every(({ clock, len }) =>
      (all.ds.clients.get(client) ?? []).some(
        (range) => range.clock <= clock && range.clock + range.len >= clock + len,
      ),
    ),
  )
}

function clocks({ structs }: ReturnType<typeof Y.decodeUpdate>): { client: number; clock: number }[] {
  return structs.flatMap((struct) => {
    const { client, clock } = struct.id
    return struct instanceof Y.Skip
      ? []
      : Array.from({ length: struct.length }, (_, at) => ({ client, clock: clock + at }))
  })
}
