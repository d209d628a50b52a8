/** A struct of an update leans on another one: as its left or right neighbour, or its parent. */
export interface Reference {
  readonly client: number
  readonly clock: number
  readonly onClient: number
  readonly onClock: number
}

type Runs = ReadonlyMap<number, { readonly from: number; readonly to: number }>

/**
 * [VAL-7] Whether the structs of an update can be integrated one after the other: none leans on a later one of its own
 * client, and those of different clients do not wait for each other in a circle. (What lies outside of the update is not
 * judged here.) Yjs would throw in the middle, or keep them pending for ever. Linear in references, but for clients that wait on one.
 */
export function canIntegrate(runs: Runs, references: readonly Reference[]): boolean {
  const inside = references.filter(({ onClient, onClock }) => (runs.get(onClient)?.from ?? Infinity) <= onClock)
  if (inside.some((each) => each.client === each.onClient && each.onClock >= each.clock)) return false
  const waits = new Map<number, Reference[]>()
  for (const each of inside) {
    if (each.client === each.onClient) continue
    const own = waits.get(each.client)
    if (own === undefined) waits.set(each.client, [each])
    else own.push(each)
  }
  return waits.size === 0 || integrate(runs, waits)
}

/** Each client goes on to its next struct that has to wait; whoever advances wakes those who wait for it. */
function integrate(runs: Runs, waits: ReadonlyMap<number, readonly Reference[]>): boolean {
  const done = new Map<number, number>()
  const reached = new Map([...runs].map(([client, { from }]) => [client, from]))
  const waiting = new Map<number, Set<number>>()
  const ready = [...runs.keys()]
  for (let client = ready.pop(); client !== undefined; client = ready.pop()) {
    const own = waits.get(client) ?? []
    let next = done.get(client) ?? 0
    while (next < own.length && isReached(reached, own[next])) next += 1
    done.set(client, next)
    const blocker = own[next]
    const clock = blocker?.clock ?? runs.get(client)?.to ?? 0
    if (blocker !== undefined) waiting.set(blocker.onClient, (waiting.get(blocker.onClient) ?? new Set()).add(client))
    if (clock <= (reached.get(client) ?? 0)) continue
    reached.set(client, clock)
    ready.push(...(waiting.get(client) ?? []))
    waiting.delete(client)
  }
  return [...runs].every(([client, { to }]) => reached.get(client) === to)
}

function isReached(reached: ReadonlyMap<number, number>, reference: Reference | undefined): boolean {
  return reference === undefined || reference.onClock < (reached.get(reference.onClient) ?? 0)
}
