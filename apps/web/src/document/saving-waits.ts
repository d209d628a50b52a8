import type { SaveWaits } from '@tandem/client'

/** One place where a change waited on its way to the server's disk. */
export interface Wait {
  readonly place: 'device' | 'link' | 'turn' | 'network' | 'server' | 'away'
  readonly name: string
  readonly ms: number
}

/** In the order of its way. What nobody knows has no row; a connection that was there all the time has none either. */
export function waitsOf({ keepMs, linkMs, turnMs, roundTripMs, nodeMs }: SaveWaits): readonly Wait[] {
  const waits: (Wait | undefined)[] = [
    keepMs === undefined ? undefined : { place: 'device', name: 'Being kept on this device', ms: keepMs },
    linkMs ? { place: 'link', name: 'Waiting for a connection', ms: linkMs } : undefined,
    { place: 'turn', name: 'Waiting to be sent', ms: turnMs },
    ...(nodeMs === undefined
      ? [{ place: 'away', name: 'Network and server', ms: roundTripMs } as const]
      : [
          { place: 'network', name: 'Network, there and back', ms: roundTripMs - nodeMs } as const,
          { place: 'server', name: 'Server, until on disk', ms: nodeMs } as const,
        ]),
  ]
  return waits.filter((wait) => wait !== undefined)
}

/** An earlier page has typed it: how long it waited before this one is not known. */
export function isFromEarlierPage({ keepMs, linkMs }: SaveWaits): boolean {
  return keepMs === undefined && linkMs === undefined
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
  ['millisecond', 1],
] as const

/** "12 ms", "1.2 sec", "3 min": two digits at least where there are any, and never 0, for nothing takes no time. */
export function durationText(ms: number, locale?: string): string {
  const [unit, lengthMs] = UNITS.find(([, length]) => ms >= length) ?? UNITS[4]
  const value = Math.max(1, ms / lengthMs)
  const digits = unit === 'second' && value < 10 ? 1 : 0
  // Rounded down, so that nothing is called 60 seconds.
  const words = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: digits,
    roundingMode: 'floor',
  })
  return ms < 1 ? `under ${words.format(1)}` : words.format(value)
}
