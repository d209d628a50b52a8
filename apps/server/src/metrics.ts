import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Meter, MeterCount, MeterTime, Relay, RoomsStats } from '@tandem/sync'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Charge } from '@tandem/api'
import type { InFlight } from './in-flight.ts'
import type { Party } from './shared-rates.ts'
import type { SocketHolder } from './socket-caps.ts'

/** What is asked at every scrape. */
export interface MetricSources {
  readonly lanes: readonly Pick<InFlight, 'what' | 'count' | 'limit' | 'waiting' | 'takePeak'>[]
  readonly sockets: { readonly count: number; takeHighWaterBytes(): number }
  readonly rooms: { readonly stats: RoomsStats }
  readonly relay: Pick<Relay, 'state'>
  /** Undefined: this node is the only one. */
  readonly cluster: { readonly isWell: boolean; readonly nodeCount: number } | undefined
  readonly store: { damagedDocuments(): Promise<number> }
}

const COUNTS: Record<MeterCount, string> = {
  pushes: 'Pushes that became rows of a log.',
  pushes_repeated: 'Pushes that were in the log already.',
  pushes_refused: 'Pushes that were refused.',
  deliveries: 'Frames handed to sessions.',
  holes_found: 'Times a room saw that the relay had lost something.',
  holes_healed: 'Times a room then read the log.',
  catch_up_reads: 'Reads of the log to fill a hole or to settle a doubt.',
  overtaken: 'Appends that another node was ahead of.',
  behind: 'Sessions whose outbox was dropped because they read too slowly.',
  relay_ignored: 'Relay messages that were not believed.',
}

const SHORT_TIMES = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5]

