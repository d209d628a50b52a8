import { setTimeout } from 'node:timers/promises'
import type { Client, Seat, Tally, Target } from '../clients/client.ts'
import { PROTOCOLS } from '../clients/protocols.ts'
import { eachEdit, type EditKey } from '../clients/yjs-bytes.ts'
import { cpuUs, rssBytes } from '../machine.ts'
import { OwnShare, quantile, seatAll } from './crowd.ts'
import { hopFigures, hopsOf } from './hops.ts'
import type { Figures, Load, TrafficJob } from './jobs.ts'
import { keystrokes, newAuthor, traceEdits } from './typists.ts'

/** Sent and thrown away before the measuring: code gets hot, joins settle. */
const WARM_UP_S = 1.5
/** Everybody is told of everybody who has come, which takes a crowd a while: over when nothing came for longer than the slowest of them are told. */
const QUIET_MS = 1_200
const CROWD_PATIENCE_MS = 60_000
/** What is under way when the last update is sent gets this long to arrive. */
const PATIENCE_MS = 5_000
/** Connections whose deliveries are timed, spread evenly: who comes first in a loop hears first. */
const SAMPLED = 10

interface Writer {
  readonly client: Client
  readonly updates: readonly Uint8Array[]
  sent: number
}

/** One round: everybody sits down, writers type at a steady pace, everything that arrives is counted and some of it timed. */
export async function traffic({
  protocol,
  target,
  load,
  readersAt = target,
  watched = {},
}: TrafficJob): Promise<Figures> {
  const tally: Tally = { updates: 0, carets: 0, refused: 0 }
  const sentAtMs = new Map<EditKey, number>()
  let latenciesMs: number[] = []
  const heard = (key: EditKey): void => {
    const at = sentAtMs.get(key)
    if (at !== undefined) latenciesMs.push(performance.now() - at)
  }
  const names = await PROTOCOLS[protocol].documents(target, load.documents)
  const seats = names.flatMap((document) => seatsOf(load, { target, document, tally, heard }, readersAt))
  const clients = await seatAll(PROTOCOLS[protocol], seats)
  const writers = writersOf(load, seats, clients)
  const schedule = new Schedule(load, writers, sentAtMs)

  await schedule.run(WARM_UP_S)
  const everybody = load.writers + load.readers - 1
  await until(() => tally.updates >= schedule.sent * everybody)
  await quiet(tally)
  stallSome(load, clients)
  const hopsBefore = protocol === 'tandem' ? await hopsOf(target) : undefined
  const before = { ...tally, sent: schedule.sent, rss: rssBytes(target.pid) }
  const cpu = new CpuMeter({ cpu: target.pid, ...watched })
  latenciesMs = []
  const share = new OwnShare()
  const startedMs = performance.now()
  await schedule.run(load.seconds)
  const generatorShare = share.value
  const sent = schedule.sent - before.sent
  const expected = sent * (everybody - (load.stalled ?? 0))
  await until(() => tally.updates - before.updates >= expected)
  const tookMs = performance.now() - startedMs
  const { cpu: spentUs = Number.NaN, ...spentByWatched } = cpu.spentUs()
  const rssGrowth = rssBytes(target.pid) - before.rss
  const hops = hopsBefore && hopFigures(hopsBefore, await hopsOf(target))
  for (const client of clients) client.close()
  if (tally.firstRefusal !== undefined) console.error(`The first refusal: ${tally.firstRefusal}`)

  const updates = tally.updates - before.updates
  // Where nobody moves a caret, what is told of people is no delivery.
  const deliveries = updates + (load.caretsPerSecond > 0 ? tally.carets - before.carets : 0)
  return {
    cpuUs: spentUs / deliveries,
    p50: quantile(latenciesMs, 0.5),
    p95: quantile(latenciesMs, 0.95),
    p99: quantile(latenciesMs, 0.99),
    perSecond: (deliveries * 1000) / tookMs,
    missing: expected - updates,
    refused: tally.refused,
    serverShare: spentUs / 1000 / tookMs,
    generatorShare,
    rssGrowth,
    ...Object.fromEntries(Object.entries(spentByWatched).map(([name, us]) => [name, us / sent])),
    ...hops,
    updateBytes: quantile(sizesOf(writers), 0.5),
  }
}

function sizesOf(writers: readonly Writer[]): readonly number[] {
  return writers.flatMap(({ updates }) => updates.map((update) => update.byteLength))
}

/** Processor time from here on, of several processes by name. */
class CpuMeter {
  readonly #pids: Readonly<Record<string, number>>
  readonly #before: Figures

