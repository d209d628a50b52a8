import { channels, redisCommand } from '../redis-commands.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'

/** From the first writer of node A to the last of node B. */
async function crossing(stage: Stage): Promise<number> {
  const [from, to] = [stage.writers[0], stage.writers.at(-1)]
  if (from === undefined || to === undefined) throw new RangeError('Nobody is there.')
  return stage.lag(from, to)
}

async function crossings(stage: Stage, durationMs: number): Promise<number[]> {
  const lags: number[] = []
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs) lags.push(await crossing(stage))
  return lags
}

export const F9: Row = {
  id: 'F9',
  injection: 'Redis killed with SIGKILL, started again empty',
  promised: 'editing goes on; what crosses nodes goes through the log',
  passes: 'lag across nodes <= 2 s meanwhile, <= 500 ms within 5 s of its return',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs / 2)
    await stage.cluster.redis.child.kill()
    const during = await crossings(stage, partMs)
    await stage.cluster.restartRedis()
    await stage.wait(5_000)
    const after = await crossing(stage)
    await stage.settled()
    return { lagDuringMaxMs: Math.max(...during), lagAfterMs: after }
  },
  met: ({ lagDuringMaxMs = Infinity, lagAfterMs = Infinity }) => lagDuringMaxMs <= 2_000 && lagAfterMs <= 500,
}

export const F10: Row = {
  id: 'F10',
  injection: 'Redis stopped with SIGSTOP (no TCP error), then continued',
  promised: 'the watchdog declares it dead; nothing piles up',
  passes: 'noticed <= 12 s; lag across nodes <= 2 s once noticed; back afterwards',
  async run(stage, partMs) {
    stage.write()
    await stage.wait(partMs / 2)
    process.kill(stage.cluster.redis.child.pid, 'SIGSTOP')
    const noticedMs = await stage.until('every node knows that its relay is unwell', async () => {
      const states = await Promise.all(
        stage.cluster.nodes.map(
          async ({ port }) => (await (await fetch(`http://127.0.0.1:${port}/readyz`)).json()) as { relay: string },
        ),
      )
      return states.every(({ relay }) => relay === 'unwell')
    })
    const during = await crossings(stage, partMs / 2)
    process.kill(stage.cluster.redis.child.pid, 'SIGCONT')
    await stage.wait(5_000)
    const after = await crossing(stage)
    await stage.settled()
    return { noticedMs, lagOnceNoticedMaxMs: Math.max(...during), lagAfterMs: after }
  },
  met: ({ noticedMs = Infinity, lagOnceNoticedMaxMs = Infinity }) =>
    noticedMs <= 12_000 && lagOnceNoticedMaxMs <= 2_000,
}

export const F11: Row = {
  id: 'F11',
  injection: '`CLIENT KILL TYPE pubsub` every 2 s',
  promised: 'the log is read at every return',
  passes: 'lag across nodes <= 1 s',
  async run(stage, partMs) {
    stage.write()
    const killing = setInterval(() => void redisCommand(stage, 'CLIENT KILL TYPE pubsub'), 2_000)
    const during = await crossings(stage, partMs * 2)
    clearInterval(killing)
    await stage.settled()
    return { lagMaxMs: Math.max(...during) }
  },
  met: ({ lagMaxMs = Infinity }) => lagMaxMs <= 1_000,
}

export const F15: Row = {
  id: 'F15',
  injection: '`FLUSHALL`, garbage and forged messages on every channel that is subscribed',
  promised: 'nothing from Redis is trusted without the log',
  passes: 'no crash, no forged byte in any document',
  async run(stage, partMs) {
    stage.write()
    const untilMs = performance.now() + partMs
    let sent = 0
    while (performance.now() < untilMs) {
      for (const channel of await channels(stage)) {
        await redisCommand(stage, `PUBLISH ${channel} garbage-${Math.floor(stage.random.fraction() * 1e9)}`)
        sent += 1
      }
      await redisCommand(stage, 'FLUSHALL')
      await stage.wait(50)
    }
    await stage.settled()
    return { forgedMessages: sent }
  },
  met: ({ forgedMessages = 0 }) => forgedMessages > 0,
}

export const F22: Row = {
  id: 'F22',
  injection: 'only the way from A to Redis is cut',
  promised: 'A reads the log more often',
  passes: 'lag between A and B <= 2 s',
  async run(stage, partMs) {
    const { redis } = stage.cluster.node(0)
    stage.write()
    await stage.wait(partMs / 2)
    redis.mode = { kind: 'refuse' }
    redis.reset()
    const [there, back] = [await crossings(stage, partMs / 2), await crossingsBack(stage, partMs / 2)]
    redis.mode = { kind: 'pass' }
    await stage.wait(3_000)
    await stage.settled()
    return { lagAToBMaxMs: Math.max(...there), lagBToAMaxMs: Math.max(...back) }
  },
  met: ({ lagAToBMaxMs = Infinity, lagBToAMaxMs = Infinity }) => Math.max(lagAToBMaxMs, lagBToAMaxMs) <= 2_000,
}

async function crossingsBack(stage: Stage, durationMs: number): Promise<number[]> {
  const [to, from] = [stage.writers[0], stage.writers.at(-1)]
  if (from === undefined || to === undefined) throw new RangeError('Nobody is there.')
  const lags: number[] = []
  const untilMs = performance.now() + durationMs
  while (performance.now() < untilMs) lags.push(await stage.lag(from, to))
  return lags
}
