// The cluster's door, run for real from docker/: where a document's people go, and what happens when a node is gone.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Child } from './parts/child.ts'
import { startNginx } from './parts/nginx-server.ts'
import { freePort } from './parts/ports.ts'

const folder = mkdtempSync(join(tmpdir(), 'tandem nginx & co-'))
const nodes: Server[] = []
let nginx: Child
let door: string

/** What a node says of a file that it does not take, before it has read it. */
const REFUSALS: Readonly<Record<string, { status: number; body: string }>> = {
  '/api/uploads/large': { status: 413, body: '{"error":{"message":"The file is larger than 50 MB."}}' },
  '/api/uploads/full': { status: 507, body: '{"error":{"message":"The server has no room left for files."}}' },
}
/** When a node has the first piece of a file, by its path. */
const begun = new Map<string, () => void>()

/** Answers who it is and what it was told; 101 to an upgrade. */
async function startEcho(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    const refusal = REFUSALS[request.url ?? '']
    if (refusal !== undefined) {
      request.resume()
      return response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.body)
    }
    let bytes = 0
    request.once('data', () => begun.get(request.url ?? '')?.())
    request.on('data', (chunk: Buffer) => (bytes += chunk.length))
    request.on('end', () => {
      if (request.url?.startsWith('/draining?') && name === 'node-0') return response.writeHead(503).end()
      response.end(JSON.stringify({ name, bytes, headers: request.headers }))
    })
  })
  server.on('upgrade', (_, socket) => {
    socket.end(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Node: ${name}\r\n\r\n`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`

interface Echo {
  readonly name: string
  readonly bytes: number
  readonly headers: Readonly<Record<string, string>>
}
const ask = async (path: string, init?: RequestInit): Promise<Echo> =>
  (await (await fetch(door + path, init)).json()) as Echo

beforeAll(async () => {
  for (let index = 0; index < 3; index++) nodes.push(await startEcho(`node-${index}`))
  const port = await freePort()
  nginx = await startNginx({ folder, port, nodes: nodes.map(addressOf), host: '127.0.0.1' })
  door = `http://127.0.0.1:${port}`
})

afterAll(async () => {
  await nginx.stop()
  for (const node of nodes) node.close()
  rmSync(folder, { recursive: true, force: true })
})

test('a document always leads to the same node, and documents are spread over all', async () => {
  const seen = new Map<string, string>()
  for (const round of [1, 2]) {
    for (let index = 0; index < 40; index++) {
      const { name } = await ask(`/live?d=document-${index}&round=${round}`)
      expect(name).toBe(seen.get(`document-${index}`) ?? name)
      seen.set(`document-${index}`, name)
    }
  }
  expect(new Set(seen.values()).size).toBe(3)
})

test('calls that name no document stay with one node', async () => {
  const names = new Set<string>()
  for (let index = 0; index < 20; index++) names.add((await ask(`/trpc/${index}`)).name)
  expect(names.size).toBe(1)
})

test('a node learns who asked, and by which name', async () => {
  const { headers } = await ask('/', { headers: { 'x-forwarded-for': '203.0.113.7' } })
  expect(headers['x-forwarded-for']).toBe('203.0.113.7, 127.0.0.1') // one trusted proxy: the last entry counts
  expect(headers['x-forwarded-proto']).toBe('http')
  expect(headers.host).toBe(door.replace('http://', ''))
})

test('a WebSocket upgrade passes through', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = new WebSocket(`${door.replace('http', 'ws')}/live?d=abc`)
    // The echo speaks no WebSocket: that it was asked at all is in its log of upgrades.
    socket.addEventListener('error', () => resolve('reached'))
    socket.addEventListener('close', () => resolve('reached'))
    socket.addEventListener('open', () => reject(new Error('the echo cannot do this')))
  })
  expect(answer).toBe('reached')
  expect(nginx.log()).toMatch(/GET \/live 101 /)
})

test('a body of some megabytes arrives, one beyond the limit is refused', async () => {
  const body = new Uint8Array(6 * 1024 * 1024)
  expect((await ask('/import', { method: 'POST', body })).bytes).toBe(body.length)
  const refused = await fetch(`${door}/import`, { method: 'POST', body: new Uint8Array(9 * 1024 * 1024) })
  expect(refused.status).toBe(413)
})

test('a file goes through as it comes, however large: nothing waits for its end', async () => {
  const first = Promise.withResolvers<void>()
  begun.set('/api/uploads/slow', first.resolve)
  const piece = new Uint8Array(1024 * 1024)
  let left = 25
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (left === 0) return controller.close()
      if (left < 25) await first.promise // were it kept until it is whole, this would never come
      left -= 1
      controller.enqueue(piece)
    },
  })
  const init: RequestInit = { method: 'POST', body, duplex: 'half' }
  expect((await ask('/api/uploads/slow', init)).bytes).toBe(25 * piece.length)
})

test.each(Object.entries(REFUSALS))(
  'what a node says against %s comes back as it is',
  async (path, { status, body }) => {
    const refused = await fetch(door + path, { method: 'POST', body: new Uint8Array(9 * 1024 * 1024) })
    expect([refused.status, await refused.text()]).toEqual([status, body])
  },
)

test('a node that drains is passed over', async () => {
  for (let index = 0; index < 20; index++) expect((await ask(`/draining?d=document-${index}`)).name).not.toBe('node-0')
})

test('when a node is gone its documents find another, also by POST', async () => {
  const gone = nodes[1]
  gone?.closeAllConnections()
  await new Promise((resolve) => gone?.close(resolve))
  for (let index = 0; index < 40; index++) {
    const { name } = await ask(`/live?d=document-${index}`, { method: 'POST', body: 'x' })
    expect(name).not.toBe('node-1')
  }
})

test('metrics are not for the outside', async () => {
  expect((await fetch(`${door}/metrics`)).status).toBe(404)
})

test('query strings stay out of the log, also when no node answers', async () => {
  const response = await fetch(`${door}/live?token=a-canary`, { method: 'POST', body: new Uint8Array(1024 * 1024) })
  expect(response.status).toBe(200)
  for (const node of nodes) node.close().closeAllConnections()
  expect((await fetch(`${door}/trpc/me.get?token=a-canary`)).status).toBe(502)
  expect(nginx.log()).not.toContain('a-canary')
  const lines = nginx
    .log()
    .split('\n')
    .filter((line) => line.startsWith('127.0.0.1 '))
  expect(lines.some((line) => line.includes('GET /live 200'))).toBe(true)
  expect(lines.filter((line) => line.includes('?'))).toEqual([])
})
