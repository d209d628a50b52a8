import { createClient, type DocumentHandle, type TandemClient } from '@tandem/client'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Inspector, INSPECTABLE } from '../inspector.ts'
import { newDocument } from '../kept-work.ts'
import { Partings } from '../partings.ts'
import { channels } from '../redis-commands.ts'
import { ROOMY, restartWith } from '../restart-with.ts'
import type { Row } from '../row.ts'
import type { Stage } from '../stage.ts'
import { SCHEMA_VERSION } from '../writers.ts'

const FULL_PART_MS = 20_000
const DOCUMENTS = 50
const VISITORS = 10
/** A room without people is put away after 10 s, at the next heartbeat; a database connection that idles, too. */
const REST_MS = 14_000
const CARET_EVERY_MS = 40

export const F49: Row = {
  id: 'F49',
  injection: `${VISITORS} people open and close ${DOCUMENTS} documents over and over (10,000 times in all; short: 500), then move their carets (100,000 messages; short: 5,000)`,
  promised: 'what they leave behind is nothing',
  passes: 'heap after GC <= +5 %; sockets, timers and Redis channels as before',
  async run(stage, partMs) {
    const isFull = partMs >= FULL_PART_MS
    const node = stage.cluster.node(0)
    await restartWith(node, { ...ROOMY, ...INSPECTABLE })
    stage.write()
    await stage.wait(partMs / 2)
    await stage.settled()
    const visit = await Visit.of(stage)
    try {
      await visit.openAndClose(stage, 500)
      await visit.moveCarets(stage, 1_000)
      const before = await leftBehind(stage)
      await visit.openAndClose(stage, isFull ? 10_000 : 500)
      const carets = await visit.moveCarets(stage, isFull ? 100_000 : 5_000)
      const after = await leftBehind(stage)
      return {
        carets,
        heapBeforeMb: before.heapBytes / 2 ** 20,
        heapAfterMb: after.heapBytes / 2 ** 20,
        heapGrowthPercent: (after.heapBytes / before.heapBytes - 1) * 100,
        moreSockets: after.sockets - before.sockets,
        moreTimers: after.timers - before.timers,
        moreChannels: after.channels - before.channels,
      }
    } finally {
      await visit.close()
    }
  },
  met: ({ heapGrowthPercent = Infinity, moreSockets = 1, moreTimers = 1, moreChannels = 1 }) =>
    heapGrowthPercent <= 5 && Math.max(moreSockets, moreTimers, moreChannels) <= 0,
}

async function leftBehind(
  stage: Stage,
): Promise<{ heapBytes: number; sockets: number; timers: number; channels: number }> {
  await stage.wait(REST_MS)
  const inspector = await Inspector.of(stage.cluster.node(0))
  try {
    const heapBytes = await inspector.heapBytes()
    const { TCPSocketWrap: sockets = 0, Timeout: timers = 0 } = await inspector.resources()
    return { heapBytes, sockets, timers, channels: (await channels(stage)).length }
  } finally {
    inspector.close()
  }
}

/** People who come and go on node A. */
class Visit {
  readonly #clients: readonly TandemClient[]
  readonly #documentIds: readonly string[]

  private constructor(clients: readonly TandemClient[], documentIds: readonly string[]) {
    this.#clients = clients
    this.#documentIds = documentIds
  }

  static async of(stage: Stage): Promise<Visit> {
    const token = await stage.cluster.token('visitor')
    const url = `http://127.0.0.1:${stage.cluster.node(0).port}`
    const documentIds: string[] = []
    for (let index = 0; index < DOCUMENTS; index += 1) documentIds.push(await newDocument(stage, `Visited ${index}`))
    const clients = Array.from({ length: VISITORS }, () =>
      createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' }),
    )
    return new Visit(clients, documentIds)
  }

  async openAndClose(stage: Stage, times: number): Promise<void> {
    for (let opened = 0; opened < times;) {
      const { handles, leave } = this.#open(Math.min(times - opened, VISITORS * DOCUMENTS))
      await stage.until('they have them open', () => handles.every(isLive))
      leave()
      await stage.until('they have left', () => !handles.some(isLive))
      opened += handles.length
    }
  }

  /** Returns how many were sent. */
  async moveCarets(stage: Stage, messages: number): Promise<number> {
    const { handles, leave } = this.#open(VISITORS * 6)
    await stage.until('they have them open', () => handles.every(isLive))
    let sent = 0
    while (sent < messages) {
      for (const { presence } of handles) presence.setLocalStateField('cursor', caret())
      sent += handles.length
      await stage.wait(CARET_EVERY_MS)
    }
    leave()
    await stage.until('they have left', () => !handles.some(isLive))
    return sent
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }

  /** So many of all combinations of person and document. */
  #open(count: number): { handles: readonly DocumentHandle[]; leave(): void } {
    const all = this.#documentIds.flatMap((id) => this.#clients.map((client) => client.document(id)))
    const handles = all.slice(0, count)
    const closes = handles.map((handle) => handle.open())
    return { handles, leave: () => closes.forEach((close) => close()) }
  }
}

