import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { LIMITS } from '@tandem/sync'
import { sharedCluster, type AttackCluster } from './attack-cluster.ts'
import { must, withinMs, type Attack } from './attack.ts'
import { Caller } from './caller.ts'
import { range } from './connection-attacks.ts'
import { statusOf, upgradeRequest } from './raw-socket.ts'
import type { Guest, Place } from './target.ts'

const run = promisify(execFile)
const CANARY = 'tandem_canary-in-the-url-4711'
const QUERIES = ['token', 'access_token', 'ticket', 'connectionParams=1&key']

/** A token where logs and proxies would keep it; and tokens and tickets used as they should be. */
export const A4: Attack = {
  id: 'A4',
  attack:
    'a token in the URL of the upgrade and of a call, past nginx and through it, also with no node behind it; a token and a ticket used rightly',
  passes:
    '400; 0 hits in the access and error log, the nodes’ logs, Redis (dump and MONITOR), PostgreSQL (dump and log)',
  async run() {
    const cluster = await sharedCluster()
    const monitor = await Monitor.of(cluster.faults.redis.url)
    const node = cluster.node(0)
    for (const place of [node, cluster.door])
      for (const name of QUERIES) {
        const status = await statusOf(place, upgradeRequest(place, `/live?${name}=${CANARY}`))
        must(status === 400, `?${name}= was answered ${status}`)
        const { headers } = await fetch(`${place.url}/trpc/me.get?${name}=${CANARY}`)
        must(headers.get('referrer-policy') === 'no-referrer', 'a page could hand its address on as a referrer')
      }
    const token = await cluster.faults.token('a4')
    const ticket = await ticketOf(node, { authorization: `Bearer ${token}` })
    must((await openWith(cluster.door, { token })) === 'open', 'the token opens no socket')
    must((await ticketStatus(cluster.door, ticket)) === 101, 'the ticket opens no socket')
    const hits = await countHits(cluster, monitor, [CANARY, token, ticket])
    must(hits === 0, `${hits} hits`)
    cluster.unharmed()
    return { hits, requests: 2 * 2 * QUERIES.length }
  },
}

/** What was stolen before somebody signed out. */
export const A5: Attack = {
  id: 'A5',
  attack:
    'sign out on one node, then use cookie, ticket and token again on both; sockets of that login stay open on both, opened by cookie and by ticket; the same with Redis killed',
  passes:
    '401 each; the sockets of the login closed <= 1 s, without Redis <= 5 s; a ticket is single-use on all nodes and lives 30 s',
  async run(_, full) {
    const cluster = await sharedCluster()
    await tickets(cluster, full)
    await revokedToken(cluster)
    const bystander = await Caller.open(cluster.node(1), await cluster.guest())
    const closedMs = await signedOut(cluster)
    await cluster.faults.redis.child.kill()
    let withoutRedisMs: number
    try {
      withoutRedisMs = await signedOut(cluster)
    } finally {
      await cluster.restartRedis()
    }
    must(bystander.isOpen, 'somebody else’s socket was closed, too')
    bystander.close()
    cluster.unharmed()
    return { closedMs, withoutRedisMs }
  },
  met: ({ closedMs = Infinity, withoutRedisMs = Infinity }) => closedMs <= 1_000 && withoutRedisMs <= 5_000,
}

/** One of many gets in with a ticket, whichever node they ask; nobody does afterwards, or too late. */
async function tickets(cluster: AttackCluster, full: boolean): Promise<void> {
  const nodes = [cluster.node(0), cluster.node(1)]
  const { cookie } = await cluster.guest()
  const asked = await ticketOf(cluster.node(0), { cookie, origin: cluster.node(0).url })
  const both = await Promise.all(range(20).map((index) => ticketStatus(nodes[index % 2] as Place, asked)))
  const statuses = both.toSorted((a, b) => a - b).join(' ')
  must(statuses === [101, ...range(19).map(() => 401)].join(' '), `20 with one ticket were answered ${statuses}`)
  for (const node of nodes)
    must((await ticketStatus(node, asked)) === 401, `a used ticket opens a socket on ${node.url}`)
  const late = await ticketOf(cluster.node(1), { cookie, origin: cluster.node(1).url })
  if (full) await new Promise((resolve) => setTimeout(resolve, LIMITS.ticketMs + 500))
  else await run('psql', [cluster.faults.databaseUrl, '-qc', `update socket_ticket set "expiresAt" = now()`])
  must((await ticketStatus(nodes[0] as Place, late)) === 401, 'an expired ticket opens a socket')
}

/** A token that is taken back: no call, no socket, and those that are open are closed. */
async function revokedToken(cluster: AttackCluster): Promise<void> {
  const [node, token] = [cluster.node(0), await cluster.faults.token('a5')]
  const caller = await Caller.open(node)
  caller.send({ method: 'connectionParams', data: { token } })
  must((await caller.ask('query', 'me.get')).refused === undefined, 'the token opens no socket')
  await run('psql', [cluster.faults.databaseUrl, '-qc', 'delete from script_token'])
  const code = await withinMs(6_000, 'the socket of a revoked token is closed', caller.closed)
  must(code === 4401, `it was closed with ${code}`)
  for (const bearer of [token, 'tandem_forged']) {
    const { status } = await fetch(`${node.url}/trpc/documents.list`, {
      headers: { authorization: `Bearer ${bearer}` },
    })
    must(status === 401, `a revoked or forged token was answered ${status}`)
    must((await openWith(node, { token: bearer })) === 4401, 'it opens a socket')
  }
}

