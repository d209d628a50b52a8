import { connect, type Socket } from 'node:net'
import { binaryEncoder, LIMITS } from '@tandem/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { guestCookie, Heard, testNode, type TestNode } from '../test/node-fixture.ts'

let node: TestNode
let cookie: string
beforeAll(async () => {
  node = await testNode({ socketsPerUser: 2, socketsPerIp: 30 })
  cookie = await guestCookie(node.url)
})
afterAll(() => node.close())

/** The bytes of an upgrade request, as somebody else's client would send them. */
function upgrade(path: string, headers: Record<string, string> = {}): string {
  const all = {
    host: `127.0.0.1:${node.port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  }
  return `GET ${path} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`
}

/** Sends and answers everything that came back, once the server has ended it. */
async function exchange(...parts: (string | Buffer)[]): Promise<string> {
  const socket = connect(node.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data: Buffer) => (answer += data.toString('latin1')))
  for (const part of parts) socket.write(part)
  await new Promise<void>((resolve, reject) => socket.once('close', () => resolve()).once('error', reject))
  return answer
}

async function statusOf(path: string, headers?: Record<string, string>): Promise<number> {
  return Number((await exchange(upgrade(path, headers))).split(' ')[1])
}

const isAlive = async (): Promise<boolean> => (await fetch(`${node.url}/healthz`)).ok
const own = (): string => `http://127.0.0.1:${node.port}`

describe('before a request becomes a socket', () => {
  test.each(['/', '/lives', '/live/', '/trpc', '/live/../x', '//live', '/%6Cive'])('%s is 404', async (path) => {
    expect(await statusOf(path)).toBe(404)
  })

  test.each(['/live?token=x', '/live?d=document-1&access_token=x', '/live?connectionParams=1&key=x'])(
    '%s is 400: a token never goes into a URL',
    async (path) => {
      expect(await statusOf(path)).toBe(400)
    },
  )

  test('another origin is 403, with the cookie or without', async () => {
    const foreign = [
      'https://evil.example',
      'null',
      `http://127.0.0.1.evil.example:${node.port}`,
      'http://127.0.0.1:1',
      `http://127.0.0.1:${node.port}.evil.example`,
    ]
    for (const origin of foreign) {
      expect(await statusOf('/live', { origin, cookie })).toBe(403)
      expect(await statusOf('/live?connectionParams=1', { origin })).toBe(403)
    }
  })

  test('a cookie without an origin is 403: only browsers hold cookies, and they name their page', async () => {
    expect(await statusOf('/live', { cookie })).toBe(403)
  })

  test('more sockets than an address may have are 429', async () => {
    const waiting = Array.from({ length: 30 }, () => connect(node.port, '127.0.0.1'))
    await Promise.all(waiting.map((socket) => opened(socket, upgrade('/live?connectionParams=1'))))
    // A busy node says 503 first, which is as good; that passes.
    await expect
      .poll(() => exchange(upgrade('/live?connectionParams=1')), { timeout: 20_000 })
      .toMatch(/^HTTP\/1\.1 429 .*\r\n(.*\r\n)*Retry-After: 1\r\n/)
    await Promise.all(waiting.map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
    await expect.poll(() => statusOf('/live', { origin: own(), cookie: 'x=y', upgrade: 'x' })).not.toBe(429)
  })
})

describe('what must not end the process', () => {
  const BAD_FRAME = Buffer.from([0xf2, 0x80, 0, 0, 0, 0]) // RSV bits that nobody negotiated

  test('a bad frame behind a wrong path', async () => {
    expect(await exchange(upgrade('/elsewhere'), BAD_FRAME)).toMatch(/^HTTP\/1\.1 404/)
    expect(await isAlive()).toBe(true)
  })

  test('a bad frame on a socket', async () => {
    expect(await exchange(upgrade('/live', { origin: own(), cookie }), BAD_FRAME)).toMatch(/^HTTP\/1\.1 101/)
    expect(await isAlive()).toBe(true)
  })

  test('resets while the cookie is being looked up', async () => {
    for (let round = 0; round < 10; round++) {
      const sockets = Array.from({ length: 20 }, () => connect(node.port, '127.0.0.1').on('error', () => undefined))
      await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<void>((resolve) => socket.write(upgrade('/live', { origin: own(), cookie }), () => resolve())),
        ),
      )
      for (const socket of sockets) socket.resetAndDestroy()
    }
    expect(await isAlive()).toBe(true)
  })
})

describe('a socket', () => {
  test('without a valid cookie is closed with 4401, which a browser can read', async () => {
    expect(await endOf(openSocket('/live', { origin: own(), cookie: 'tandem.session_token=forged.signature' }))).toBe(
      4401,
    )
    expect(await endOf(openSocket('/live', {}))).toBe(4401)
  })

  test('whose first message holds no valid token is closed with 4401', async () => {
    const socket = openSocket('/live?connectionParams=1', {})
    socket.on('open', () =>
      socket.send(binaryEncoder().encode({ method: 'connectionParams', data: { token: 'tandem_forged' } })),
    )
    expect(await endOf(socket)).toBe(4401)
  })

  test('that says much before it says who it is, is cut off', async () => {
    const socket = openSocket('/live?connectionParams=1', {})
    socket.on('open', () => {
      for (let count = 0; count < 100; count++) socket.send('PING')
    })
    expect(await endOf(socket)).toBe(1006)
  })

  test('that sends three frames nobody can read is closed with 4400', async () => {
    const socket = openSocket('/live', { origin: own(), cookie })
    socket.on('open', () => {
      for (let count = 0; count < 3; count++) socket.send(Buffer.from([0xc1]))
    })
    expect(await endOf(socket)).toBe(4400)
  })

  test('that sends a larger frame than LIMITS.frameBytes is closed with 1009', async () => {
    const socket = openSocket('/live', { origin: own(), cookie })
    socket.on('open', () => socket.send(Buffer.alloc(LIMITS.frameBytes + 1)))
    expect(await endOf(socket)).toBe(1009)
  })

  test('of a user who has as many as they may is closed with 4429', async () => {
    const sockets = [1, 2].map(() => openSocket('/live', { origin: own(), cookie }))
    await Promise.all(sockets.map(answered))
    expect(await endOf(openSocket('/live', { origin: own(), cookie }))).toBe(4429)
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve).terminate())))
  })

  test('carries at most LIMITS.sessionsPerSocket subscriptions; one that ends makes room', async () => {
    const socket = openSocket('/live', { origin: own(), cookie })
    await answered(socket)
    const { encode, decode } = binaryEncoder()
    const changes = (id: number) => ({
      id,
      jsonrpc: '2.0',
      method: 'subscription',
      params: { path: 'documents.changes', input: undefined },
    })
    const said = new Heard<{ id: number; error?: unknown; result?: { type: string } }>()
    socket.on('message', (data: Buffer) => said.add(decode(data) as { id: number }))
    const answerTo = (id: number) => said.until((message) => message.id === id && message.result?.type !== 'data')
    for (let id = 1; id <= LIMITS.sessionsPerSocket + 1; id++) socket.send(encode(changes(id)))
    expect(await answerTo(LIMITS.sessionsPerSocket + 1)).toMatchObject({
      error: { data: { sync: { code: 'overloaded' } } },
    })
    for (let id = 1; id <= LIMITS.sessionsPerSocket; id++)
      expect(await answerTo(id)).toMatchObject({ result: { type: 'started' } })
    socket.send(encode({ id: 1, jsonrpc: '2.0', method: 'subscription.stop' }))
    await said.until(({ id, result }) => id === 1 && result?.type === 'stopped')
    socket.send(encode(changes(1000)))
    expect(await answerTo(1000)).toMatchObject({ result: { type: 'started' } })
    socket.terminate()
  })
})

function openSocket(path: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${node.port}${path}`, { headers })
}

/** The code it was closed with. */
async function endOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => socket.once('close', (code) => resolve(code)).once('error', reject))
}

/** Resolves when the server has taken it in: it answers a call. */
async function answered(socket: WebSocket): Promise<void> {
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject).once('close', reject))
  socket.send(binaryEncoder().encode({ id: 0, jsonrpc: '2.0', method: 'query', params: { path: 'me.get' } }))
  await new Promise((resolve, reject) => socket.once('message', resolve).once('close', reject))
}

async function opened(socket: Socket, request: string): Promise<void> {
  socket.write(request)
  await new Promise((resolve, reject) => socket.once('data', resolve).once('error', reject))
}
