import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * The cable between one browser and the servers: an HTTP proxy that the browser is told to use for everything.
 * All browsers see the one public address; each line decides which port of this machine is really behind it. A cut
 * resets what is open (a WebSocket closes at once, as when a router reboots) and refuses what is tried until restored.
 */
export class NetworkLine {
  /** For the browser's proxy setting. */
  readonly url: string
  readonly #server: Server
  readonly #publicHost: string
  readonly #sockets = new Set<Duplex>()
  #port: number
  #cut = false

  private constructor(server: Server, publicHost: string, port: number) {
    this.#server = server
    this.#publicHost = publicHost
    this.#port = port
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('connection', (socket: Socket) => this.#adopt(socket))
    server.on('request', (incoming, response) => this.#forward(incoming, response))
    server.on('connect', (incoming: IncomingMessage, socket: Duplex) => this.#tunnel(incoming, socket))
  }

  /** A line that takes what is meant for `publicHost` ("localhost:4000") to `port` of 127.0.0.1. */
  static async lay(publicHost: string, port: number): Promise<NetworkLine> {
    const server = createServer()
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    return new NetworkLine(server, publicHost, port)
  }

  cut(): void {
    this.#cut = true
    this.#drop()
  }

  restore(): void {
    this.#cut = false
  }

  /** From here on new connections lead to another port; what is open stays where it is. */
  leadTo(port: number): void {
    this.#port = port
  }

  async close(): Promise<void> {
    this.#drop()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #adopt(socket: Duplex): void {
    if (this.#cut) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    // A reset on either side is what this line is for.
    socket.on('error', () => socket.destroy())
  }

  #drop(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Plain HTTP: the browser names the whole address in its request line. */
  #forward(incoming: IncomingMessage, response: ServerResponse): void {
    const asked = URL.parse(incoming.url ?? '')
    if (asked?.host !== this.#publicHost) {
      response.writeHead(502).end('There is no internet here.')
      return
    }
    const { 'proxy-connection': _, ...headers } = incoming.headers
    const onward = request({
      host: '127.0.0.1',
      port: this.#port,
      method: incoming.method,
      path: asked.pathname + asked.search,
      headers,
      agent: false,
    })
    onward.on('socket', (socket) => this.#adopt(socket))
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy()) // as if the server had been reached directly: no answer
    response.on('close', () => onward.destroy())
    incoming.pipe(onward)
  }

  /** WebSockets: the browser asks for a tunnel. */
  #tunnel(incoming: IncomingMessage, browser: Duplex): void {
    if (incoming.url !== this.#publicHost) {
      browser.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const node = connect(this.#port, '127.0.0.1')
    this.#adopt(node)
    node.once('connect', () => {
      browser.write('HTTP/1.1 200 OK\r\n\r\n')
      browser.pipe(node)
      node.pipe(browser)
    })
    node.once('close', () => browser.destroy())
    browser.once('close', () => node.destroy())
  }
}
