import { isDay } from '@tandem/schema/day'

/** `22 November 2026`, as this reader's language writes it; years are always said, as the text is read for longer. `?` for what is no day. */
export function dayForPeople(day: unknown): string {
  if (!isDay(day)) return '?'
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const local = new Date(2000, month - 1, date)
  local.setFullYear(year)
  return local.toLocaleDateString(undefined, { day: 'numeric', month: 'long', year: 'numeric' })
}
