/** @y/websocket-server in memory, on the `ws` that the others have. */
import { setupWSConnection } from '@y/websocket-server/utils'
import { WebSocketServer } from 'ws'
import { sayReady } from './plain-server.ts'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false, backlog: 4096 })
server.on('connection', (socket, request) => setupWSConnection(socket, request))
sayReady(server)
