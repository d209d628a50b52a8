import { generate } from '../generator-process.ts'
import type { Figures, Load } from '../load/jobs.ts'
import type { Contestant, MeasuredServer } from '../measured-server.ts'

/** One thing to measure, on every server in turn. One round each; `isQuick`: just to see that it works. */
export type Workload = About &
  (
    | { measure(server: MeasuredServer, isQuick: boolean): Promise<Figures> }
    /** Starts what it needs by itself; nodes of Tandem write CPU profiles into `profileFolder`, where it has nodes of its own. */
    | {
        measureCluster(contestant: Contestant, isQuick: boolean, profileFolder: string | undefined): Promise<Figures>
      }
  )

interface About {
  readonly name: string
  readonly title: string
  /** Medians of so many rounds are shown. */
  readonly rounds: number
  /** Headings of what is shown, by figure. */
  readonly columns: Readonly<Record<string, Column>>
  /** The figure that is also shown as a ratio to the raw loop's. */
  readonly ratio: string
  readonly goals: readonly Goal[]
  /** Figures that were taken at several loads, as `figure@load`, each drawn as a line for every server. */
  readonly lines?: { readonly figures: readonly string[]; readonly at: readonly number[]; readonly along: string }
  /** A new server for each round, because a round leaves something behind. */
  readonly isFresh?: true
  /** For whom it makes sense; all when left out. */
  readonly isFor?: (contestant: Contestant) => boolean
}

export interface Column {
  readonly heading: string
  readonly digits: number
  /** What one unit of it is in the figure's own. */
  readonly unit?: number
}

/** Undefined: a server that it compares with was not measured. */
export interface Goal {
  readonly says: string
  judge(of: (name: string) => Figures | undefined): { found: string; isMet: boolean } | undefined
}

export const TRAFFIC_COLUMNS = {
  cpuUs: { heading: 'CPU us/delivery', digits: 2 },
  p50: { heading: 'p50 ms', digits: 2 },
  p95: { heading: 'p95 ms', digits: 2 },
  p99: { heading: 'p99 ms', digits: 2 },
  perSecond: { heading: 'deliveries/s', digits: 0 },
  missing: { heading: 'missing', digits: 0 },
  serverShare: { heading: 'server core %', digits: 0, unit: 0.01 },
  generatorShare: { heading: 'generator core %', digits: 0, unit: 0.01 },
} satisfies Readonly<Record<string, Column>>

/** Tandem's figure is at most so many times another's. */
export function atMost(times: number, figure: string, peer: string): Goal {
  return {
    says: `${figure} <= ${times}x ${peer}`,
    judge(of) {
      const [ours, theirs] = [of('tandem')?.[figure], of(peer)?.[figure]]
      if (ours === undefined || theirs === undefined) return undefined
      return { found: `${(ours / theirs).toFixed(2)}x`, isMet: ours <= times * theirs }
    },
  }
}

/** Tandem's figure by itself. `unit` as in Column. */
export function within(figure: string, limit: { least?: number; most?: number; unit?: number }): Goal {
  const { least = -Infinity, most = Infinity, unit = 1 } = limit
  return {
    says: most === Infinity ? `${figure} >= ${least}` : `${figure} <= ${most}`,
    judge(of) {
      const ours = of('tandem')?.[figure]
      if (ours === undefined) return undefined
      const found = ours / unit
      return { found: found.toFixed(found < 100 ? 2 : 0), isMet: found >= least && found <= most }
    },
  }
}

/** The workload that most others are: a steady load for a while. */
export function steady(
  load: Load & { readonly quick: Partial<Load> },
  about: Pick<Workload, 'name' | 'title' | 'goals'>,
): Workload {
  const { quick, ...full } = load
  return {
    ...about,
    rounds: 3,
    columns: TRAFFIC_COLUMNS,
    ratio: 'cpuUs',
    measure: (server, isQuick) => offer(server, isQuick ? { ...full, ...quick } : full),
  }
}

/** One round of this load on this server. */
export function offer({ contestant, target }: MeasuredServer, load: Load): Promise<Figures> {
  return generate({ kind: 'traffic', protocol: contestant.protocol, target, load })
}

/** Servers that keep documents; the others pass messages on and forget them. */
export function keepsDocuments({ protocol }: Contestant): boolean {
  return protocol === 'tandem' || protocol === 'hocuspocus' || protocol === 'y-websocket'
}
