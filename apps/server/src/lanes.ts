import { InFlight, type InFlightPorts } from './in-flight.ts'
import { LatencyGradient, type InFlightLimit } from './latency-gradient.ts'

/** What a node does a bounded amount of at once, each kind apart: nobody's import waits in front of somebody's keystroke. */
export interface Lanes {
  readonly pushes: InFlight
  readonly opens: InFlight
  /** Whatever is worth waiting for: imports, and later searches and exports. */
  readonly expensive: InFlight
}

/** For each so many pushes that may be in flight, one expensive call. */
const PUSHES_PER_EXPENSIVE = 100
const MOST_EXPENSIVE = 4
/** What one user may use of the places for pushes, and of those for opens: the rest is there at once for somebody else. */
const SHARE_OF_ONE = 0.75

/** `onShed` is told which lane has turned somebody away. */
export function openLanes(
  ports: Pick<InFlightPorts, 'now' | 'after'> & { readonly onShed: (what: string) => void },
): Lanes {
  const lane = (parts: Pick<InFlightPorts, 'what' | 'limit' | 'shareOfOne' | 'queue'>): InFlight =>
    new InFlight({ ...ports, ...parts, onShed: () => ports.onShed(parts.what) })
  const shareOfOne = SHARE_OF_ONE
  const ofPushes = new LatencyGradient({ start: 200, least: 100, most: 1_000 })
  const ofOpens = new LatencyGradient({ start: 100, least: 50, most: 500 })
  return {
    pushes: lane({ what: 'push', limit: ofPushes, shareOfOne, queue: { length: 200, patienceMs: 250 } }),
    opens: lane({ what: 'open', limit: ofOpens, shareOfOne, queue: { length: 200, patienceMs: 1_000 } }),
    expensive: lane({ what: 'expensive', limit: shareOf(ofPushes), queue: { length: 16, patienceMs: 10_000 } }),
  }
}

/** The slower pushes are, the less of what is expensive; always one, or it would never be done. */
function shareOf(pushes: InFlightLimit): InFlightLimit {
  return {
    get limit() {
      return Math.max(1, Math.min(MOST_EXPENSIVE, Math.floor(pushes.limit / PUSHES_PER_EXPENSIVE)))
    },
    learn: () => undefined,
  }
}
