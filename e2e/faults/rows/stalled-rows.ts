import { ProbeGroup, Prober, type Times } from '../probes.ts'
import { ReaderProcess } from '../reader-process.ts'
import { metric, watchGreatest } from '../node-metrics.ts'
import { percentile, type Measured, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const TRAFFIC_EVERY_MS = 50
/** 20 of these a second: 1 MB/s. */
const TRAFFIC_BYTES = 50_000
const PROBE_EVERY_MS = 40
const WRITE_EVERY_MS = 1_000
const FULL_PART_MS = 20_000
/** Long enough to fill the kernel's buffers, the socket's and the outbox. */
const STALL_MS = 10_000
/** Each with a document of its own (it may hold 50 MB); every second one with the client stopped. */
const ROUNDS = 4

export const F24: Row = {
  id: 'F24',
  injection: `SIGSTOP of a client whose document has 1 MB/s of updates, in every second of ${ROUNDS} rounds that are otherwise the same; in a full run another one stays stopped until its socket is closed`,
  promised: 'the node holds little for it, the others notice nothing, it catches up from the log over the same socket',
  passes:
    'unsent for it <= 4.5 MiB; memory at most 50 MB above the other rounds; the others’ ack and delivery p99 at most 10 % above theirs; everything there <= 2 s after reading again, no new join; closed after 60 s without a byte, not before',
  async run(stage, partMs) {
    stage.write(WRITE_EVERY_MS)
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await busyRound(stage, partMs, round % 2 === 1))
    const closed = partMs >= FULL_PART_MS ? await closedWhileStalled(stage) : {}
    await stage.settled()
    return { ...summary(rounds), ...closed }
  },
  met: ({ bufferedMaxMb = Infinity, memoryGrowthMb = Infinity, caughtUpMaxMs = Infinity, ...rest }) => {
    const {
      partings = 1,
      wentBehind = 0,
      ackP99ChangePercent = 100,
      deliveryP99ChangePercent = 100,
      closedAfterMs = 0,
    } = rest
    return (
      bufferedMaxMb <= 4.5 &&
      memoryGrowthMb <= 50 &&
      wentBehind === ROUNDS / 2 &&
      Math.max(ackP99ChangePercent, deliveryP99ChangePercent) <= 10 &&
      caughtUpMaxMs <= 2_000 &&
      partings === 0 &&
      closedAfterMs >= 60_000 &&
      closedAfterMs <= 90_000
    )
  },
}

interface Round {
  readonly stalled: boolean
  readonly times: Times
  readonly seen: Record<'buffered_high_water_bytes' | 'resident_memory_bytes', number>
  /** Sessions that the node let fall behind. */
  readonly behind: number
  readonly caughtUpMs: number
  readonly partings: number
}

async function busyRound(stage: Stage, partMs: number, stalled: boolean): Promise<Round> {
  const node = stage.cluster.node(0)
  const scene = await BusyDocument.open(stage)
  try {
    scene.start()
    await stage.wait(2_000)
    const behindBefore = await metric(node, 'behind_total') // a look at the metrics: what they say of a span counts from here
    const watch = watchGreatest(node, ['buffered_high_water_bytes', 'resident_memory_bytes'])
    if (stalled) scene.reader.stopReading()
    scene.probes.take()
    await stage.wait(partMs)
    const times = scene.probes.take()
    if (stalled) await stage.wait(Math.max(0, STALL_MS - partMs))
    const seen = await watch.stop()
    const behind = (await metric(node, 'behind_total')) - behindBefore
    const caughtUpMs = await scene.readsAgain(stage)
    const { partings } = await scene.reader.state()
    return { stalled, times, seen, behind, caughtUpMs, partings }
  } finally {
    await scene.close()
  }
}

/** How long a socket whose client reads nothing stays open once nothing more fits into its kernel, ms. */
async function closedWhileStalled(stage: Stage): Promise<Measured> {
  const [node] = stage.cluster.nodes
  if (node === undefined) throw new RangeError('There is no node.')
  const scene = await BusyDocument.open(stage)
  try {
    scene.start()
    await stage.wait(1_000)
    const sockets = await metric(node, 'sockets')
    // From here on: the last byte that its kernel takes is later than this, and earlier than the moment when something is seen to wait.
    const stoppedMs = performance.now()
    scene.reader.stopReading()
    await stage.until('something waits for it', async () => (await metric(node, 'buffered_high_water_bytes')) > 500_000)
    scene.stop()
    await stage.until('its socket is closed', async () => (await metric(node, 'sockets')) < sockets, 100_000)
    const closedAfterMs = performance.now() - stoppedMs
    const backMs = await scene.readsAgain(stage)
    return { closedAfterMs, backAfterCloseMs: backMs }
  } finally {
    await scene.close()
  }
}

