/** Whether a title contains every word of the filter, without regard to case and accents. */
export function matchesFilter(title: string, filter: string): boolean {
  const text = plain(title)
  return plain(filter)
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase()
}
