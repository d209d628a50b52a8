import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { root, workspaceNode } from '../../scripts/parts/workspace.mjs'

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  html: 'text/html',
  woff2: 'font/woff2',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
  png: 'image/png',
}

/** Builds today's page once more, marked: `<html data-release="next">`. Takes seconds. */
export async function buildNextRelease(folder: string): Promise<void> {
  const program = join(root, 'e2e/support/build-next-release.ts')
  const child = spawn(workspaceNode, [program, folder], { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The next release could not be built: exit code ${code}.`)
}

/** A node as it is after a deployment: the same data, another page. What it does not have is asked of the node of today. */
export class NextRelease {
  readonly port: number
  readonly #close: () => Promise<void>

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port
    this.#close = close
  }

  static async serve(folder: string, nodePort: number): Promise<NextRelease> {
    const sockets = new Set<Socket>()
    const server = createServer((incoming, response) => void answer({ incoming, response, folder, nodePort }))
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.on('upgrade', (incoming, socket: Socket) => forwardSocket(incoming, socket, nodePort))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new NextRelease((server.address() as AddressInfo).port, async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    })
  }

  close(): Promise<void> {
    return this.#close()
  }
}

interface Asked {
  readonly incoming: IncomingMessage
  readonly response: ServerResponse
  readonly folder: string
  readonly nodePort: number
}

async function answer({ incoming, response, folder, nodePort }: Asked): Promise<void> {
  const path = incoming.url?.split('?')[0] ?? '/'
  if (/^\/(api|trpc|live)\b/.test(path)) return forward(incoming, response, nodePort)
  const isPage = incoming.headers.accept?.includes('text/html') === true || path === '/'
  const file = isPage ? 'index.html' : path.slice(1)
  try {
    const content = await readFile(join(folder, file))
    response.writeHead(200, { 'content-type': TYPES[file.split('.').at(-1) ?? ''] ?? '', 'cache-control': 'no-cache' })
    response.end(content)
  } catch {
    response.writeHead(404).end() // a file of the release before: gone, as after a deployment
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers, agent: false })
  onward.on('response', (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers)
    answered.pipe(response)
  })
  onward.on('error', () => response.destroy())
  incoming.pipe(onward)
}

/** The upgrade as it came, then bytes both ways. */
function forwardSocket({ url, rawHeaders }: IncomingMessage, browser: Socket, port: number): void {
  const node = connect(port, '127.0.0.1')
  const lines = [`GET ${url} HTTP/1.1`]
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`)
  node.write(`${lines.join('\r\n')}\r\n\r\n`)
  node.pipe(browser)
  browser.pipe(node)
  for (const [one, other] of [
    [node, browser],
    [browser, node],
  ] as const) {
    one.on('error', () => one.destroy())
    one.once('close', () => other.destroy())
  }
}
