/** Whether it is a day of the calendar, as `2026-11-22`. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return false
  const date = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
}

/** What stands for it where no language is known. */
export function dayText(date: unknown): string {
  return isDay(date) ? date : '?'
}
