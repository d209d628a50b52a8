const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/**
 * When something happened, as people say it: "just now", "5 minutes ago", "yesterday", a date after a week.
 * A time in the future (another machine's clock) counts as now.
 */
export function relativeTime(thenMs: number, nowMs: number, locale?: string): string {
  const ago = Math.max(0, nowMs - thenMs)
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (ago < MINUTE_MS) return 'just now'
  if (ago < HOUR_MS) return words.format(-Math.floor(ago / MINUTE_MS), 'minute')
  const days = calendarDays(thenMs, nowMs)
  if (days === 0) return words.format(-Math.floor(ago / HOUR_MS), 'hour')
  if (days < 7) return words.format(-days, 'day')
  const sameYear = new Date(thenMs).getFullYear() === new Date(nowMs).getFullYear()
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    ...(!sameYear && { year: 'numeric' }),
  }).format(thenMs)
}

/** Midnights between the two: 23:50 is "yesterday" at 00:10. */
function calendarDays(thenMs: number, nowMs: number): number {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((midnight(nowMs) - midnight(thenMs)) / DAY_MS)
}