/** Where an update waits, in the order of its life. */
const TIMES: Record<MeterTime, { name: string; help: string; buckets: number[] }> = {
  push_wait_ms: {
    name: 'push_wait_seconds',
    help: 'From the arrival of a push to the start of its append: its turn, and what it is judged by.',
    buckets: SHORT_TIMES,
  },
  commit_ms: {
    name: 'commit_seconds',
    help: 'From the start of an append to its place on disk.',
    buckets: SHORT_TIMES,
  },
  relay_lag_ms: {
    name: 'relay_lag_seconds',
    help: 'From the log to another node, by their clocks.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  },
  delivery_ms: {
    name: 'delivery_seconds',
    help: 'From the log, or from the relay, to a frame for the readers here; those who read slowly wait longer.',
    buckets: SHORT_TIMES,
  },
}

const LOOP_RESOLUTION_MS = 20

/** What one node tells Prometheus. Every name starts with `tandem_`; docs: the help texts. */
export class Metrics implements Meter {
  readonly #registry = new Registry()
  readonly #counters: Record<MeterCount, Counter>
  readonly #histograms: Record<MeterTime, Histogram>
  readonly #shed: Counter<'what'>
  readonly #refused: Counter<'bucket' | 'charge'>
  readonly #socketsRefused: Counter<'holder'>
  readonly #refusals: Counter<'where' | 'why'>
  readonly #tickets: Counter<'what'>
  readonly #damages: Counter
  readonly #divergence: Counter
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })

  constructor() {
    const registers = [this.#registry]
    const counters = Object.entries(COUNTS).map(([name, help]) => [
      name,
      new Counter({ name: `tandem_${name}_total`, help, registers }),
    ])
    this.#counters = Object.fromEntries(counters) as Record<MeterCount, Counter>
    const histograms = Object.entries(TIMES).map(([key, { name, ...rest }]) => [
      key,
      new Histogram({ name: `tandem_${name}`, ...rest, registers }),
    ])
    this.#histograms = Object.fromEntries(histograms) as Record<MeterTime, Histogram>
    this.#shed = new Counter({
      name: 'tandem_shed_total',
      help: 'What was turned away because this node had too much to do: calls by their lane, sockets at the door.',
      labelNames: ['what'],
      registers,
    })
    this.#refused = new Counter({
      name: 'tandem_calls_refused_total',
      help: 'Calls beyond a rate, by whose bucket was empty (caller: of one socket, or over HTTP of one caller) and kind of call.',
      labelNames: ['bucket', 'charge'],
      registers,
    })
    this.#socketsRefused = new Counter({
      name: 'tandem_sockets_refused_total',
      help: 'Sockets beyond what one address or one user may have on all nodes.',
      labelNames: ['holder'],
      registers,
    })
    this.#refusals = new Counter({
      name: 'tandem_refusals_total',
      help: 'What was refused: upgrades by their HTTP status, frames that nobody can read, calls by the code of their error.',
      labelNames: ['where', 'why'],
      registers,
    })
    this.#tickets = new Counter({
      name: 'tandem_socket_tickets_total',
      help: 'Socket tickets that were issued, used and refused.',
      labelNames: ['what'],
      registers,
    })
    this.#damages = new Counter({
      name: 'tandem_damages_found_total',
      help: 'Documents that this node found damaged in the database, and made read-only.',
      registers,
    })
    this.#divergence = new Counter({
      name: 'tandem_divergence_total',
      help: 'Replicas that showed something else than the log says at the same place, as they reported it: must be 0.',
      registers,
    })
    this.#loop.enable()
  }

  count(name: MeterCount, by = 1): void {
    this.#counters[name].inc(by)
  }

  observe(name: MeterTime, valueMs: number): void {
    this.#histograms[name].observe(valueMs / 1000)
  }

  /** Something was turned away because this node had too much to do. */
  shed(what: string): void {
    this.#shed.inc({ what })
  }

  /** A call was beyond a rate. */
  refused(bucket: 'caller' | Party, charge: Charge | 'invite'): void {
    this.#refused.inc({ bucket, charge })
  }

  /** A socket was beyond what its holder may have. */
  socketRefused(holder: SocketHolder): void {
    this.#socketsRefused.inc({ holder })
  }

  /** `why`: a status, or a code of the ERRORS table: never what was sent. */
  refusal(where: 'upgrade' | 'frame' | 'call', why: string): void {
    this.#refusals.inc({ where, why })
  }

  /** A document was found damaged. */
  damageFound(): void {
    this.#damages.inc()
  }

  /** A replica and the log differ. */
  divergence(): void {
    this.#divergence.inc()
  }

  ticket(what: 'issued' | 'used' | 'refused'): void {
    this.#tickets.inc({ what })
  }

  /** From here on these are asked at every scrape. Once. */
  watch(sources: MetricSources): void {
    const gauge = (name: string, help: string, value: () => number): void => {
      const made: Gauge = new Gauge({
        name: `tandem_${name}`,
        help,
        registers: [this.#registry],
        collect: () => made.set(value()),
      })
    }
    this.#watchLanes(sources.lanes)
    this.#watchDamage(sources.store)
    gauge('sockets', 'Open WebSockets.', () => sources.sockets.count)
    gauge('rooms', 'Documents that are open on this node.', () => sources.rooms.stats.rooms)
    gauge('sessions', 'Joins that are open on this node.', () => sources.rooms.stats.sessions)
    gauge('outbox_bytes', 'Updates that wait for sessions to take them.', () => sources.rooms.stats.outboxBytes)
    gauge('buffered_high_water_bytes', 'The most that one socket had unsent since the last scrape.', () =>
      sources.sockets.takeHighWaterBytes(),
    )
    gauge('relay_well', '1 while the relay between nodes works.', () => (sources.relay.state === 'well' ? 1 : 0))
    gauge('nodes', 'Nodes that count rates and sockets together; 1 while Redis does not answer.', () =>
      sources.cluster?.isWell === true ? sources.cluster.nodeCount : 1,
    )
    gauge('resident_memory_bytes', 'Memory of the process.', () => process.memoryUsage.rss())
    gauge('event_loop_delay_p50_seconds', 'Event-loop delay since the last scrape, median.', () =>
      seconds(this.#loop.percentile(50)),
    )
    gauge('event_loop_delay_p99_seconds', 'Event-loop delay since the last scrape, 99th percentile.', () =>
      seconds(this.#loop.percentile(99)),
    )
    gauge('event_loop_delay_max_seconds', 'Event-loop delay since the last scrape, the longest.', () => {
      const longest = seconds(this.#loop.max)
      this.#loop.reset() // asked last
      return longest
    })
  }

  /** While the database does not answer, what it said last. */
  #watchDamage(store: MetricSources['store']): void {
    let damaged = 0
    const made: Gauge = new Gauge({
      name: 'tandem_damaged_documents',
      help: 'Documents that are read-only because their stored log is damaged, on all nodes. `pnpm tandem repair` mends one.',
      registers: [this.#registry],
      collect: async () => {
        damaged = await store.damagedDocuments().catch(() => damaged)
        made.set(damaged)
      },
    })
  }

  #watchLanes(lanes: MetricSources['lanes']): void {
    for (const { what } of lanes) this.#shed.inc({ what }, 0)
    const gauge = (name: string, help: string, value: (lane: MetricSources['lanes'][number]) => number): void => {
      const made: Gauge<'what'> = new Gauge({
        name: `tandem_${name}`,
        help,
        labelNames: ['what'],
        registers: [this.#registry],
        collect: () => {
          for (const lane of lanes) made.set({ what: lane.what }, value(lane))
        },
      })
    }
    gauge('in_flight', 'Calls that are being worked on, by lane.', ({ count }) => count)
    gauge('in_flight_peak', 'The most calls of a lane that were worked on at once since the last scrape.', (lane) =>
      lane.takePeak(),
    )
    gauge(
      'in_flight_limit',
      'How many calls of a lane may be worked on at once, as their latency allows.',
      ({ limit }) => limit,
    )
    gauge('in_flight_waiting', 'Calls that wait for a place in their lane.', ({ waiting }) => waiting)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  close(): void {
    this.#loop.disable()
  }
}

/** The monitor counts its own interval in; what is left is delay. */
function seconds(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - LOOP_RESOLUTION_MS / 1000) : 0
}
