/**
 * How far work of one browser's tabs goes: of each tab, by its replica id, how many of its edits. Edits of a tab are
 * counted 1, 2, 3 …; a reach says that all through the count are meant.
 */
export type Reach = Readonly<Record<string, number>>

/** Whether everything that `part` reaches is within `whole`. */
export function covers(whole: Reach, part: Reach): boolean {
  return Object.entries(part).every(([tab, count]) => count <= (whole[tab] ?? 0))
}

/** As far as either of them. The same object as `one` when that covers the other. */
export function joined(one: Reach, other: Reach): Reach {
  if (covers(one, other)) return one
  const both: Record<string, number> = { ...one }
  for (const [tab, count] of Object.entries(other)) both[tab] = Math.max(count, both[tab] ?? 0)
  return both
}

/** What of `reach` is not within `saved`. */
export function beyond(reach: Reach, saved: Reach): Reach {
  return Object.fromEntries(Object.entries(reach).filter(([tab, count]) => count > (saved[tab] ?? 0)))
}
