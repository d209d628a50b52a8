/** Socket.IO with a room for each document: passes updates and carets on, knows nothing of Yjs. */
import { createServer } from 'node:http'
import { createAdapter } from '@socket.io/redis-adapter'
import { Redis } from 'ioredis'
import { Server } from 'socket.io'
import { sayReady } from './plain-server.ts'

const http = createServer()
const io = new Server(http, { transports: ['websocket'], serveClient: false })
const redisUrl = process.env['REDIS_URL']
if (redisUrl !== undefined) io.adapter(createAdapter(new Redis(redisUrl), new Redis(redisUrl)))
io.on('connection', (socket) => {
  let document = ''
  socket.on('join', async (name: string, joined: () => void) => {
    document = name
    await socket.join(name)
    joined()
  })
  socket.on('update', (update: Buffer) => socket.to(document).emit('update', update))
  socket.on('caret', (caret: unknown) => socket.to(document).emit('caret', caret))
})
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
sayReady(http)
