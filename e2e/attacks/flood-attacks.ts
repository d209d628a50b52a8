import { LIMITS } from '@tandem/sync'
import { sharedCluster, type AttackCluster, type Bystander } from './attack-cluster.ts'
import { must, type Attack, type Measured } from './attack.ts'
import { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import { brokenPushes, flood, Flooder, overPercent, pushes, renames, type Flooded } from './flood.ts'
import type { Place } from './target.ts'

const FULL_MS = 30_000
const SHORT_MS = 5_000
const MOST_OVER_PERCENT = 10
/** As apps/server/src/shared-rates.ts makes them of the socket caps; of pushes, and of all other calls. */
const PER_USER = LIMITS.socketsPerUser * LIMITS.sharedPushesPerSocket
const CALLS_PER_IP = LIMITS.socketsPerIp * LIMITS.sharedCallsPerSocket
/** Under what closes a socket for its frames alone. */
const ONE_SOCKET_PER_SECOND = 150

/** Calls without end: by one socket, by many, through both nodes, into one document, with any X-Forwarded-For. */
export const A36: Attack = {
  id: 'A36',
  attack:
    '2 to 3 times the limit for 30 s each: pushes of one socket, and of one user’s 20 on 2 nodes; mutations of 50 users of one address on one node, on 2 nodes, and through nginx with an X-Forwarded-For of their own each; pushes into one document by 40 sockets of 4 addresses on 2 nodes; calls by nobody over HTTP with another X-Forwarded-For each (60 s)',
  passes: 'total over the limit <= 10% in each; a bystander edits on',
  async run(_, full) {
    const cluster = await sharedCluster()
    const stage = await FloodStage.set(cluster, full ? FULL_MS : SHORT_MS)
    const [one, two] = [direct(cluster, 0), direct(cluster, 1)]
    const turn = (index: number): Place => (index % 2 === 0 ? one : two)
    try {
      const people = await Promise.all(range(50).map(() => cluster.guest('10.8.8.8')))
      const rotating = people.map((guest, index) => ({ ...guest, address: `198.51.100.${index}` }))
      const crowd = await Promise.all(range(40).map((index) => cluster.guest(`10.8.7.${index % 4}`)))
      const user = await cluster.guest()
      await stage.attack('socket', LIMITS.pushesPerSecond, ONE_SOCKET_PER_SECOND, [
        Flooder.at(one, await cluster.guest(), pushes(stage.to)),
      ])
      await stage.attack(
        'user',
        PER_USER,
        20,
        range(20).map((index) => Flooder.at(turn(index), user, pushes(stage.to))),
      )
      await stage.attack(
        'address',
        CALLS_PER_IP,
        15,
        people.map((guest) => Flooder.at(one, guest, renames)),
      )
      await stage.attack(
        'addressOn2',
        CALLS_PER_IP,
        15,
        people.map((guest, index) => Flooder.at(turn(index), guest, renames)),
      )
      await stage.attack(
        'rotating',
        CALLS_PER_IP,
        15,
        rotating.map((guest) => Flooder.at(cluster.door, guest, renames)),
      )
      await stage.attack(
        'document',
        LIMITS.documentPushesPerSecond,
        55,
        crowd.map((guest, index) => Flooder.at(turn(index >> 2), guest, brokenPushes(stage.to))),
      )
      const httpOverPercent = await rotatingCalls(cluster.door, 2 * stage.durationMs)
      for (const bucket of ['caller', 'user', 'ip', 'document'])
        must(
          (await cluster.counted('calls_refused_total', `bucket="${bucket}"`)) > 0,
          `no refusal by ${bucket} was counted`,
        )
      return { ...stage.measured(), httpOverPercent }
    } finally {
      await stage.strike()
    }
  },
  met: (measured) =>
    Object.entries(measured).every(([name, value]) => !name.endsWith('OverPercent') || value <= MOST_OVER_PERCENT),
}

/** The counters are gone while somebody floods. */
export const A37: Attack = {
  id: 'A37',
  attack:
    'one user pushes through 20 sockets on 2 nodes at 3 times the limit; 30 s each with Redis, with it killed, started again, and stopped (SIGSTOP)',
  passes: 'total over the limit <= 10% in each part; without Redis each node limit / 2, not nothing and not everything',
  async run(_, full) {
    const cluster = await sharedCluster()
    const stage = await FloodStage.set(cluster, full ? FULL_MS : SHORT_MS)
    try {
      const user = await cluster.guest()
      const places = [direct(cluster, 0), direct(cluster, 1)] as const
      const flooders = await Promise.all(
        range(20).map((index) => Flooder.at(places[index % 2] as Place, user, pushes(stage.to))),
      )
      const part = async (): Promise<Flooded> => stage.flood(flooders, 20)
      const well = await part()
      await cluster.faults.redis.child.kill()
      const ofNode = (index: number): number =>
        flooders.reduce((sum, { admitted }, place) => sum + (place % 2 === index ? admitted : 0), 0)
      const before = [ofNode(0), ofNode(1)]
      const killed = await part()
      const each = before.map((admitted, index) => (ofNode(index) - admitted) / killed.seconds)
      await cluster.faults.restartRedis()
      const again = await part()
      process.kill(cluster.faults.redis.child.pid, 'SIGSTOP')
      const stopped = await part().finally(() => process.kill(cluster.faults.redis.child.pid, 'SIGCONT'))
      const parts = { well, killed, again, stopped }
      for (const [name, { admitted, seconds }] of Object.entries(parts))
        must(admitted > 0.5 * PER_USER * seconds, `nearly nothing was let through while Redis was ${name}`)
      flooders.forEach(({ caller }) => caller.close())
      const over = Object.entries(parts).map(([name, flooded]) => [
        `${name}OverPercent`,
        overPercent(flooded, PER_USER),
      ])
      const perNode = { node0PerSecond: each[0] ?? 0, node1PerSecond: each[1] ?? 0 }
      await cluster.untilNodesKnowEachOther()
      return { ...(Object.fromEntries(over) as Measured), ...perNode, ...stage.measured() }
    } finally {
      await stage.strike()
    }
  },
  met: (measured) =>
    Object.entries(measured).every(([name, value]) => !name.endsWith('OverPercent') || value <= MOST_OVER_PERCENT) &&
    [measured['node0PerSecond'], measured['node1PerSecond']].every(
      (rate) => (rate ?? Infinity) <= (1.1 * PER_USER) / 2,
    ),
}

/** A document that is flooded, and a bystander who writes in another. */
class FloodStage {
  readonly durationMs: number
  readonly to: { documentId: string; epoch: string }
  readonly #cluster: AttackCluster
  readonly #bystander: Bystander
  readonly #over: Record<string, number> = {}
  #calmMs: readonly number[] = []
  readonly #floodedMs: number[] = []

  private constructor(
    cluster: AttackCluster,
    options: { durationMs: number; bystander: Bystander; to: FloodStage['to'] },
  ) {
    this.#cluster = cluster
    this.durationMs = options.durationMs
    this.#bystander = options.bystander
    this.to = options.to
  }

  static async set(cluster: AttackCluster, durationMs: number): Promise<FloodStage> {
    const owner = await Caller.open(direct(cluster, 0), await cluster.guest())
    const { data } = await owner.ask('mutation', 'documents.create', { title: 'Flooded' })
    const { documentId } = data as { documentId: string }
    const joined = await owner.join(documentId)
    must(typeof joined !== 'string', `the flooded document cannot be joined: ${JSON.stringify(joined)}`)
    owner.close()
    const bystander = await cluster.bystander(cluster.node(0))
    const stage = new FloodStage(cluster, { durationMs, bystander, to: { documentId, epoch: joined.epoch } })
    stage.#calmMs = await stage.#writes(2_000)
    return stage
  }

  /** With sockets of its own, which are closed afterwards; the limit's window has passed before the next begins. */
  async attack(name: string, perSecond: number, each: number, opening: Promise<Flooder>[]): Promise<void> {
    const flooders = await Promise.all(opening)
    try {
      this.#over[`${name}OverPercent`] = overPercent(await this.flood(flooders, each), perSecond)
    } finally {
      for (const { caller } of flooders) caller.close()
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
  }

  /** While the bystander writes. */
  async flood(flooders: readonly Flooder[], each: number): Promise<Flooded> {
    const [flooded, writes] = await Promise.all([flood(flooders, each, this.durationMs), this.#writes(this.durationMs)])
    this.#floodedMs.push(...writes)
    return flooded
  }

  /** And the bystander's time from a word typed to "saved", before and during the floods: the attackers use the same cores. */
  measured(): Measured {
    return {
      ...this.#over,
      calmP99Ms: p99(this.#calmMs),
      floodedP99Ms: p99(this.#floodedMs),
      floodedMaxMs: Math.max(0, ...this.#floodedMs),
    }
  }

  async strike(): Promise<void> {
    await this.#bystander.close()
    this.#cluster.unharmed()
  }

  async #writes(durationMs: number): Promise<number[]> {
    const [untilMs, writes] = [performance.now() + durationMs, [] as number[]]
    while (performance.now() < untilMs) {
      writes.push(await this.#bystander.writeMs())
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return writes
  }
}

/** Calls by nobody, each from another address if one believes it: by how much they pass what one address may do here. */
async function rotatingCalls(door: Place, durationMs: number): Promise<number> {
  const startedMs = performance.now()
  const flooded = { admitted: 0, offered: 0 }
  while (performance.now() - startedMs < durationMs) {
    const answers = await Promise.all(
      range(10).map((index) => {
        const address = `198.51.${(flooded.offered >> 8) & 255}.${(flooded.offered + index) & 255}`
        return fetch(`${door.url}/trpc/me.get`, { headers: { 'x-forwarded-for': address } })
      }),
    )
    flooded.offered += answers.length
    flooded.admitted += answers.filter(({ status }) => status !== 429).length
    for (const answer of answers) await answer.arrayBuffer()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  // nginx leads one address to one node, whose own bucket for strangers is the narrower one; its burst is 4 s of the rate.
  return overPercent({ ...flooded, seconds: (performance.now() - startedMs) / 1000 }, LIMITS.callsPerSecond)
}

/** Past the proxies of the faults: they would be the bottleneck. */
function direct(cluster: AttackCluster, index: number): Place {
  const { port } = cluster.node(index)
  return { port, url: `http://127.0.0.1:${port}` }
}

function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? 0
}
