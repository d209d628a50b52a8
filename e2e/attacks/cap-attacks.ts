import { LIMITS } from '@tandem/sync'
import { sharedCluster, type AttackCluster } from './attack-cluster.ts'
import { must, withinMs, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import { RawSocket, statusOf, upgradeRequest } from './raw-socket.ts'
import type { Guest, Place } from './target.ts'

const TOO_MANY = 10
/** A killed node is forgotten by then. */
const FORGOTTEN_WITHIN_MS = 8_000

/** All the sockets that somebody can get, from all nodes at once. */
export const A10: Attack = {
  id: 'A10',
  attack:
    'more sockets than an address or a user may have, on two nodes at once; then with one node killed, and with Redis killed',
  passes: 'caps 100 per address, 20 per user, over both nodes; the excess 429 or 4429; a killed node holds none back',
  missing: 'there are no share links yet, and so no cap of 200 for one',
  async run() {
    const cluster = await sharedCluster()
    const refusedBefore = await cluster.counted('sockets_refused_total')
    const perAddress = await attackAddress(cluster, '10.9.9.9')
    must(perAddress === LIMITS.socketsPerIp, `an address got ${perAddress} sockets`)
    const perUser = await attackUser(cluster)
    must(perUser === LIMITS.socketsPerUser, `a user got ${perUser} sockets`)
    const refused = (await cluster.counted('sockets_refused_total')) - refusedBefore
    must(refused >= 2 * TOO_MANY, `only ${refused} refusals were counted`)
    const forgottenMs = await killedNode(cluster)
    const withoutRedis = await deadRedis(cluster)
    must(withoutRedis === LIMITS.socketsPerIp, `without Redis an address got ${withoutRedis} sockets`)
    cluster.unharmed()
    return { perAddress, perUser, withoutRedis, forgottenMs }
  },
  met: ({ forgottenMs = Infinity }) => forgottenMs <= FORGOTTEN_WITHIN_MS,
}

/** As many as it gets, half from each node, all at once; then one more from each, which must be 429. */
async function attackAddress(cluster: AttackCluster, address: string): Promise<number> {
  const sockets = await openAll(cluster.faults.nodes, address, LIMITS.socketsPerIp + TOO_MANY)
  try {
    for (const node of cluster.faults.nodes) {
      const status = await statusOf(node, liveFrom(address))
      must(status === 429, `the excess socket of an address was answered ${status} by ${node.name}`)
    }
    return sockets.length
  } finally {
    sockets.forEach((raw) => raw.close())
  }
}

/** Those that became WebSockets, of `count` that were tried at once, on the nodes in turn. */
async function openAll(nodes: readonly Place[], address: string, count: number): Promise<RawSocket[]> {
  const tried = await Promise.all(
    range(count).map((index) => RawSocket.open(nodes[index % nodes.length] as Place, liveFrom(address))),
  )
  await withinMs(10_000, 'every upgrade is answered', Promise.all(tried.map((raw) => raw.answered())))
  return tried.filter((raw) => raw.status === 101)
}

async function attackUser(cluster: AttackCluster): Promise<number> {
  const guest = await cluster.guest()
  const callers = await Promise.all(
    range(LIMITS.socketsPerUser + TOO_MANY).map((index) => openAs(cluster.node(index % 2), guest)),
  )
  // The node says no after 101, with a code that a page can read.
  const codes = await Promise.all(callers.map((caller) => caller.ask('query', 'me.get').then(() => caller.isOpen)))
  const open = codes.filter((isOpen) => isOpen).length
  const excess = await openAs(cluster.node(1), guest)
  const code = await withinMs(3_000, 'the excess socket of a user is closed', excess.closed)
  must(code === 4429, `the excess socket of a user was closed with ${code}`)
  callers.forEach((caller) => caller.close())
  return open
}

/** SIGKILL while it holds half of them: how long until the other node gives those places away again, ms. */
async function killedNode(cluster: AttackCluster): Promise<number> {
  const address = '10.9.9.8'
  const [killed, other] = [cluster.node(0), cluster.node(1)]
  const half = LIMITS.socketsPerIp / 2
  await openAll([killed], address, half)
  const own = await openAll([other], address, half)
  must(own.length === half, `only ${own.length} sockets on the second node`)
  await killed.kill()
  const startedMs = performance.now()
  const more: RawSocket[] = []
  while (more.length < half && performance.now() - startedMs < 30_000) {
    more.push(...(await openAll([other], address, half - more.length)))
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  const forgottenMs = performance.now() - startedMs
  must(more.length === half, `${more.length} of ${half} places of a killed node came back`)
  must((await statusOf(other, liveFrom(address))) === 429, 'the cap does not hold after a node was killed')
  for (const raw of [...own, ...more]) raw.close()
  await killed.start()
  return forgottenMs
}

/** Each node its part: both together what they would have with Redis. */
async function deadRedis(cluster: AttackCluster): Promise<number> {
  await cluster.untilNodesKnowEachOther()
  await cluster.faults.redis.child.kill()
  try {
    const sockets = await openAll(cluster.faults.nodes, '10.9.9.7', LIMITS.socketsPerIp + TOO_MANY)
    sockets.forEach((raw) => raw.close())
    return sockets.length
  } finally {
    await cluster.restartRedis()
  }
}

async function openAs(node: Place, guest: Guest): Promise<Caller> {
  return Caller.open(node, guest)
}

function liveFrom(address: string): string {
  // `statusOf` and `open` connect to the port they are given; the Host header is only a name.
  return upgradeRequest({ url: '', port: 80 }, '/live?connectionParams=1', { 'X-Forwarded-For': address })
}
