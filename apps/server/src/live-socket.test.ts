import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { LiveEvents, type User } from '@tandem/api'
import { binaryEncoder, LIMITS, MemoryRelayHub, NodeId, UserId } from '@tandem/sync'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { LiveSocket, type SocketPorts } from './live-socket.ts'
import { LiveUsers } from './live-user.ts'
import { createLog } from './log.ts'
import { SharedRates, sharedRateTable } from './shared-rates.ts'
import { SocketCaps } from './socket-caps.ts'

// A real socket on both ends; only the clock is ours, so that nobody has to wait.
let nowMs: number
let server: Server
let pair: { client: WebSocket; live: LiveSocket; raw: Socket }
let bearer: SocketPorts['bearer']

const ann: User = { userId: UserId.parse('user-ann'), name: 'Ann', isGuest: true }

const CAPS = { socketsPerUser: 9, socketsPerIp: 9 }

async function openPair(user: User | undefined, options: { autoPong?: boolean } = {}): Promise<void> {
  const quick = { noServer: true, closeTimeout: 100 } // the types of ws do not know closeTimeout yet
  const wss = new WebSocketServer(quick)
  const events = new LiveEvents({ node: NodeId.parse('node-one'), relay: new MemoryRelayHub().relay() })
  const ports = {
    base: {},
    users: new LiveUsers(events),
    bearer: (token: string) => bearer(token),
    ticket: async () => undefined,
    shared: new SharedRates({ cluster: undefined, rates: sharedRateTable(CAPS), now: () => nowMs }),
    caps: new SocketCaps({ cluster: undefined, caps: { user: 9, ip: 9, link: 9 }, onRefused: () => undefined }),
    ...CAPS,
    onRefused: () => undefined,
    now: () => nowMs,
    log: createLog('silent'),
    wss,
  }
  const live = new Promise<{ live: LiveSocket; raw: Socket }>((resolve) => {
    server.on('upgrade', (request, socket, head) => {
      wss.handleUpgrade(request, socket, head, (ws) => {
        const opened = new LiveSocket(
          ws,
          { request, address: '127.0.0.1' },
          user && { user, loginId: 'login-of-ann' },
          ports as unknown as SocketPorts,
        )
        setImmediate(() => resolve({ live: opened, raw: request.socket }))
      })
    })
  })
  const { port } = server.address() as AddressInfo
  const client = new WebSocket(`ws://127.0.0.1:${port}/live${user === undefined ? '?connectionParams=1' : ''}`, options)
  pair = { client, ...(await live) }
}

beforeEach(async () => {
  nowMs = 1_000
  bearer = async () => undefined
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => {
  pair.client.terminate()
  server.close()
})

test('whoever does not say who they are in 4 s is closed, however much they ping: with 4408, it may be slowness', async () => {
  await openPair(undefined)
  await until(pair.client, 'open')
  pair.client.send('PING')
  await until(pair.client, 'message')
  nowMs += 3_999
  pair.live.sweep(nowMs)
  expect(pair.live.ws.readyState).toBe(WebSocket.OPEN)
  nowMs += 1
  pair.live.sweep(nowMs)
  expect(await until(pair.client, 'close')).toBe(4408)
})

test('whose token is being looked up is not sent away for it, unless it takes far too long', async () => {
  const asked = Promise.withResolvers<void>()
  bearer = () => {
    asked.resolve()
    return new Promise(() => undefined)
  }
  await openPair(undefined)
  await until(pair.client, 'open')
  pair.client.send(binaryEncoder().encode({ method: 'connectionParams', data: { token: 'tandem_slow' } }))
  await asked.promise
  nowMs += 19_999
  pair.live.sweep(nowMs)
  expect(pair.live.ws.readyState).toBe(WebSocket.OPEN)
  nowMs += 1
  pair.live.sweep(nowMs)
  expect(await until(pair.client, 'close')).toBe(4408)
})

test('more frames than anybody needs are not heard any more: closed with 4429, even for such as need no answer', async () => {
  await openPair(ann)
  await until(pair.client, 'open')
  for (let sent = 0; sent < 1_001; sent += 1) pair.client.send('PONG')
  expect(await until(pair.client, 'close')).toBe(4429)
})

test('whoever answers pings stays; an hour of silence but for pongs is fine', async () => {
  await openPair(ann)
  await until(pair.client, 'open')
  for (let minute = 0; minute < 60; minute++) {
    nowMs += 60_000
    const ponged = until(pair.live.ws, 'pong')
    pair.live.sweep(nowMs)
    await ponged
  }
  expect(pair.live.ws.readyState).toBe(WebSocket.OPEN)
})

test('whoever does not answer a ping is ended, but not by a stall of our own: only a second look ends it', async () => {
  await openPair(ann, { autoPong: false })
  await until(pair.client, 'open')
  nowMs += 15_000
  pair.live.sweep(nowMs)
  await until(pair.client, 'ping')
  nowMs += 60_000
  pair.live.sweep(nowMs)
  expect(pair.live.ws.readyState).toBe(WebSocket.OPEN)
  pair.live.sweep(nowMs + 1_000)
  expect(await until(pair.client, 'close')).toBe(1006)
})

test('a socket that accepts nothing for LIMITS.stalledSocketMs is ended; one that accepts a little is not', async () => {
  await openPair(ann)
  await until(pair.client, 'open')
  pair.client.pause()
  // More than the kernel takes between two ends of one machine.
  pair.live.ws.send(Buffer.alloc(64 * 1024 * 1024))
  await expect.poll(() => accepted(pair.raw)).toBe('nothing more')
  pair.live.sweep(nowMs)
  nowMs += LIMITS.stalledSocketMs - 1
  pair.live.sweep(nowMs)
  pair.client.resume()
  await expect.poll(() => accepted(pair.raw)).toBe('more')
  pair.client.pause()
  nowMs += 1
  pair.live.sweep(nowMs)
  expect(pair.live.ws.readyState).toBe(WebSocket.OPEN)
  await expect.poll(() => accepted(pair.raw)).toBe('nothing more')
  pair.live.sweep(nowMs)
  nowMs += LIMITS.stalledSocketMs
  pair.live.sweep(nowMs)
  expect(pair.live.ws.readyState).not.toBe(WebSocket.OPEN)
})

let lastQueued = -1
/** Whether the kernel has taken anything since the last look. */
function accepted(raw: Socket): 'more' | 'nothing more' {
  const { writeQueueSize } = (raw as unknown as { _handle: { writeQueueSize: number } })._handle
  const changed = writeQueueSize !== lastQueued
  lastQueued = writeQueueSize
  return changed ? 'more' : 'nothing more'
}

async function until(socket: WebSocket, event: 'open' | 'message' | 'ping' | 'pong' | 'close'): Promise<unknown> {
  if (event === 'open' && socket.readyState === WebSocket.OPEN) return undefined
  return new Promise((resolve) => socket.once(event, resolve))
}
