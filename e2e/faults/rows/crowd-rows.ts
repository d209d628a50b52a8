import { readFileSync } from 'node:fs'
import { Crowd, CROWD_SETTINGS } from '../crowd.ts'
import type { FaultNode } from '../fault-cluster.ts'
import { metric, metrics } from '../node-metrics.ts'
import { PresenceProbe } from '../presence-probe.ts'
import { QueryCount } from '../query-count.ts'
import { percentile, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const FULL_PART_MS = 20_000
const SHORT_CLIENTS = 100
const COUNT_EVERY_MS = 5_000

const LOOP_P99 = 'event_loop_delay_p99_seconds'
const IN_FLIGHT = 'in_flight{what="push"}'
const PEAK = 'in_flight_peak{what="push"}'
const LIMIT = 'in_flight_limit{what="push"}'
const WAITING = 'in_flight_waiting{what="push"}'
const SHED = 'shed_total{what="push"}'
const PUSH_METRICS = [LOOP_P99, IN_FLIGHT, PEAK, LIMIT, WAITING, SHED] as const
type Look = Record<(typeof PUSH_METRICS)[number], number>
/** Few, because what is said of the event loop is about the time since the last one. */
const LOOKS = 8
const MEMORY_EVERY_MS = 100

/** Of the bar in a full run, a tenth or so in a short one. */
function crowdFor(partMs: number, fullSize: number): number {
  return partMs >= FULL_PART_MS ? fullSize : SHORT_CLIENTS
}

export const F18: Row = {
  id: 'F18',
  injection:
    'the way to PostgreSQL takes 2 s longer (1 s each way), 300 clients that type every second, half on each node',
  promised: 'the nodes shed, they do not pile up; carets go on',
  passes: 'in flight <= the limit; event-loop p99 <= 100 ms; presence p99 <= 150 ms',
  settings: CROWD_SETTINGS,
  async run(stage, partMs) {
    const crowd = await Crowd.gather(stage, { urls: urlsOf(stage), clients: 300, countEveryMs: 1_000 })
    try {
      stage.write()
      const probe = await PresenceProbe.open(stage)
      await stage.wait(partMs / 2)
      for (const { postgres } of stage.cluster.nodes) postgres.mode = { kind: 'latency', delayMs: 1_000 }
      await Promise.all(stage.cluster.nodes.map(forgetLoopDelay))
      probe.start()
      const looks: Look[] = []
      for (let look = 0; look < LOOKS; look += 1) {
        await stage.wait((2 * partMs) / LOOKS)
        looks.push(...(await Promise.all(stage.cluster.nodes.map((node) => metrics(node, PUSH_METRICS)))))
      }
      const { sameNodeMs, otherNodeMs } = await probe.stop()
      for (const { postgres } of stage.cluster.nodes) postgres.mode = { kind: 'pass' }
      stage.stopWriting()
      const healedMs = await crowd.back()
      const lost = await crowd.lost()
      await stage.settled()
      if (lost.length > 0) throw new Error(`C1 of the crowd: ${lost.slice(0, 5).join('; ')}`)
      return {
        inFlightMax: Math.max(...looks.map((look) => look[PEAK])),
        limitMax: Math.max(...looks.map((look) => look[LIMIT])),
        limitMin: Math.min(...looks.map((look) => look[LIMIT])),
        overLimit: Math.max(...looks.slice(-2).map((look) => look[IN_FLIGHT] - look[LIMIT])),
        waitingMax: Math.max(...looks.map((look) => look[WAITING])),
        shed: looks.slice(-2).reduce((sum, look) => sum + look[SHED], 0),
        loopP99Ms: Math.max(...looks.map((look) => look[LOOP_P99])) * 1000,
        presenceP99Ms: percentile(sameNodeMs, 0.99),
        presenceOtherNodeP99Ms: percentile(otherNodeMs, 0.99),
        presenceSteps: sameNodeMs.length,
        healedMs,
      }
    } finally {
      crowd.disperse()
    }
  },
  met: ({
    overLimit = 1,
    loopP99Ms = Infinity,
    presenceP99Ms = Infinity,
    presenceOtherNodeP99Ms = Infinity,
    ...rest
  }) =>
    overLimit <= 0 &&
    (rest.presenceSteps ?? 0) > 100 &&
    loopP99Ms <= 100 &&
    presenceP99Ms <= 150 &&
    presenceOtherNodeP99Ms <= 150,
}

export const F27: Row = {
  id: 'F27',
  injection: 'all sockets of a node with 1,000 clients in 100 documents cut at once (100 clients in a short run)',
  promised: 'full-jitter backoff against an admission of 100 a second',
  passes:
    '99 % back <= 30 s, 100 % <= 60 s; loop lag p99 <= 250 ms; RSS <= 2x steady; <= 2 queries per rejoin; nothing acked is missing',
  settings: CROWD_SETTINGS,
  async run(stage, partMs) {
    const node = stage.cluster.node(0)
    const queries = new QueryCount(node.postgres)
    const clients = crowdFor(partMs, 1_000)
    const crowd = await Crowd.gather(stage, { urls: [node.url], clients, countEveryMs: COUNT_EVERY_MS })
    try {
      stage.write(1_000)
      await stage.wait(partMs / 2)
      const [readsBefore, beforeMs] = [queries.reads, performance.now()]
      await stage.wait(partMs / 2)
      const readsPerMs = (queries.reads - readsBefore) / (performance.now() - beforeMs)
      const steadyMb = memoryMb(node)
      const attemptsBefore = (await crowd.state()).attempts
      await forgetLoopDelay(node)
      const memory = watchMemory(node)
      crowd.forgetGaps()
      const [readsAtCut, cutAtMs] = [queries.reads, performance.now()]
      node.front.reset()
      await crowd.until('cut', ({ live }) => live < clients)
      const allBackMs = await crowd.back()
      const reads = queries.reads - readsAtCut - readsPerMs * (performance.now() - cutAtMs)
      const loopP99Ms = (await metric(node, LOOP_P99)) * 1000
      const peakMb = memory.stop()
      const { gapsMs, attempts } = await crowd.state()
      await stage.wait(partMs / 2)
      const lost = await crowd.lost()
      await stage.settled()
      return {
        clients,
        back99Ms: percentile(gapsMs, 0.99),
        backAllMs: Math.max(allBackMs, ...gapsMs),
        back50Ms: percentile(gapsMs, 0.5),
        attemptsEach: (attempts - attemptsBefore) / clients,
        loopP99Ms,
        memoryFactor: peakMb / steadyMb,
        steadyMb,
        queriesPerRejoin: reads / gapsMs.length,
        lost: lost.length,
      }
    } finally {
      crowd.disperse()
    }
  },
  met: ({ back99Ms = Infinity, backAllMs = Infinity, loopP99Ms = Infinity, ...rest }) => {
    const { memoryFactor = Infinity, queriesPerRejoin = Infinity, lost = 1 } = rest
    const back = back99Ms <= 30_000 && backAllMs <= 60_000
    return back && loopP99Ms <= 250 && memoryFactor <= 2 && queriesPerRejoin <= 2 && lost === 0
  },
}

/** A rolling restart: each node in turn is asked to go, and comes back. */
export const F32: Row = {
  id: 'F32',
  injection: 'SIGTERM of one node after the other with 500 clients on them (100 in a short run)',
  promised: 'each socket is sent elsewhere in a slot of its own, appends are finished, then exit',
  passes: 'no failed edit; exit <= 20 s with code 0; gap p99 <= 3 s',
  settings: CROWD_SETTINGS,
  async run(stage, partMs) {
    const clients = crowdFor(partMs, 500)
    const crowd = await Crowd.gather(stage, { urls: urlsOf(stage), clients, countEveryMs: COUNT_EVERY_MS })
    try {
      stage.write()
      await stage.wait(partMs)
      crowd.forgetGaps()
      const attemptsBefore = (await crowd.state()).attempts
      const exits: number[] = []
      let failures = 0
      for (const [index, node] of stage.cluster.nodes.entries()) {
        const other = stage.cluster.node((index + 1) % stage.cluster.nodes.length)
        const startedMs = performance.now()
        const end = await node.stop(other)
        exits.push(performance.now() - startedMs)
        if (end !== 'exit code 0') failures += 1
        await crowd.back()
        await stage.until('everybody is live', () => stage.writers.every(({ isLive }) => isLive))
        await node.start()
        await stage.wait(partMs / 2)
      }
      const { gapsMs, attempts } = await crowd.state()
      const lost = await crowd.lost()
      await stage.settled()
      const ackGaps = stage.writers.flatMap(({ ackGapsMs }) => ackGapsMs)
      return {
        clients,
        exitMaxMs: Math.max(...exits),
        failedExits: failures,
        gaps: gapsMs.length,
        attemptsEach: (attempts - attemptsBefore) / gapsMs.length,
        gapP50Ms: percentile(gapsMs, 0.5),
        gapP99Ms: percentile(gapsMs, 0.99),
        gapMaxMs: Math.max(...gapsMs),
        ackGapP99Ms: percentile(ackGaps, 0.99),
        lost: lost.length,
      }
    } finally {
      crowd.disperse()
    }
  },
  met: ({ exitMaxMs = Infinity, failedExits = 1, gapP99Ms = Infinity, ackGapP99Ms = Infinity, lost = 1 }) =>
    exitMaxMs <= 20_000 && failedExits === 0 && gapP99Ms <= 3_000 && ackGapP99Ms <= 3_000 && lost === 0,
}

function urlsOf(stage: Stage): readonly string[] {
  return stage.cluster.nodes.map(({ url }) => url)
}

async function forgetLoopDelay(node: FaultNode): Promise<void> {
  await metric(node, LOOP_P99)
}

function memoryMb(node: FaultNode): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${node.pid}/status`, 'utf8'))?.[1]) / 1024
}

/** The most memory that the process has had until it is stopped, MB; past its metrics, which begin anew at every look. */
function watchMemory(node: FaultNode): { stop(): number } {
  let most = memoryMb(node)
  const looking = setInterval(() => {
    if (node.running) most = Math.max(most, memoryMb(node))
    else clearInterval(looking)
  }, MEMORY_EVERY_MS)
  return {
    stop: () => {
      clearInterval(looking)
      return most
    },
  }
}
