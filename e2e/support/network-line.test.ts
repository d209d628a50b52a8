import { createServer, request, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NetworkLine } from './network-line.ts'

const PUBLIC = 'localhost:4000'
let servers: Server[]
let line: NetworkLine

/** Says its name to HTTP, and echoes what comes through a tunnel. */
async function startServer(name: string): Promise<number> {
  const server = createServer((_, response) => response.end(name))
  server.on('upgrade', (_, socket: Socket) => {
    socket.on('error', () => socket.destroy())
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n`)
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}

beforeEach(async () => {
  servers = []
  line = await NetworkLine.lay(PUBLIC, await startServer('first'))
})
afterEach(async () => {
  await line.close()
  for (const server of servers) server.close()
})

const linePort = (): number => Number(new URL(line.url).port)

/** As a browser asks its proxy for a page. Rejects when the connection drops. */
async function get(host = PUBLIC): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: linePort(), path: `http://${host}/page`, agent: false },
      (response) => {
        let body = ''
        response.setEncoding('utf8').on('data', (text: string) => (body += text))
        response.on('end', () => resolve(body))
      },
    )
    asked.on('error', reject).end()
  })
}

/** As a browser opens a WebSocket through its proxy: a tunnel, then an upgrade. `heard` grows with what comes back. */
async function openSocket(): Promise<{ say(text: string): void; heard(): string; closed: Promise<void> }> {
  const socket = connect(linePort(), '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text))
  socket.on('error', () => socket.destroy())
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(`CONNECT ${PUBLIC} HTTP/1.1\r\nHost: ${PUBLIC}\r\n\r\n`)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.write('GET /live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  await expect.poll(() => heard).toContain('101 Switching')
  return { say: (text) => socket.write(text), heard: () => heard, closed }
}

test('pages and sockets pass', async () => {
  expect(await get()).toBe('first')
  const socket = await openSocket()
  socket.say('hello')
  await expect.poll(socket.heard).toMatch(/hello$/)
})

test('a cut drops what is open and refuses what is new, until restored', async () => {
  const socket = await openSocket()
  line.cut()
  await socket.closed
  await expect(get()).rejects.toThrow('socket hang up')
  line.restore()
  expect(await get()).toBe('first')
})

test('it leads elsewhere for new connections only', async () => {
  const before = await openSocket()
  line.leadTo(await startServer('second'))
  expect(await get()).toBe('second')
  before.say('still here')
  await expect.poll(before.heard).toMatch(/still here$/)
})

test('a dead server is a dropped connection, and there is no way to anywhere else', async () => {
  line.leadTo(1)
  await expect(get()).rejects.toThrow('socket hang up')
  expect(await get('example.org')).toContain('no internet')
})
