import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { WebSocketServer, type WebSocket } from 'ws'

/** A WebSocket server whose paths are documents. `pass` gets every message with the other sockets of its document. */
export function serveDocuments(pass: (message: Buffer, others: readonly WebSocket[]) => void): WebSocketServer {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 })
  const documents = new Map<string, Set<WebSocket>>()
  server.on('connection', (socket, { url = '/' }) => {
    const here = documents.get(url) ?? new Set()
    documents.set(url, here.add(socket))
    socket.on('close', () => here.delete(socket))
    socket.on('message', (message) => {
      const others = [...here].filter((other) => other !== socket)
      pass(message as Buffer, others)
    })
  })
  return server
}

/** Tells whoever started this program where it listens. */
export function sayReady(server: WebSocketServer | Server, scheme = 'ws'): void {
  const say = (): void => console.log(`ready: ${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)
  if (server.address() === null) server.once('listening', say)
  else say()
}