  constructor(pids: Readonly<Record<string, number>>) {
    this.#pids = pids
    this.#before = this.#now()
  }

  spentUs(): Figures {
    const before = this.#before
    return Object.fromEntries(Object.entries(this.#now()).map(([name, us]) => [name, us - (before[name] ?? 0)]))
  }

  #now(): Figures {
    return Object.fromEntries(Object.entries(this.#pids).map(([name, pid]) => [name, cpuUs(pid)]))
  }
}

async function quiet(tally: Tally): Promise<void> {
  const deadline = performance.now() + CROWD_PATIENCE_MS
  let before = -1
  while (tally.carets !== before && performance.now() < deadline) {
    before = tally.carets
    await setTimeout(QUIET_MS)
  }
  if (tally.carets !== before) console.error('It was still told who had come when the measuring began.')
}

/** That it is so, or that our patience is at its end. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!isSo() && performance.now() < deadline) await setTimeout(5)
}

/** Writers first. Sampled are the last of them, and readers in between. */
function seatsOf(
  load: Load,
  at: Pick<Seat, 'target' | 'document' | 'tally'> & { heard: (key: EditKey) => void },
  readersAt: Target,
): Seat[] {
  const people = load.writers + load.readers
  const sampled = Math.max(1, Math.floor(Math.min(SAMPLED, people) / load.documents))
  const step = Math.max(1, Math.floor(people / sampled))
  return Array.from({ length: people }, (_, place) => ({
    ...at,
    target: place < load.writers ? at.target : readersAt,
    author: newAuthor(),
    heard: place % step === step - 1 ? at.heard : undefined,
  }))
}

function writersOf(load: Load, seats: readonly Seat[], clients: readonly Client[]): Writer[] {
  const count = Math.ceil(load.updatesPerSecond * (load.seconds + WARM_UP_S)) + 1
  const typed = (author: number): readonly Uint8Array[] =>
    load.trace === true
      ? traceEdits(author, count)
      : keystrokes(author, count, load.pastedBytes === undefined ? undefined : 'x'.repeat(load.pastedBytes))
  return clients.flatMap((client, index) => {
    if (index % (load.writers + load.readers) >= load.writers) return []
    return [{ client, updates: typed(seats[index]?.author ?? 0), sent: 0 }]
  })
}

/** Those that are not sampled: the first readers. */
function stallSome({ writers, stalled = 0 }: Load, clients: readonly Client[]): void {
  for (const client of clients.slice(writers, writers + stalled)) client.stall()
}

/** All writers together at a steady pace, one after the other. */
class Schedule {
  readonly #load: Load
  readonly #writers: readonly Writer[]
  readonly #sentAtMs: Map<EditKey, number>
  #updates = 0
  #edits = 0
  #carets = 0

  constructor(load: Load, writers: readonly Writer[], sentAtMs: Map<EditKey, number>) {
    this.#load = load
    this.#writers = writers
    this.#sentAtMs = sentAtMs
  }

  /** Edits so far: updates, but for deletions, which cannot be told apart when a server merges them. */
  get sent(): number {
    return this.#edits
  }

  async run(seconds: number): Promise<void> {
    const { updatesPerSecond, caretsPerSecond } = this.#load
    const startedMs = performance.now()
    const [updatesBefore, caretsBefore] = [this.#updates, this.#carets]
    const people = this.#writers.length
    for (;;) {
      const elapsedMs = performance.now() - startedMs
      const passedS = Math.min(elapsedMs / 1000, seconds)
      while (this.#updates - updatesBefore < Math.floor(passedS * updatesPerSecond * people)) this.#type()
      while (this.#carets - caretsBefore < Math.floor(passedS * caretsPerSecond * people)) this.#move()
      if (elapsedMs >= seconds * 1000) return
      const nextMs = 1000 / (Math.max(updatesPerSecond, caretsPerSecond) * people)
      await setTimeout(Math.max(1, Math.min(nextMs, 10)))
    }
  }

  #type(): void {
    const writer = this.#writers[this.#updates++ % this.#writers.length]
    const update = writer?.updates[writer.sent++]
    if (writer === undefined || update === undefined) throw new Error('A writer has nothing left to type.')
    const nowMs = performance.now()
    this.#edits += eachEdit(update, 0, (key) => this.#sentAtMs.set(key, nowMs))
    writer.client.send(update)
  }

  #move(): void {
    const writer = this.#writers[this.#carets % this.#writers.length]
    writer?.client.moveCaret(Math.floor(this.#carets++ / this.#writers.length))
  }
}
