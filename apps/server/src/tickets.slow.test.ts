import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { binaryEncoder } from '@tandem/sync'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { guestCookie, testNode, type TestNode, type Visitor } from '../test/node-fixture.ts'

let node: TestNode
let ann: Visitor
beforeAll(async () => {
  node = await testNode()
  ann = await node.visitor()
})
afterAll(() => node.close())

const ELSEWHERE = 'https://product.example'

interface Outcome {
  /** Of the HTTP answer: 101 when it became a socket. */
  readonly status: number
  readonly ws: WebSocket
}

/** As a page of another origin does it: `new WebSocket(url, ['tandem', 'ticket.…'])`; a busy node's 503 is waited out. */
async function open(ticket: string, headers: Record<string, string> = {}): Promise<Outcome> {
  for (;;) {
    const outcome = await openOnce(ticket, headers)
    if (outcome.status !== 503) return outcome
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function openOnce(ticket: string, headers: Record<string, string>): Promise<Outcome> {
  const ws = new WebSocket(`${node.url.replace('http', 'ws')}/live`, ['tandem', `ticket.${ticket}`], {
    headers: { origin: ELSEWHERE, ...headers },
  })
  onTestFinished(() => ws.terminate())
  const status = await new Promise<number>((resolve) => {
    ws.on('error', () => resolve(0))
    ws.once('open', () => resolve(101))
    ws.once('unexpected-response', (request, response) => {
      request.destroy()
      resolve(response.statusCode ?? 0)
    })
  })
  return { status, ws }
}

async function whoIs(ws: WebSocket): Promise<unknown> {
  const encoder = binaryEncoder()
  ws.send(encoder.encode({ id: 1, method: 'query', params: { path: 'me.get' } }))
  const [data] = (await once(ws, 'message')) as [Buffer]
  return (encoder.decode(new Uint8Array(data)) as { result?: { data?: unknown } }).result?.data
}

async function signOut({ cookie }: Visitor): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-tandem': '1', origin: node.url, cookie }
  await fetch(`${node.url}/api/auth/sign-out`, { method: 'POST', headers, body: '{}' })
}

function sql(statement: string, ...values: string[]): Record<string, unknown>[] {
  const database = new DatabaseSync(join(node.dataDir, 'tandem.db'))
  try {
    return database.prepare(statement).all(...values)
  } finally {
    database.close()
  }
}

test('a ticket opens one socket as its owner, from any origin, and is answered with the subprotocol alone', async () => {
  const { ticket } = await ann.http.me.ticket.mutate()
  const { status, ws } = await open(ticket)
  expect(status).toBe(101)
  expect(ws.protocol).toBe('tandem')
  expect(await whoIs(ws)).toEqual(await ann.http.me.get.query())
})

test('a ticket that was used is 401, and so is one that never was', async () => {
  const { ticket } = await ann.http.me.ticket.mutate()
  await open(ticket)
  expect((await open(ticket)).status).toBe(401)
  expect((await open('A'.repeat(43))).status).toBe(401)
})

test('of many who come with one ticket at once, one gets in', async () => {
  const { ticket } = await ann.http.me.ticket.mutate()
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => open(ticket)))
  expect(outcomes.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([101, ...Array(7).fill(401)])
})

test('a ticket is kept as its hash, and not after it has expired', async () => {
  const { ticket, validMs } = await ann.http.me.ticket.mutate()
  expect(validMs).toBe(30_000)
  const kept = JSON.stringify(sql('select * from socket_ticket'))
  expect(kept).not.toContain(ticket)
  const hash = createHash('sha256').update(ticket).digest('hex')
  expect(kept).toContain(hash)
  sql(`update socket_ticket set expiresAt = '2001-01-01T00:00:00.000Z' where ticketHash = ?`, hash)
  expect((await open(ticket)).status).toBe(401)
})

test('a ticket is no use once its login has ended, and what it opened is closed with 4401', async () => {
  const bob = await node.visitor()
  const [used, unused] = [await bob.http.me.ticket.mutate(), await bob.http.me.ticket.mutate()]
  const { ws } = await open(used.ticket)
  await whoIs(ws)
  const closed = once(ws, 'close')
  await signOut(bob)
  expect((await closed)[0]).toBe(4401)
  expect((await open(unused.ticket)).status).toBe(401)
})

test('a sign-out that nobody was told of is found in the database', { timeout: 20_000 }, async () => {
  const bob = await node.visitor()
  const { ticket } = await bob.http.me.ticket.mutate()
  const { ws } = await open(ticket)
  const me = (await whoIs(ws)) as { userId: string }
  const closed = once(ws, 'close')
  sql('delete from session where userId = ?', me.userId)
  expect((await closed)[0]).toBe(4401)
})

test('a ticket counts, not the cookie that a browser adds', async () => {
  const { ticket } = await ann.http.me.ticket.mutate()
  const { ws } = await open(ticket, { cookie: await guestCookie(node.url) })
  expect(await whoIs(ws)).toEqual(await ann.http.me.get.query())
})

test('a ticket may come in the first message, once', async () => {
  const { ticket } = await ann.http.me.ticket.mutate()
  const first = async (): Promise<WebSocket> => {
    const ws = new WebSocket(`${node.url.replace('http', 'ws')}/live?connectionParams=1`)
    onTestFinished(() => ws.terminate())
    await once(ws, 'open')
    ws.send(binaryEncoder().encode({ method: 'connectionParams', data: { ticket } }))
    return ws
  }
  expect(await whoIs(await first())).toEqual(await ann.http.me.get.query())
  expect((await once(await first(), 'close'))[0]).toBe(4401)
})

test.each([
  'tandem',
  'ticket.x',
  'tandem, ticket.x',
  'other, ticket.' + 'A'.repeat(43),
  'tandem,ticket.' + 'A'.repeat(44),
])('the subprotocol %s is 400', async (protocol) => {
  const response = await fetch(`${node.url}/live`, { headers: { 'sec-websocket-protocol': protocol } })
  expect(response.status).toBe(404) // no upgrade, no socket
  const ws = new WebSocket(`${node.url.replace('http', 'ws')}/live`, {
    headers: { 'sec-websocket-protocol': protocol },
  })
  onTestFinished(() => ws.terminate())
  ws.on('error', () => undefined)
  const [, refused] = (await once(ws, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(refused.statusCode).toBe(400)
})

test('who is not signed in gets no ticket', async () => {
  await expect(node.visitorWith('').http.me.ticket.mutate()).rejects.toMatchObject({
    data: { sync: { code: 'not-signed-in' } },
  })
})
