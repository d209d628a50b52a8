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

/** `onShed` is told which lane has turned somebody away. */
export function openLanes(
  ports: Pick<InFlightPorts, 'now' | 'after'> & { readonly onShed: (what: string) => void },
): Lanes {
  const lane = (what: string, limit: InFlightLimit, queue: InFlightPorts['queue']): InFlight =>
    new InFlight({ ...ports, what, limit, queue, onShed: () => ports.onShed(what) })
  const ofPushes = new LatencyGradient({ start: 200, least: 100, most: 1_000 })
  const ofOpens = new LatencyGradient({ start: 100, least: 50, most: 500 })
  return {
    pushes: lane('push', ofPushes, { length: 200, patienceMs: 250 }),
    opens: lane('open', ofOpens, { length: 200, patienceMs: 1_000 }),
    expensive: lane('expensive', shareOf(ofPushes), { length: 16, patienceMs: 10_000 }),
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