/** A document with 1 MB/s of updates, three people who count in it, two on node A and one on B, and one on A who only reads. */
class BusyDocument {
  readonly probes: ProbeGroup
  readonly reader: ReaderProcess
  readonly #source: Prober
  #traffic: NodeJS.Timeout | undefined

  private constructor(probes: ProbeGroup, source: Prober, reader: ReaderProcess) {
    this.probes = probes
    this.#source = source
    this.reader = reader
  }

  static async open(stage: Stage): Promise<BusyDocument> {
    const owner = stage.client()
    const { documentId } = await owner.api.documents.create.mutate({ title: 'Busy' })
    await owner.close()
    const token = await stage.cluster.token('busy')
    const [a, b] = [stage.cluster.node(0), stage.cluster.node(1)]
    const at = (node: { port: number }) => ({ url: `http://127.0.0.1:${node.port}`, token, documentId })
    const probers = [a, a, b].map((node, index) => new Prober({ name: `probe ${index}`, ...at(node) }))
    const source = new Prober({ name: 'source', ...at(a) })
    await source.handle.whenOpen()
    const scene = new BusyDocument(await ProbeGroup.of(probers), source, new ReaderProcess(at(a)))
    await stage.until('the reader is live', async () => (await scene.reader.state()).isLive)
    return scene
  }

  start(): void {
    this.probes.start(PROBE_EVERY_MS)
    const text = this.#source.handle.doc.getText('traffic')
    this.#traffic = setInterval(() => {
      const filler = String.fromCharCode(97 + (this.#source.next() % 26)).repeat(TRAFFIC_BYTES)
      this.#source.handle.doc.transact(() => {
        text.delete(0, text.length)
        text.insert(0, filler)
      })
    }, TRAFFIC_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.#traffic)
  }

  /** How long it takes the reader, from its first read, to have what was written before that. ms */
  async readsAgain(stage: Stage): Promise<number> {
    const written = this.#source.count
    this.reader.readAgain()
    const hasIt = async (): Promise<boolean> => ((await this.reader.state()).probes['source'] ?? 0) >= written
    return stage.until('it has what was written meanwhile', hasIt)
  }

  async close(): Promise<void> {
    this.stop()
    this.reader.end()
    await Promise.all([this.#source.close(), this.probes.close()])
  }
}

function summary(rounds: readonly Round[]): Measured {
  const [still, stalled] = [rounds.filter((round) => !round.stalled), rounds.filter((round) => round.stalled)]
  const mb = (some: readonly Round[], name: keyof Round['seen']): number =>
    Math.max(...some.map(({ seen }) => seen[name])) / 2 ** 20
  const all = (some: readonly Round[], what: keyof Times): number[] => some.flatMap(({ times }) => times[what])
  const p99 = (some: readonly Round[], what: keyof Times): number => percentile(all(some, what), 0.99)
  return {
    bufferedMaxMb: mb(stalled, 'buffered_high_water_bytes'),
    memoryGrowthMb: mb(stalled, 'resident_memory_bytes') - mb(still, 'resident_memory_bytes'),
    wentBehind: stalled.filter(({ behind }) => behind > 0).length,
    ackP50OtherwiseMs: percentile(all(still, 'ackMs'), 0.5),
    ackP50StalledMs: percentile(all(stalled, 'ackMs'), 0.5),
    ackP99OtherwiseMs: p99(still, 'ackMs'),
    ackP99StalledMs: p99(stalled, 'ackMs'),
    ackP99ChangePercent: (p99(stalled, 'ackMs') / p99(still, 'ackMs') - 1) * 100,
    deliveryP99OtherwiseMs: p99(still, 'deliveryMs'),
    deliveryP99StalledMs: p99(stalled, 'deliveryMs'),
    deliveryP99ChangePercent: (p99(stalled, 'deliveryMs') / p99(still, 'deliveryMs') - 1) * 100,
    caughtUpMaxMs: Math.max(...stalled.map(({ caughtUpMs }) => caughtUpMs)),
    partings: rounds.reduce((sum, { partings }) => sum + partings, 0),
  }
}
