/**
 * The items that the words fit, in their order: those of which a name begins so before those that merely contain it. All of
 * them without words. With words, groups follow their best item.
 */
export function matching<Item extends { readonly group: string }>(
  items: readonly Item[],
  query: string,
  namesOf: (item: Item) => readonly string[],
): readonly Item[] {
  const wanted = plain(query)
  if (wanted === '') return items
  const ranked = items
    .map((item) => ({ item, rank: Math.min(...namesOf(item).map((name) => rankOf(plain(name), wanted))) }))
    .filter(({ rank }) => rank < Infinity)
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
  const groups = [...new Set(ranked.map(({ group }) => group))]
  return groups.flatMap((group) => ranked.filter((item) => item.group === group))
}

function rankOf(name: string, wanted: string): number {
  if (name === wanted) return 0
  if (name.startsWith(wanted)) return 1
  if (name.split(/[\s_-]+/).some((word) => word.startsWith(wanted))) return 2
  return name.includes(wanted) ? 3 : Infinity
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