/** How long the login's sockets on both nodes live after it has signed out on the first, ms. */
async function signedOut(cluster: AttackCluster): Promise<number> {
  const nodes = [cluster.node(0), cluster.node(1)]
  const guest = await cluster.guest()
  const own = { cookie: guest.cookie, origin: nodes[0]?.url ?? '' }
  const [used, unused] = [await ticketOf(cluster.node(0), own), await ticketOf(cluster.node(0), own)]
  const sockets = await Promise.all([...nodes.map((node) => Caller.open(node, guest)), byTicket(cluster.node(1), used)])
  for (const caller of sockets)
    must((await caller.ask('query', 'me.get')).refused === undefined, 'a socket does not work')
  const headers = { 'content-type': 'application/json', 'x-tandem': '1', ...own }
  const startedMs = performance.now()
  const answer = await fetch(`${nodes[0]?.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' })
  must(answer.ok, `signing out was answered ${answer.status}`)
  const codes = await withinMs(
    10_000,
    "the login's sockets are closed",
    Promise.all(sockets.map(({ closed }) => closed)),
  )
  const closedMs = performance.now() - startedMs
  must(
    codes.every((code) => code === 4401),
    `they were closed with ${codes.join(', ')}`,
  )
  for (const node of nodes) await nobodyAnyMore(node, guest, unused)
  return closedMs
}

async function nobodyAnyMore(node: Place, guest: Guest, ticket: string): Promise<void> {
  const { status } = await fetch(`${node.url}/trpc/documents.list`, { headers: { cookie: guest.cookie } })
  must(status === 401, `the cookie still calls ${node.url}: ${status}`)
  const caller = await Caller.open(node, guest)
  must(
    (await withinMs(5_000, 'the replayed cookie is closed', caller.closed)) === 4401,
    'the cookie still opens sockets',
  )
  must((await ticketStatus(node, ticket)) === 401, 'a ticket of a login that has ended opens a socket')
}

async function ticketOf(node: Place, credentials: Record<string, string>): Promise<string> {
  const headers = { 'content-type': 'application/json', 'x-tandem': '1', ...credentials }
  const response = await fetch(`${node.url}/trpc/me.ticket`, { method: 'POST', headers, body: '' })
  must(response.ok, `asking for a ticket was answered ${response.status}`)
  return ((await response.json()) as { result: { data: { ticket: string } } }).result.data.ticket
}

const withTicket = (ticket: string): Record<string, string> => ({
  Origin: 'https://product.example',
  'Sec-WebSocket-Protocol': `tandem, ticket.${ticket}`,
})

function ticketStatus(place: Place, ticket: string): Promise<number> {
  return statusOf(place, upgradeRequest(place, '/live', withTicket(ticket)))
}

async function byTicket(node: Place, ticket: string): Promise<Caller> {
  return Caller.open(node, { protocols: ['tandem', `ticket.${ticket}`], origin: 'https://product.example' })
}

/** 'open', or the code that a socket was closed with that says this first. */
async function openWith(place: Place, params: Record<string, string>): Promise<'open' | number> {
  const caller = await Caller.open(place)
  caller.send({ method: 'connectionParams', data: params })
  const { refused } = await caller.ask('query', 'me.get')
  if (refused !== undefined) return caller.closed
  caller.close()
  return 'open'
}

/** Everything that Redis is asked from here on. */
class Monitor {
  #text = ''
  readonly #stop: () => void
  readonly url: string

  private constructor(url: string, child: ReturnType<typeof spawn>) {
    this.url = url
    this.#stop = () => child.kill()
    child.stdout?.on('data', (data: Buffer) => (this.#text += data.toString('latin1')))
  }

  static async of(url: string): Promise<Monitor> {
    const child = spawn('redis-cli', ['-u', url, 'monitor'])
    const monitor = new Monitor(url, child)
    await once(child.stdout, 'data') // it says OK first
    return monitor
  }

  /** And everything that it holds. */
  async end(): Promise<string> {
    this.#stop()
    must(this.#text.includes('"publish"') || this.#text.includes('"eval'), 'MONITOR heard nothing: it proves nothing')
    const { stdout } = await run('redis-cli', ['-u', this.url, '--scan'])
    const values: string[] = [stdout]
    for (const key of stdout.split('\n').filter((line) => line !== ''))
      values.push((await run('redis-cli', ['-u', this.url, 'dump', key])).stdout)
    return this.#text + values.join('\n')
  }
}

/** In how many places a secret is found: logs of nginx, nodes and PostgreSQL, all of Redis, all of PostgreSQL. */
async function countHits(cluster: AttackCluster, monitor: Monitor, secrets: readonly string[]): Promise<number> {
  const { faults, nginx, door } = cluster
  await Promise.all(faults.nodes.map((node) => node.kill()))
  // Nobody behind it: nginx has an error to write about, with the request in it.
  must((await fetch(`${door.url}/trpc/me.get?token=${CANARY}`)).status === 502, 'a node still answers')
  await Promise.all(faults.nodes.map((node) => node.start()))
  await cluster.untilNodesKnowEachOther()
  must(nginx.log().includes(' 502 '), 'nginx kept no log: it proves nothing')
  const dumped = await run('pg_dump', [faults.databaseUrl], { maxBuffer: 2 ** 28 })
  must(dumped.stdout.includes('socket_ticket'), 'the dump has no tickets: it proves nothing')
  const logs = readdirSync(faults.folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'))
  const texts = [
    nginx.log(),
    await monitor.end(),
    dumped.stdout,
    ...logs.map((name) => readFileSync(join(faults.folder, name), 'latin1')),
  ]
  return secrets.flatMap((secret) => texts.filter((text) => text.includes(secret))).length
}
