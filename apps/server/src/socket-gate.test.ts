import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { SocketGate } from './socket-gate.ts'

const MARK = 100_000
let server: Server
let client: WebSocket
let ws: WebSocket
let gate: SocketGate
const never = new AbortController().signal

beforeEach(async () => {
  server = createServer()
  const wss = new WebSocketServer({ noServer: true })
  const accepted = new Promise<{ ws: WebSocket; raw: Socket }>((resolve) => {
    server.on('upgrade', (request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (ws) => resolve({ ws, raw: request.socket })),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const opened = new Promise((resolve) => client.once('open', resolve))
  const { ws: accepting, raw } = await accepted
  await opened
  ws = accepting
  gate = new SocketGate(ws, raw, MARK)
})

afterEach(() => {
  client.terminate()
  server.close()
})

/** More than the kernel takes from a reader that does not read. */
function stall(): void {
  client.pause()
  ws.send(Buffer.alloc(64 * 1024 * 1024))
}

test('an empty socket is writable at once', async () => {
  await gate.writable(never)
})

test('a socket over its mark is not, until its reader reads again', async () => {
  stall()
  let went = false
  const going = gate.writable(never).then(() => (went = true))
  await new Promise(setImmediate)
  expect(went).toBe(false)
  client.resume()
  await going
  expect(ws.bufferedAmount).toBeLessThan(MARK)
})

test('of many who wait, each goes on only while the one before left the socket below the mark', async () => {
  stall()
  const order: number[] = []
  const waiting = [1, 2, 3].map((who) =>
    gate.writable(never).then(() => {
      order.push(who)
      if (who === 1) stall()
    }),
  )
  client.resume()
  await waiting[0]
  await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect(order).toEqual([1])
  client.resume()
  await Promise.all(waiting)
  expect(order).toEqual([1, 2, 3])
})

test('whoever waits goes on when the signal aborts, and when the socket closes', async () => {
  stall()
  const stop = new AbortController()
  const stopped = gate.writable(stop.signal)
  stop.abort()
  await stopped
  const closed = gate.writable(never)
  ws.terminate()
  await closed
})