/** At the end of a text that is there in every document. */
function caret(): unknown {
  const end = { type: null, tname: 'faults', item: null, assoc: 0 }
  return { anchor: end, head: end }
}

function isLive(handle: DocumentHandle): boolean {
  const view = handle.getSnapshot()
  return view.status === 'open' && view.connection === 'live'
}

const STALL_MS = 6_000
const IDLE_PEOPLE = 20
const IDLE_APART_MS = 500

export const F50: Row = {
  id: 'F50',
  injection: `SIGSTOP of node A for ${STALL_MS} ms, SIGCONT, again and again; on it four people who type, and ${IDLE_PEOPLE} who do nothing, opened ${IDLE_APART_MS} ms apart`,
  promised: 'a stall is not taken for a death, by either side',
  passes: '0 sockets lost',
  async run(stage, partMs) {
    stage.write()
    const partings = new Partings()
    const idle = await idlePeople(stage, partings, `http://127.0.0.1:${stage.cluster.node(0).port}`)
    const typing = stage.writers.slice(0, stage.writers.length / 2)
    for (const writer of typing) partings.watch(writer)
    try {
      const stalls = Math.ceil(partMs / 8_000)
      for (let stall = 0; stall < stalls; stall += 1) {
        await stage.wait(stage.random.fraction() * 2_000)
        stage.cluster.node(0).signal('SIGSTOP')
        await stage.wait(STALL_MS)
        stage.cluster.node(0).signal('SIGCONT')
        await stage.wait(8_000)
      }
      await stage.settled()
      return { stalls, people: IDLE_PEOPLE + typing.length, socketsLost: partings.count }
    } finally {
      await idle.close()
    }
  },
  met: ({ stalls = 0, socketsLost = 1 }) => stalls > 0 && socketsLost === 0,
}

/** Each with a document open in which nothing happens. */
async function idlePeople(stage: Stage, partings: Partings, url: string): Promise<{ close(): Promise<void> }> {
  const token = await stage.cluster.token('idle')
  const clients: TandemClient[] = []
  for (let index = 0; index < IDLE_PEOPLE; index += 1) {
    const client = createClient({ url, token, schemaVersion: SCHEMA_VERSION, storage: 'memory' })
    clients.push(client)
    const handle = client.document(await newDocument(stage, `Idle ${index}`))
    handle.open()
    await stage.until('it is live', () => isLive(handle))
    partings.watch(handle)
    await stage.wait(IDLE_APART_MS)
  }
  return { close: async () => void (await Promise.all(clients.map((client) => client.close()))) }
}

export const F51: Row = {
  id: 'F51',
  injection: `a proxy in front of node A that ends connections on which nothing came from the node for 60 s, ${IDLE_PEOPLE} idle people, 10 min (short: 12 s, half a minute: the app’s own ping is due after 10 s of silence and cannot be scaled)`,
  promised: 'the app’s own ping keeps them',
  passes: '0 disconnects in 10 min',
  async run(stage, partMs) {
    const isFull = partMs >= FULL_PART_MS
    stage.write(1_000)
    const proxy = await IdleProxy.before(stage.cluster.node(0).port, isFull ? 60_000 : 12_000)
    const partings = new Partings()
    const idle = await idlePeople(stage, partings, `http://127.0.0.1:${proxy.port}`)
    try {
      const idleMs = isFull ? 600_000 : 30_000
      await stage.wait(idleMs)
      await stage.settled()
      return { idleS: idleMs / 1_000, disconnects: partings.count, endedByProxy: proxy.ended }
    } finally {
      await idle.close()
      proxy.close()
    }
  },
  met: ({ idleS = 0, disconnects = 1, endedByProxy = 1 }) => idleS >= 600 && disconnects + endedByProxy === 0,
}

/** Ends a connection when nothing came from behind it for too long: nginx's `proxy_read_timeout`. */
class IdleProxy {
  readonly port: number
  readonly #close: () => void
  #ended = 0

  private constructor(port: number, close: () => void) {
    this.port = port
    this.#close = close
  }

  static async before(targetPort: number, idleMs: number): Promise<IdleProxy> {
    const open = new Set<Socket>()
    const server = createServer((client) => {
      const target = connect(targetPort, '127.0.0.1')
      let idle = setTimeout(give, idleMs)
      function give(): void {
        proxy.#ended += 1
        client.destroy()
      }
      target.on('data', () => {
        clearTimeout(idle)
        idle = setTimeout(give, idleMs)
      })
      for (const [one, other] of [
        [client, target],
        [target, client],
      ] as const) {
        open.add(one)
        one.pipe(other)
        one.on('error', () => one.destroy())
        one.on('close', () => {
          clearTimeout(idle)
          open.delete(one)
          other.destroy()
        })
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = new IdleProxy((server.address() as AddressInfo).port, () => {
      server.close()
      for (const socket of open) socket.destroy()
    })
    return proxy
  }

  get ended(): number {
    return this.#ended
  }

  close(): void {
    this.#close()
  }
}
