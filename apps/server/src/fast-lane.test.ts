import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HotContext } from '@tandem/api'
import { binaryEncoder, SyncError, type Changes, type LaneSource, type SessionId } from '@tandem/sync'
import { WebSocket, WebSocketServer } from 'ws'
import { DeliveryTurn } from './delivery-turn.ts'
import { FastLane } from './fast-lane.ts'
import { SocketGate } from './socket-gate.ts'

const MARK = 100_000
const wire = binaryEncoder()

interface Reader {
  readonly lane: FastLane
  readonly client: WebSocket
  readonly server: WebSocket
  readonly raw: Socket
  readonly failed: string[]
  /** Resolves with the next so many messages. */
  heard(count: number): Promise<unknown[]>
}

let server: Server
let wss: WebSocketServer
let encodings = 0
let turn: DeliveryTurn
const faults: unknown[] = []

beforeEach(async () => {
  server = createServer()
  wss = new WebSocketServer({ noServer: true })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  encodings = 0
  turn = new DeliveryTurn(
    (message) => {
      encodings += 1
      return wire.encode(message)
    },
    (error) => faults.push(error),
  )
})

afterEach(() => {
  for (const client of wss.clients) client.terminate()
  server.close()
  expect(faults.splice(0)).toEqual([])
})

async function reader(): Promise<Reader> {
  const accepted = new Promise<{ ws: WebSocket; raw: Socket }>((resolve) => {
    server.once('upgrade', (request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (ws) => {
        wss.clients.add(ws)
        resolve({ ws, raw: request.socket })
      }),
    )
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const opened = new Promise((resolve) => client.once('open', resolve))
  const messages: unknown[] = []
  let heard = (): void => undefined
  client.on('message', (data: Buffer) => {
    messages.push(wire.decode(data))
    heard()
  })
  const { ws, raw } = await accepted
  await opened
  const failed: string[] = []
  const lane = new FastLane({
    ws,
    raw,
    gate: new SocketGate(ws, raw, MARK),
    turn,
    encoder: wire,
    onError: ({ error, path }) => failed.push(`${path}: ${error.cause?.message}`),
  })
  return {
    lane,
    client,
    server: ws,
    raw,
    failed,
    heard: async (count) => {
      while (messages.length < count) await new Promise<void>((resolve) => (heard = resolve))
      return messages.splice(0)
    },
  }
}

class Source implements LaneSource {
  readonly id: SessionId
  readonly frames: Changes[] = []
  resumed = 0

  constructor(id: string) {
    this.id = id as SessionId
  }

  take(): Changes | undefined {
    return this.frames.shift()
  }

  resume(): void {
    this.resumed += 1
  }
}

const frame = (head: number): Changes => ({
  type: 'changes',
  fromSeq: head,
  head,
  check: '00000000000000aa',
  updates: [new Uint8Array([head])],
})

/** As tRPC does when a join has been answered. */
function welcome({ lane }: Reader, id: number, source: Source): void {
  lane.encoder.encode({ id, result: { type: 'data', data: { type: 'welcome', sessionId: source.id } } })
}

const presence = (id: number) => {
  const input = { documentId: 'a-document-of-ann', sessionId: 'a-session-of-ann', caret: null }
  return { id, method: 'mutation', params: { path: 'document.presence', input } }
}

/** Of this socket, from here on. */
function countWrites({ raw }: Reader): () => number {
  const write = raw.write.bind(raw)
  let count = 0
  raw.write = (bytes: Uint8Array | string) => {
    count += 1
    return write(bytes)
  }
  return () => count
}

const push = (id: number, pushId: number) => {
  const input = { documentId: 'a-document-of-ann', epoch: 'epoch-number-1', replicaId: 'replica-of-ann', pushId }
  const params = { path: 'document.push', input: { ...input, update: new Uint8Array([0, 0]), schemaVersion: 1 } }
  return { id, method: 'mutation', params }
}

function context(calls: string[]): HotContext {
  return {
    user: { userId: 'ann', name: 'Ann', isGuest: true },
    allowance: {
      take: (charge: string) => void calls.push(`take ${charge}`),
      takeOf: (_: string, charge: string) => void calls.push(`take of document ${charge}`),
      openSession: () => () => undefined,
    },
    rooms: {
      push: async (_: unknown, { pushId }: { pushId: number }) => {
        calls.push(`push ${pushId}`)
        if (pushId === 13) throw new SyncError('not-allowed', 'Not you.')
        return { seq: pushId }
      },
      presence: () => void calls.push('presence'),
    },
  } as unknown as HotContext
}

test('a frame that ten readers get is encoded once, and once more for each request id', async () => {
  const one = frame(1)
  const readers: Reader[] = []
  while (readers.length < 10) readers.push(await reader())
  for (const [index, each] of readers.entries()) {
    const source = new Source(`session-${index}`)
    welcome(each, 1 + (index % 2), source)
    source.frames.push(one)
    each.lane.offer(source)
  }
  const got = await Promise.all(readers.map(({ heard }) => heard(1)))
  expect(got).toEqual(readers.map((_, index) => [{ id: 1 + (index % 2), result: { type: 'data', data: one } }]))
  expect(encodings).toBe(1 + 2)
})

test.each([1, 100, 300, 70_000])(
  'what a lane sends is byte for byte what tRPC and ws would send: an update of %i bytes',
  async (size) => {
    const page = await reader()
    const large = { ...frame(7), updates: [new Uint8Array(size).fill(7)] }
    const received: Buffer[] = []
    page.raw.write = (bytes: Uint8Array | string) => received.push(Buffer.from(bytes)) > 0
    page.server.send(wire.encode({ id: 'a request', result: { type: 'data', data: large } }))
    expect(Buffer.from(turn.message('a request', large))).toEqual(Buffer.concat(received))
  },
)

test('a session that no welcome has named, one that has ended, and one whose socket is full are pulled', async () => {
  const page = await reader()
  const [unknown, ended, live] = [new Source('unknown'), new Source('ended'), new Source('live')]
  welcome(page, 1, ended)
  welcome(page, 2, live)
  page.lane.encoder.encode({ id: 1, result: { type: 'stopped' } })
  for (const source of [unknown, ended, live]) {
    source.frames.push(frame(1))
    page.lane.offer(source)
  }
  expect(await page.heard(1)).toEqual([{ id: 2, result: { type: 'data', data: frame(1) } }])
  expect([unknown.resumed, ended.resumed, live.resumed]).toEqual([1, 1, 0])

  page.client.pause()
  page.server.send(Buffer.alloc(64 * 1024 * 1024))
  live.frames.push(frame(2))
  page.lane.offer(live)
  await setImmediate()
  expect([live.frames.length, live.resumed]).toEqual([1, 1])
})

test('a frame of the log that tRPC sends to many is encoded once, the same bytes; what another subscription says is always read anew', async () => {
  const [ann, bob] = [await reader(), await reader()]
  welcome(ann, 1, new Source('session-of-ann'))
  welcome(bob, 2, new Source('session-of-bob'))
  const stored = frame(7)
  const said = (id: number, data: unknown) => ({ id, result: { type: 'data', data } })
  for (const [{ lane }, id] of [[ann, 1] as const, [bob, 2] as const, [ann, 1] as const])
    expect([...lane.encoder.encode(said(id, stored))]).toEqual([...wire.encode(said(id, stored))])
  // The frame, and what comes before it under each of the ids.
  expect(encodings).toBe(3)

  const other = { type: 'changes', count: 1 }
  expect(ann.lane.encoder.encode(said(5, other))).toEqual(wire.encode(said(5, { type: 'changes', count: 1 })))
  other.count = 2
  expect(ann.lane.encoder.encode(said(5, other))).toEqual(wire.encode(said(5, { type: 'changes', count: 2 })))
})

test('before the login is known tRPC gets every call; then pushes and carets are taken out, and answered as it would', async () => {
  const page = await reader()
  const { decode } = page.lane.encoder
  expect(decode(wire.encode(push(1, 1)))).toEqual(push(1, 1))

  const calls: string[] = []
  page.lane.open(context(calls))
  const other = { id: 3, method: 'mutation', params: { path: 'documents.create', input: {} } }
  expect(decode(wire.encode(push(2, 2)))).toEqual([])
  expect(decode(wire.encode([other, push(4, 13)]))).toEqual([other])
  const [done, refused] = await page.heard(2)
  expect(done).toEqual({ id: 2, result: { type: 'data', data: { seq: 2 } } })
  expect(refused).toMatchObject({ id: 4, error: { data: { sync: { code: 'not-allowed', message: 'Not you.' } } } })
  expect(page.failed).toEqual(['document.push: Not you.'])
  expect(calls.filter((call) => call === 'take push').length).toBe(2)
  expect(calls).toContain('take of document push')
})

test.each([
  ['an unknown key', { ...push(1, 1), params: { ...push(1, 1).params, input: { pushId: 1, more: true } } }],
  ['another kind of call', { ...push(1, 1), method: 'query' }],
  ['JSON-RPC', { ...push(1, 1), jsonrpc: '2.0' }],
  ['an event id', { ...push(1, 1), params: { ...push(1, 1).params, lastEventId: '1' } }],
  ['no id', { ...push(1, 1), id: null }],
  ['a path of the prototype', { ...push(1, 1), params: { path: 'constructor', input: {} } }],
])('what is unusual is tRPC’s to answer: %s', async (_, message) => {
  const page = await reader()
  const calls: string[] = []
  page.lane.open(context(calls))
  expect(page.lane.encoder.decode(wire.encode(message))).toEqual(message)
  expect(calls).toEqual([])
})

test('what gathers for a socket that closes is dropped with it', async () => {
  const page = await reader()
  const source = new Source('session')
  welcome(page, 1, source)
  source.frames.push(frame(1))
  page.lane.offer(source)
  page.server.terminate()
  await setImmediate()
  expect(source.frames.length).toBe(1)
})

test('the answer to a caret leaves with what goes to that socket next, in one write, or by itself a moment later', async () => {
  const page = await reader()
  const source = new Source('session')
  welcome(page, 1, source)
  page.lane.open(context([]))
  const writes = countWrites(page)
  expect(page.lane.encoder.decode(wire.encode(presence(2)))).toEqual([])
  for (let turns = 0; turns < 3; turns += 1) await setImmediate()
  expect(writes()).toBe(0)
  source.frames.push(frame(1))
  page.lane.offer(source)
  expect(await page.heard(2)).toEqual([
    { id: 2, result: { type: 'data' } },
    { id: 1, result: { type: 'data', data: frame(1) } },
  ])
  expect(writes()).toBe(1)

  for (const id of [3, 4]) {
    page.lane.encoder.decode(wire.encode(presence(id)))
    expect(await page.heard(1)).toEqual([{ id, result: { type: 'data' } }])
  }
})

test('of what leaves in one turn, large frames are not copied together', async () => {
  const page = await reader()
  const source = new Source('session')
  welcome(page, 1, source)
  const writes = countWrites(page)
  const frames = [frame(1), { ...frame(2), updates: [new Uint8Array(20_000)] }, frame(3), frame(4)]
  source.frames.push(...frames)
  page.lane.offer(source)
  expect(await page.heard(4)).toEqual(frames.map((data) => ({ id: 1, result: { type: 'data', data } })))
  expect(writes()).toBe(3)
})

test('a caret that several see in frames of their own is encoded once, and arrives whole', async () => {
  let looked = 0
  const caret = {
    sessionId: 'session-of-cleo' as SessionId,
    get gone(): true {
      looked += 1
      return true
    },
  }
  const [ann, bob] = [await reader(), await reader()]
  for (const [index, each] of [ann, bob].entries()) {
    const source = new Source(`session-${index}`)
    welcome(each, 1, source)
    source.frames.push({ ...frame(index + 1), presence: [caret] })
    each.lane.offer(source)
  }
  const [first, second] = [await ann.heard(1), await bob.heard(1)]
  const seen = { sessionId: caret.sessionId, gone: true }
  expect(first).toEqual([{ id: 1, result: { type: 'data', data: { ...frame(1), presence: [seen] } } }])
  expect(second).toEqual([{ id: 1, result: { type: 'data', data: { ...frame(2), presence: [seen] } } }])
  expect(looked).toBeLessThanOrEqual(2) // whether it is said, and what; not once more for the second frame
})
