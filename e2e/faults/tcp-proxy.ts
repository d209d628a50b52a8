import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What becomes of bytes on their way. `blackhole` keeps connections and delivers nothing; new ones are accepted and hear nothing. */
export type ProxyMode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'blackhole' }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'latency'; readonly delayMs: number }
  /** Resets the connection once that many bytes more have gone to the server on it. */
  | { readonly kind: 'cut-after'; readonly bytes: number }

/** Stands in front of PostgreSQL, Redis or a node, and does to its connections what networks do. */
export class TcpProxy {
  readonly port: number
  readonly #server: Server
  #target: number
  readonly #pairs = new Set<{ readonly client: Socket; readonly server: Socket }>()
  #mode: ProxyMode = { kind: 'pass' }
  /** For each new connection, something that is shown what the client sends on it. */
  tap: (() => (bytes: Buffer) => void) | undefined

  private constructor(server: Server, target: number) {
    this.#server = server
    this.#target = target
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => this.#accept(client))
  }

  static async before(targetPort: number): Promise<TcpProxy> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TcpProxy(server, targetPort)
  }

  /** Holds for connections that are open and for those to come. */
  set mode(mode: ProxyMode) {
    this.#mode = mode
    for (const { client, server } of this.#pairs) {
      for (const socket of [client, server]) {
        if (mode.kind === 'blackhole') socket.pause()
        else socket.resume()
      }
    }
  }

  /**
   * Stops reading what the server says on the connection that it sees coming from this port, until the next `mode`.
   * Returns whether there is such a one here.
   */
  stall(fromPort: number): boolean {
    const stalled = [...this.#pairs].filter(({ server }) => server.localPort === fromPort)
    for (const { server } of stalled) server.pause()
    return stalled.length > 0
  }

  /** New connections lead to another port: what a load balancer does when a server is gone. */
  leadTo(targetPort: number): void {
    this.#target = targetPort
  }

  /** Every open connection ends with a reset, as when a router forgets them. */
  reset(): void {
    for (const { client, server } of this.#pairs) {
      client.resetAndDestroy()
      server.resetAndDestroy()
    }
    this.#pairs.clear()
  }

  async close(): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    client.on('error', () => client.destroy())
    if (this.#mode.kind === 'refuse') return void client.resetAndDestroy()
    const server = connect(this.#target, '127.0.0.1')
    server.on('error', () => server.destroy())
    const pair = { client, server }
    this.#pairs.add(pair)
    const end = (): void => {
      this.#pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    client.on('close', end)
    server.on('close', end)
    let sent = 0
    const tap = this.tap?.()
    client.on('data', (bytes: Buffer) => {
      tap?.(bytes)
      const mode = this.#mode
      if (mode.kind === 'cut-after') {
        sent += bytes.byteLength
        if (sent > mode.bytes) {
          // What was sent may arrive and be committed: it is the answer that never comes.
          server.end(bytes)
          client.resetAndDestroy()
          this.#pairs.delete(pair)
          return
        }
      } else sent = 0
      this.#pass(bytes, server)
    })
    server.on('data', (bytes: Buffer) => this.#pass(bytes, client))
    if (this.#mode.kind === 'blackhole') {
      client.pause()
      server.pause()
    }
  }

  #pass(bytes: Buffer, to: Socket): void {
    const deliver = (): void => {
      if (!to.destroyed) to.write(bytes)
    }
    if (this.#mode.kind === 'latency') setTimeout(deliver, this.#mode.delayMs)
    else deliver()
  }
}
