import { once } from 'node:events'
import { createClient } from '@tandem/client'
import { binaryEncoder, PROTOCOL_VERSION, type DocumentId, type Frame, type Join, type Push } from '@tandem/sync'
import { WebSocket } from 'ws'
import * as Y from 'yjs'

/** Somebody who writes, and everybody who reads it, over sockets of their own. */
export interface Audience {
  /** Sends one update of this writer. */
  write(writer: number, update: Uint8Array): void
  /** Updates that all readers together have received so far. */
  readonly received: number
  close(): void
}

/** Called with every update that the first reader receives. */
export type Heard = (update: Uint8Array) => void

/** One writer at the keyboard: each call is an update of one more character; it needs only those before it. */
export function keystrokes(): () => Uint8Array {
  const doc = new Y.Doc()
  let typed: Uint8Array = new Uint8Array()
  doc.on('update', (update: Uint8Array) => (typed = update))
  return () => {
    const text = doc.getText('body')
    text.insert(text.length, 'x')
    return typed
  }
}

export async function broadcastAudience(url: string, readers: number, heard: Heard): Promise<Audience> {
  const [writer, ...others] = await Promise.all(Array.from({ length: readers + 1 }, () => connect(url)))
  let received = 0
  for (const [index, socket] of others.entries()) {
    socket.on('message', (message: Buffer) => {
      received += 1
      if (index === 0) heard(message)
    })
  }
  return {
    write: (_, update) => writer?.send(update),
    get received() {
      return received
    },
    close: () => [writer, ...others].forEach((socket) => socket?.terminate()),
  }
}

const { encode, decode } = binaryEncoder()
const SCHEMA_VERSION = 1

/** Readers speak tRPC frames by hand, to cost this process as little as the yardstick's do. */
export async function tandemAudience(
  server: { url: string; token: string },
  load: { readers: number; writers: number },
  heard: Heard,
): Promise<Audience> {
  const client = createClient({ ...server, schemaVersion: SCHEMA_VERSION })
  const { documentId } = await client.api.documents.create.mutate({ title: 'W1' })
  await client.close()
  const url = `${server.url.replace('http', 'ws')}/live?d=${documentId}&connectionParams=1`
  let received = 0
  const take = (index: number, frame: Frame) => {
    if (frame.type !== 'changes') return
    received += frame.updates.length
    if (index === 0) for (const update of frame.updates) if (update) heard(update)
  }
  const open = () => connectWithToken(url, server.token)
  const readers = await Promise.all(Array.from({ length: load.readers }, open))
  const welcomes = await Promise.all(
    readers.map((socket, index) => join(socket, documentId, (frame) => take(index, frame))),
  )
  const writers = await Promise.all(Array.from({ length: load.writers }, open))
  let pushed = 0
  const write = (writer: number, update: Uint8Array) => {
    const [epoch, replicaId] = [welcomes[0]?.epoch, `bench-writer-${writer}`]
    const input = { documentId, epoch, replicaId, pushId: ++pushed, update, schemaVersion: SCHEMA_VERSION } as Push
    writers[writer]?.send(encode({ id: pushed, method: 'mutation', params: { path: 'document.push', input } }))
  }
  for (const writer of writers) writer.on('message', (message: Buffer) => throwIfRefused(decode(message)))
  return {
    write,
    get received() {
      return received
    },
    close: () => [...readers, ...writers].forEach((socket) => socket.terminate()),
  }
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  return socket
}

async function connectWithToken(url: string, token: string): Promise<WebSocket> {
  const socket = await connect(url)
  socket.send(encode({ method: 'connectionParams', data: { token } }))
  return socket
}

function join(
  socket: WebSocket,
  documentId: DocumentId,
  take: (frame: Frame) => void,
): Promise<Extract<Frame, { type: 'welcome' }>> {
  const welcomed = Promise.withResolvers<Extract<Frame, { type: 'welcome' }>>()
  socket.on('message', (message: Buffer) => {
    const { result } = throwIfRefused(decode(message))
    if (result?.type !== 'data') return
    const frame = result.data as Frame
    if (frame.type === 'welcome') welcomed.resolve(frame)
    else take(frame)
  })
  const input: Join = {
    documentId,
    replicaId: crypto.randomUUID() as Join['replicaId'],
    protocolVersion: PROTOCOL_VERSION,
    schemaVersion: SCHEMA_VERSION,
  }
  socket.send(encode({ id: 1, method: 'subscription', params: { path: 'document.join', input } }))
  return welcomed.promise
}

function throwIfRefused(message: unknown): { result?: { type: string; data?: unknown } } {
  const { error, ...answer } = message as { error?: { message: string }; result?: { type: string; data?: unknown } }
  if (error) throw new Error(`The server refused: ${error.message}`)
  return answer
}
