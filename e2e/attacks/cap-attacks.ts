import { LIMITS } from '@tandem/sync'
import { sharedCluster, type AttackCluster } from './attack-cluster.ts'
import { must, withinMs, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import { RawSocket, statusOf, upgradeRequest } from './raw-socket.ts'
import type { Guest, Place } from './target.ts'

const TOO_MANY = 10
/** Each with as many sessions as a socket carries at most, and a few less. */
const STRANGERS = 5
/** A killed node is forgotten by then. */
const FORGOTTEN_WITHIN_MS = 8_000

/** All the sockets that somebody can get, from all nodes at once. */
export const A10: Attack = {
  id: 'A10',
  attack:
    'more sockets than an address or a user may have, and more sessions in a document than its link lets in, on two nodes at once; then with one node killed, and with Redis killed',
  passes:
    'caps 100 per address, 20 per user, 200 per link, over both nodes; the excess 429, 4429 or link-full; owner and members still come; a killed node holds none back',
  async run() {
    const cluster = await sharedCluster()
    const refusedBefore = await cluster.counted('sockets_refused_total')
    const perAddress = await attackAddress(cluster, '10.9.9.9')
    must(perAddress === LIMITS.socketsPerIp, `an address got ${perAddress} sockets`)
    const perUser = await attackUser(cluster)
    must(perUser === LIMITS.socketsPerUser, `a user got ${perUser} sockets`)
    const perLink = await attackLink(cluster)
    must(perLink === LIMITS.sessionsPerLink, `a link let in ${perLink} sessions`)
    const refused = (await cluster.counted('sockets_refused_total')) - refusedBefore
    must(refused >= 3 * TOO_MANY, `only ${refused} refusals were counted`)
    const forgottenMs = await killedNode(cluster)
    const withoutRedis = await deadRedis(cluster)
    must(withoutRedis === LIMITS.socketsPerIp, `without Redis an address got ${withoutRedis} sockets`)
    cluster.unharmed()
    return { perAddress, perUser, perLink, withoutRedis, forgottenMs }
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
  // The node says no after 101, with a code that a page can read: an answer with it, then the close.
  const answers = await Promise.all(callers.map((caller) => caller.ask('query', 'me.get')))
  const open = answers.filter(({ refused }) => refused === undefined).length
  const excess = await openAs(cluster.node(1), guest)
  const code = await withinMs(3_000, 'the excess socket of a user is closed', excess.closed)
  must(code === 4429, `the excess socket of a user was closed with ${code}`)
  callers.forEach((caller) => caller.close())
  return open
}

/** Strangers on both nodes, all at once; then those who need no place, and who comes when some have left. */
async function attackLink(cluster: AttackCluster): Promise<number> {
  const owner = await openAs(cluster.node(0), await cluster.guest())
  const made = await owner.ask('mutation', 'documents.create', { title: 'Busy' })
  const { documentId } = made.data as { documentId: string }
  const strangers = await Promise.all(
    range(STRANGERS).map(async (index) => openAs(cluster.node(index % 2), await cluster.guest())),
  )
  // Before it is known who somebody is they may say little.
  await Promise.all(strangers.map((caller) => caller.ask('query', 'me.get')))
  const each = Math.ceil((LIMITS.sessionsPerLink + TOO_MANY) / STRANGERS)
  const tried = await Promise.all(
    strangers.flatMap((caller) => range(each).map(() => joinPatiently(caller, documentId))),
  )
  const refusals = tried.filter((outcome) => typeof outcome === 'string')
  must(
    refusals.every((code) => code === 'link-full'),
    `joins were refused with ${[...new Set(refusals)].join(', ')}`,
  )
  const member = await openAs(cluster.node(1), await cluster.guest())
  must((await joinPatiently(member, documentId)) === 'link-full', 'one more stranger was let in')
  const { data } = await member.ask('query', 'me.get')
  await member.ask('query', 'documents.get', { documentId })
  const { userId } = data as { userId: string }
  await owner.ask('mutation', 'sharing.setRole', { documentId, userId, role: 'viewer' })
  for (const caller of [owner, member])
    must(
      typeof (await joinPatiently(caller, documentId)) !== 'string',
      'the owner or a member was held back by strangers',
    )
  strangers[0]?.close()
  const late = await openAs(cluster.node(1), await cluster.guest())
  const isIn = async (): Promise<void> => {
    while (typeof (await late.join(documentId)) === 'string') await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await withinMs(5_000, 'a place that was left is given away again', isIn())
  for (const caller of [owner, member, late, ...strangers]) caller.close()
  return tried.length - refusals.length
}

/** A node that opens too much at once says so: then once more, as our client does. */
async function joinPatiently(caller: Caller, documentId: string): ReturnType<Caller['join']> {
  for (;;) {
    const outcome = await caller.join(documentId)
    if (outcome !== 'overloaded') return outcome
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
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
