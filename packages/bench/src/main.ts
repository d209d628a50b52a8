/**
 * pnpm bench [W1] [--quick]
 *
 * W1: one document, many readers, a steady stream of keystrokes; a Tandem node (embedded SQLite, everything on disk
 * before it is shown) beside a plain `ws` broadcast loop that promises nothing. Both in one run, turn by turn: read the
 * ratio, not the microseconds. Linux only (/proc).
 */
import { parseArgs } from 'node:util'
import { broadcastAudience, keystrokes, tandemAudience, type Audience, type Heard } from './audience.ts'
import { ServerProcess } from './server-process.ts'

interface Load {
  readonly readers: number
  /** A socket may push LIMITS.pushesPerSecond. */
  readonly writers: number
  readonly updatesPerSecond: number
  readonly seconds: number
  readonly rounds: number
}

interface Round {
  readonly cpuUsPerDelivery: number
  readonly missing: number
  readonly latenciesMs: readonly number[]
}

const FULL: Load = { readers: 200, writers: 4, updatesPerSecond: 100, seconds: 10, rounds: 3 }
const QUICK: Load = { readers: 50, writers: 2, updatesPerSecond: 50, seconds: 3, rounds: 2 }
/** What is under way when the last update is sent gets this long to arrive. */
const PATIENCE_MS = 5_000

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function measure(load: Load, server: ServerProcess, gather: (heard: Heard) => Promise<Audience>): Promise<Round> {
  const sentAt = new Map<string, number>()
  const latenciesMs: number[] = []
  const audience = await gather((update) => {
    const at = sentAt.get(Buffer.from(update).toString('base64'))
    if (at !== undefined) latenciesMs.push(performance.now() - at)
  })
  const keyboards = Array.from({ length: load.writers }, keystrokes)
  const total = load.seconds * load.updatesPerSecond
  const [cpuBefore, startedAt] = [server.cpuUs, performance.now()]
  for (let sent = 0; sent < total; sent++) {
    await pause(Math.max(0, startedAt + (sent * 1000) / load.updatesPerSecond - performance.now()))
    const writer = sent % load.writers
    const update = keyboards[writer]?.() ?? new Uint8Array()
    sentAt.set(Buffer.from(update).toString('base64'), performance.now())
    audience.write(writer, update)
  }
  const expected = total * load.readers
  const deadline = performance.now() + PATIENCE_MS
  while (audience.received < expected && performance.now() < deadline) await pause(10)
  const cpuUs = server.cpuUs - cpuBefore
  audience.close()
  return { cpuUsPerDelivery: cpuUs / audience.received, missing: expected - audience.received, latenciesMs }
}

async function w1(load: Load): Promise<void> {
  console.log(
    `W1: ${load.readers} readers, ${load.writers} writers, ${load.updatesPerSecond} updates/s, ${load.rounds} rounds of ${load.seconds} s each, turn by turn`,
  )
  const plain = await ServerProcess.broadcast()
  const { server: tandem, token } = await ServerProcess.tandem(load.readers * 2 + 100)
  const rounds: { plain: Round[]; tandem: Round[] } = { plain: [], tandem: [] }
  try {
    for (let round = 0; round < load.rounds; round++) {
      rounds.plain.push(await measure(load, plain, (heard) => broadcastAudience(plain.url, load.readers, heard)))
      rounds.tandem.push(
        await measure(load, tandem, (heard) => tandemAudience({ url: tandem.url, token }, load, heard)),
      )
    }
  } finally {
    await Promise.all([plain.stop(), tandem.stop()])
  }
  const [yardstick, ours] = [summary(rounds.plain), summary(rounds.tandem)]
  const ratio = Object.fromEntries(
    Object.keys(ours).map((key) => [
      key,
      key === 'missing' ? '' : ((ours[key] ?? 0) / (yardstick[key] ?? 1)).toFixed(2),
    ]),
  )
  console.table({ 'ws broadcast loop': yardstick, Tandem: ours, ratio })
}

function summary(rounds: readonly Round[]): Record<string, number> {
  const latencies = rounds.flatMap(({ latenciesMs }) => latenciesMs).sort((one, other) => one - other)
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN
  const costs = rounds.map(({ cpuUsPerDelivery }) => cpuUsPerDelivery).sort((one, other) => one - other)
  return {
    'server CPU us/delivery (median)': round(costs[Math.floor(costs.length / 2)] ?? Number.NaN),
    'p50 ms': round(quantile(0.5)),
    'p95 ms': round(quantile(0.95)),
    'p99 ms': round(quantile(0.99)),
    missing: rounds.reduce((sum, { missing }) => sum + missing, 0),
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
})
const [workload = 'W1', ...more] = positionals
if (workload !== 'W1' || more.length > 0) {
  console.error('pnpm bench [W1] [--quick]')
  process.exitCode = 1
} else await w1(values.quick ? QUICK : FULL)
