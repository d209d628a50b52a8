/**
 * The yardstick: what a WebSocket server costs that only passes each message on to everybody else. Nothing is checked,
 * ordered or kept, so no server that keeps a promise can be expected to cost less.
 */
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', (message) => {
    for (const other of server.clients) if (other !== socket) other.send(message)
  })
})
server.on('listening', () => console.log(`ready: ws://127.0.0.1:${(server.address() as AddressInfo).port}`))
