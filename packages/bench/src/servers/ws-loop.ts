/**
 * The yardstick: what a WebSocket server costs that only passes each message on to everybody else in a document. Nothing
 * is checked, ordered or kept, so no server that keeps a promise can be expected to cost less.
 */
import { sayReady, serveDocuments } from './plain-server.ts'

sayReady(
  serveDocuments((message, others) => {
    for (const other of others) other.send(message)
  }),
)
